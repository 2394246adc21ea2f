import assert from 'node:assert/strict';
import { packageRoot } from '../../authoring/package-root.js';
import { createBillingTables } from '../../billing/mysql/billing-tables.js';
import { eventually, putClient, putProfile } from '../../dev/trial/real-servers.js';
import { createBrake } from '../../store/brake.js';
import { createHolds } from '../../store/holds.js';
import { watchWorkflowId } from '../../worker/parts.js';
import {
  checkNowUpdate,
  lookSignal,
  muteUpdate,
  newRunSignal,
  refillSignal,
  statusQuery,
  unmuteUpdate,
} from '../../workflows/messages.js';
import { replaysByLastRelease } from './replays-by-last-release.js';
import { openSharedFleet, type SharedFleet } from './shared-fleet.js';
import { loggedFaults, taskFaults } from './task-faults.js';
import { buildLastRelease, lastReleaseProblem } from './last-release.js';
import { tellOneStory } from '../run/one-story.js';

const maxQty = 2;
/** Short runs, so that each version takes over what the other one carried. */
const checksPerRun = 4;
/** What the last release does not know of a profile. */
const newerFields = {
  sendingHours: { from: '08:00', to: '08:01', audiences: ['client'] },
  clientNotification: { threshold: { lasts: '3d' }, recovered: true },
  advancedRules: [{ name: 'owes', when: 'above', threshold: 100 }],
};

