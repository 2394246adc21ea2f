import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';
import { aCheckOf, addLowClient, createNotifyWorld, type NotifyWorld } from '../activities/notify-setup.js';
import { faultCases, takeOver, type FaultCase, type FaultWorld } from './fault-cases.js';
import { outcomeOf, printOutcomes, type Outcome } from './outcome.js';

const clientsPerCase = 5;

describe('faults while a notice is sent: real processes, real MySQL, the mailbox over HTTP', () => {
  let folder: string;
  const outcomes: Outcome[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-faults-'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    printOutcomes(outcomes);
  });

  // The cases run side by side: most of their time they wait for a dead worker's claim to run out. Those that cut every
  // connection of the database come after the others.
  for (const [title, cases] of [
    ['workers and provider', faultCases.filter(({ name }) => !name.startsWith('MySQL'))],
    ['database', faultCases.filter(({ name }) => name.startsWith('MySQL'))],
  ] as const) {
    describe(title, () => {
      let world: NotifyWorld;
      const running = new Map<string, Promise<Outcome>>();
      before(async () => {
        world = await createNotifyWorld();
        cases.forEach((each, index) =>
          running.set(each.name, run(world, each, `${title.slice(0, 1)}${index}`)),
        );
        // What fails is told by its own test.
        for (const outcome of running.values()) outcome.catch(() => {});
      });
      after(async () => {
        await Promise.allSettled(running.values());
        await world?.stop();
      });

      for (const each of cases) {
        const expected =
          each.secondCopies === 0 ? 'each notice arrives once' : 'a second copy has the same notice id';
        it(`${each.name}: nothing is lost, ${expected}`, async () => {
          const outcome = await running.get(each.name)!;
          outcomes.push(outcome);
          assert.equal(outcome.notices, clientsPerCase * each.rules.length);
          assert.equal(outcome.lost, 0);
          assert.equal(outcome.duplicated, clientsPerCase * each.secondCopies);
          assert.equal(outcome.strangeMails, 0, 'a mail that no notice of the ledger knows');
          assert.deepEqual(outcome.states, ['accepted']);
        });
      }
    });
  }

  /** One case with a mailbox of its own, so that no case meets the faults of another. */
  async function run(world: NotifyWorld, fault: FaultCase, prefix: string): Promise<Outcome> {
    const mailbox = await startMailbox({ folder: path.join(folder, prefix) });
    const clients = Array.from({ length: clientsPerCase }, (_, index) => `${prefix}-${index}`);
    for (const clientId of clients) await addLowClient(world.database, clientId);
    const rules = fault.rules.map((key) => ({ key, reminder: 1 }));
    const checkAt = Date.now();
    const faultWorld: FaultWorld = {
      database: world.database,
      mysqlUrl: world.url,
      mailboxUrl: mailbox.apiUrl,
      inputs: clients.map((clientId) =>
        aCheckOf(clientId, { checkAt, deadlineAt: checkAt + 600_000, rules }),
      ),
      async fail(how) {
        for (const clientId of clients) await addFault(mailbox, { ...how, clientId, times: 1 });
      },
      async failed() {
        while ((await faultsOf(mailbox)).length > 0) await sleep(20);
      },
    };
    try {
      await fault.happen(faultWorld);
      await takeOver(faultWorld);
      assert.deepEqual(await faultsOf(mailbox), [], 'each fault met its mail');
      return await outcomeOf(fault.name, world.database, mailbox, clients);
    } finally {
      await mailbox.stop();
    }
  }
});

async function addFault(mailbox: Mailbox, fault: object): Promise<void> {
  const response = await fetch(`${mailbox.url}/test/faults`, { method: 'POST', body: JSON.stringify(fault) });
  assert.equal(response.status, 200, await response.text());
}

async function faultsOf(mailbox: Mailbox): Promise<readonly unknown[]> {
  const { faults } = (await (await fetch(`${mailbox.url}/test/faults`)).json()) as { faults: unknown[] };
  return faults;
}
