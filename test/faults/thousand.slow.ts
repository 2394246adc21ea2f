import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';
import { createBrake } from '../../store/brake.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { createNotifyWorld, type NotifyWorld } from '../activities/notify-setup.js';
import { provideTestTemporal, type TestTemporal } from '../../dev/trial/test-temporal.js';
import { outcomeOf, printOutcomes } from './outcome.js';

const count = 1_000;
/** Activities of one worker at a time: so many answers may be lost when it dies. */
const concurrent = 50;
const program = fileURLToPath(new URL('./temporal-worker-child.js', import.meta.url));

describe('a thousand clients low at once: Temporal, MySQL, two workers, one of them killed', () => {
  let world: NotifyWorld;
  let temporal: TestTemporal;
  let connection: Connection;
  let mailbox: Mailbox;
  let folder: string;
  const workers: ChildProcess[] = [];

  before(async () => {
    world = await createNotifyWorld();
    const brake = createBrake(world.database, { now: () => Promise.resolve(Date.now()) });
    await brake.setPolicy({ clients: count, percentOfFleet: 100 });
    temporal = await provideTestTemporal({ own: true });
    connection = await Connection.connect({ address: temporal.address });
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-thousand-'));
    mailbox = await startMailbox({ folder });
  });
  after(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await connection?.close();
    await temporal?.stop();
    await mailbox?.stop();
    await world?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function startWorker(): Promise<ChildProcess> {
    const worker = fork(program, [world.url, temporal.address, mailbox.apiUrl], { silent: true });
    workers.push(worker);
    await once(worker, 'message');
    return worker;
  }

  async function fail(fault: object): Promise<void> {
    const response = await fetch(`${mailbox.url}/test/faults`, {
      method: 'POST',
      body: JSON.stringify(fault),
    });
    assert.equal(response.status, 200);
  }

  async function settled(): Promise<number> {
    const [row] = await world.database.query<{ settled: string }[]>(
      "SELECT COUNT(*) AS settled FROM low_balance_notice WHERE state <> 'pending'",
    );
    return Number(row?.settled);
  }

  it('loses nothing, though the provider fails now and then, and repeats only what was in the killed hands', async () => {
    const clients = Array.from({ length: count }, (_, index) => `t-${index}`);
    await world.database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, credit_limit, billing_email,
         status, prepaid, created_at) VALUES ?`,
      [
        clients.map((id) => [
          id,
          `Client ${id}`,
          'acme',
          'acme/prepaid',
          'USD',
          40,
          0,
          `billing@${id}.example`,
          'active',
          1,
          '2020-01-01',
        ]),
      ],
    );
    await fail({ status: 503, times: 100 });
    await fail({ cut: 'before-accept', times: 50 });
    const cutAfter = 20;
    await fail({ cut: 'after-accept', times: cutAfter });
    const [doomed] = await Promise.all([startWorker(), startWorker()]);

    const client = new Client({ connection });
    const begun = Date.now();
    for (let from = 0; from < count; from += 50) {
      await Promise.all(
        clients.slice(from, from + 50).map((clientId) =>
          client.workflow.start('watchClient', {
            workflowId: watchWorkflowId(clientId),
            taskQueue,
            args: [{ clientId }],
          }),
        ),
      );
      if (from === count / 2) doomed.kill('SIGKILL');
    }
    assert.ok(doomed.killed && mailbox.mails().length < 2 * count, 'it is killed in the middle');
    while ((await settled()) < 2 * count) {
      assert.ok(Date.now() - begun < 800_000, `only ${await settled()} notices are settled`);
      await sleep(500);
    }
    const seconds = Math.round((Date.now() - begun) / 1_000);
    const outcome = await outcomeOf(
      `1,000 clients low at once, provider failing, one of two workers killed (all told in ${seconds} s)`,
      world.database,
      mailbox,
      clients,
    );
    printOutcomes([outcome]);
    assert.deepEqual(
      { ...outcome, name: '', duplicated: 0 },
      { name: '', notices: 2 * count, lost: 0, duplicated: 0, strangeMails: 0, states: ['accepted'] },
    );
    assert.ok(outcome.duplicated >= cutAfter, 'each lost answer is a second copy');
    assert.ok(outcome.duplicated <= cutAfter + concurrent, `${outcome.duplicated} second copies`);
  });
});