/** One story: each step goes on where the step before ended. */
describe('workers of the last release and of this one, over the same sleeping clients', () => {
  tellOneStory();
  let release: string;
  let fleet: SharedFleet;
  /** Clients with a Period of a day, whom an operator looks after in each phase. */
  const sleepers: string[] = [];
  /** Client id → notices that it must have been sent by now. */
  const expected = new Map<string, number>();

  before(async function () {
    const problem = await lastReleaseProblem();
    if (problem !== undefined) {
      process.stderr.write(`${problem}\n`);
      this.skip();
    }
    release = await buildLastRelease();
    fleet = await openSharedFleet();
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed' && fleet) process.stderr.write(`${fleet.warnings()}\n`);
  });
  after(() => fleet?.close());

  const isDaily = (id: string) => sleepers.includes(id) || id === 'NEW-MISSING';

  async function watch(id: string, balance: string, slug = 'prepaid'): Promise<void> {
    await putClient(fleet.database, id, balance, `acme/${slug}`);
    await fleet.startWatching(id, slug === 'prepaid' ? { checksPerRun } : {});
    expected.set(id, 0);
  }

  const expectMore = (id: string) => expected.set(id, expected.get(id)! + maxQty);

  const everybodyIsTold = () =>
    eventually('everybody is told what they should be', () =>
      Promise.resolve([...expected].every(([id, count]) => fleet.mailsOf(id).length === count)),
    );

  async function everybodyIsCheckedTwice(): Promise<void> {
    const from = Date.now();
    await eventually('everybody is checked again', async () => {
      const checks = await Promise.all(
        [...expected.keys()].filter((id) => !isDaily(id)).map(fleet.lastCheckOf),
      );
      return checks.every((at) => at === undefined || at > from + 2_500);
    });
  }

  /**
   * Who sleeps for a day is replayed by the next version from the first event on. An operator looks at it in each phase, which
   * is what makes a run's history differ from that of checks.
   */
  async function lookAtSleepers(): Promise<void> {
    for (const id of sleepers) {
      const handle = fleet.handleOf(id);
      await handle.executeUpdate(muteUpdate, { args: [{ until: '2100-01-01T00:00:00Z' }] });
      await handle.executeUpdate(checkNowUpdate);
      await handle.executeUpdate(unmuteUpdate);
      const from = Date.now();
      await handle.executeUpdate(checkNowUpdate);
      await eventually(`${id} is checked`, async () => (await fleet.lastCheckOf(id))! >= from - 1_000);
    }
  }

  /** What happens in each phase, whichever version runs. */
  async function tellStory(phase: string): Promise<void> {
    // Who is told already has a refill that is spent, and is told again.
    await fleet.handleOf('OLD-LOW').signal(refillSignal, {
      refillId: `r-${phase}`,
      at: new Date().toISOString(),
    });
    expectMore('OLD-LOW');
    await watch(`LOW-${phase}`, '10');
    expectMore(`LOW-${phase}`);
    await watch(`CLOSED-${phase}`, '500');
    await fleet
      .handleOf('OLD-MUTED')
      .executeUpdate(muteUpdate, { args: [{ until: '2100-01-01T00:00:00Z' }] });
    await lookAtSleepers();
    await everybodyIsTold();
    await fleet.handleOf('OLD-MUTED').executeUpdate(unmuteUpdate);
    await fleet.database.query("UPDATE billing_client SET status = 'closed' WHERE client_id = ?", [
      `CLOSED-${phase}`,
    ]);
    await eventually('the closed client is watched no more', async () => {
      const { status } = await fleet.handleOf(`CLOSED-${phase}`).describe();
      return status.name === 'COMPLETED';
    });
    await everybodyIsCheckedTwice();
    await everybodyIsTold();
  }

  it('the last release sets up, watches and tells', async () => {
    await fleet.setUpBy(release);
    await createBillingTables(fleet.database);
    await fleet.database.query(
      "INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'manager@acme.example')",
    );
    await putProfile(fleet.database, 'prepaid', { period: '2s', maxQty });
    await fleet.switchTo(release);
    await watch('OLD-LOW', '40');
    expectMore('OLD-LOW');
    await watch('OLD-QUIET', '500');
    await watch('OLD-MUTED', '500');
    await putProfile(fleet.database, 'daily', { period: '24h', maxQty });
    await watch('SLEEPER-LOW', '40', 'daily');
    expected.set('SLEEPER-LOW', 1);
    await watch('SLEEPER-QUIET', '500', 'daily');
    sleepers.push('SLEEPER-LOW', 'SLEEPER-QUIET');
    await everybodyIsTold();
    // The last release has no rule 17: each of its extra checks sends.
    expected.set('SLEEPER-LOW', maxQty);
    await tellStory('old-tables');
  });

  it('the last release goes on over the tables of this one', async () => {
    await fleet.setUpBy(packageRoot());
    await createBrake(fleet.database, { now: () => Promise.resolve(Date.now()) }).setPolicy({
      clients: 1_000_000,
      percentOfFleet: 100,
    });
    await tellStory('new-tables');
  });

  replaysByLastRelease(() => release);

  it('this release takes over', async () => {
    await fleet.switchTo(packageRoot());
    await putProfile(fleet.database, 'rich', { period: '24h', maxQty, more: newerFields });
    await watch('NEW-RICH', '50', 'rich');
    await watch('NEW-LOW', '40', 'daily');
    expected.set('NEW-LOW', 1);
    await putProfile(fleet.database, 'held', { period: '24h', maxQty });
    await createHolds(fleet.database).add({ kind: 'profile', profileId: 'acme/held' }, null, {
      by: 'a test',
      why: 'to be held',
      at: Date.now(),
    });
    await watch('NEW-HELD', '40', 'held');
    sleepers.push('NEW-RICH', 'NEW-LOW', 'NEW-HELD');
    await watch('NEW-MISSING', '500', 'daily');
    await eventually('it is checked', async () => (await fleet.lastCheckOf('NEW-MISSING')) !== 0);
    await fleet.database.query("UPDATE billing_client SET profile_id = NULL WHERE client_id = 'NEW-MISSING'");
    await fleet.handleOf('NEW-MISSING').executeUpdate(checkNowUpdate);
    await fleet.handleOf('SLEEPER-QUIET').signal(lookSignal);
    await fleet.handleOf('SLEEPER-LOW').terminate();
    await fleet.startWatching('SLEEPER-LOW', {});
    await tellStory('new');
    await eventually('it is held', async () => {
      const { rules } = await fleet.handleOf('NEW-HELD').query(statusQuery);
      return rules['client']?.reason === 'held';
    });
  });

  it('the last release takes back, once no profile says what it does not know', async () => {
    await putProfile(fleet.database, 'rich', { period: '24h', maxQty });
    const before = await fleet.runOf('NEW-RICH');
    await fleet.handleOf('NEW-RICH').signal(newRunSignal);
    await eventually('it has a new run', async () => (await fleet.runOf('NEW-RICH')) !== before);
    await fleet.switchTo(release);
    // Without rule 17 each of its extra checks sends, and nothing is held.
    expected.set('NEW-LOW', maxQty);
    expected.set('NEW-HELD', 1);
    await tellStory('back');
  });

  it('this release takes over again', async () => {
    await fleet.switchTo(packageRoot());
    await tellStory('again');
  });

  it('no task failed, and each version did its part', async () => {
    const pids = new Set<string>();
    for (const id of expected.keys()) {
      const runs = fleet.client.workflow.list({ query: `WorkflowId = '${watchWorkflowId(id)}'` });
      for await (const { runId } of runs) {
        const { events } = await fleet.client.workflow.getHandle(watchWorkflowId(id), runId).fetchHistory();
        assert.deepEqual(taskFaults(events ?? []), [], `${id} ${runId}`);
        for (const { workflowTaskCompletedEventAttributes: task } of events ?? [])
          if (task?.identity) pids.add(task.identity.split('@')[0]!);
      }
    }
    assert.deepEqual(pids, new Set(fleet.workers.map(({ child }) => String(child.pid))));
    for (const worker of fleet.workers) assert.deepEqual(loggedFaults(`${worker.out()}${worker.err()}`), []);
  });

  it('the ledger has each notice once, whichever version wrote it', async () => {
    const rows = await fleet.database.query<
      { client_id: string; kind: string; channel: string; notices: string }[]
    >(
      `SELECT client_id, kind, channel, COUNT(*) AS notices FROM low_balance_notice WHERE state = 'accepted'
       GROUP BY client_id, kind, channel`,
    );
    assert.deepEqual(
      new Map(
        rows.map(({ client_id, kind, channel, notices }) => [
          `${client_id} ${kind} ${channel}`,
          Number(notices),
        ]),
      ),
      new Map(
        [...expected].filter(([, count]) => count > 0).map(([id, count]) => [`${id} low email`, count]),
      ),
    );
  });
});
