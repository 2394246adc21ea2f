import assert from 'node:assert/strict';
import { examineReconciliation, longestRunMs, replaceStuckRun } from '../../worker/reconciliation.js';
import { setUp } from '../../worker/setup.js';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';
import type { ReconcileSums } from '../../workflows/reconcile-sums.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { json, rawMessages } from '../workflows/raw-messages.js';
import { reconcileOn, runsOn, scheduleOn, triggerOn } from './schedule.js';

describe('reconciliation, on a Schedule of the real Temporal', () => {
  let servers: RealServers;
  let worker: Service | undefined;

  before(async () => {
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid');
  });
  beforeEach(async () => {
    worker = await servers.startWorker();
  });
  afterEach(() => worker?.stop());
  after(() => servers?.stop());

  const schedule = () => scheduleOn(servers);
  const runs = () => runsOn(servers);
  const trigger = () => triggerOn(servers);
  const reconcile = () => reconcileOn(servers);

  const handleOf = (clientId: string) => servers.client.workflow.getHandle(watchWorkflowId(clientId));
  const statusName = async (clientId: string) => (await handleOf(clientId).describe()).status.name;
  const isChecked = (clientId: string) =>
    eventually(
      `${clientId} is checked`,
      async () => (await servers.status(clientId)).availableBalance !== null,
    );

  it('watches a client that got a profile; one that lost it waits, and goes on at once when it has it again', async () => {
    await putClient(servers.database, 'GETS', '500');
    const got = await reconcile();
    assert.deepEqual(got.reasons, { new: 1 });
    await isChecked('GETS');
    assert.equal((await servers.status('GETS')).profile?.id, 'acme/prepaid');
    await rowsAreWritten(['GETS']);

    await putClient(servers.database, 'GETS', '500', null);
    const lost = await reconcile();
    assert.deepEqual(lost.reasons, { unassigned: 1 });
    await eventually('it waits (rule 13)', async () =>
      ((await servers.status('GETS')).unknown?.reason ?? '').startsWith('no-profile'),
    );
    assert.deepEqual((await reconcile()).reasons, {}, 'nobody need wake it again');

    await putClient(servers.database, 'GETS', '500');
    const back = await reconcile();
    assert.deepEqual(back.reasons, { profile: 1 });
    await eventually('it goes on', async () => (await servers.status('GETS')).unknown === null);
    assert.deepEqual((await reconcile()).reasons, {}, 'nothing is left to do');
  });

  it('watches again a client whose workflow was terminated by hand', async () => {
    await putClient(servers.database, 'TERMINATED', '500');
    await reconcile();
    await isChecked('TERMINATED');
    await rowsAreWritten(['TERMINATED']);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await handleOf('TERMINATED').terminate('by hand');
    await eventually('the list knows of it', async () => (await statusName('TERMINATED')) === 'TERMINATED');
    await eventually('it is started again', async () => {
      await reconcile();
      return (await statusName('TERMINATED')) === 'RUNNING';
    });
    await isChecked('TERMINATED');
  });

  it('watches a client whose id a workflow of another type, or on another task queue, has taken', async () => {
    const raw = rawMessages(servers.client, servers.namespace);
    const start = (id: string, more: object) =>
      raw.signalWithStart(watchWorkflowId(id), [json({ clientId: id })], more);
    const runs = new Map([
      ['OTHER-TYPE', await start('OTHER-TYPE', { workflowType: { name: 'WatchClient' } })],
      ['OTHER-QUEUE', await start('OTHER-QUEUE', { taskQueue: { name: 'low_balance' } })],
    ]);
    for (const id of runs.keys()) await putClient(servers.database, id, '500');
    assert.deepEqual((await reconcile()).reasons, { new: 2 });
    for (const [id, runId] of runs) {
      await isChecked(id);
      const ended = servers.client.workflow.getHandle(watchWorkflowId(id), runId).result();
      await assert.rejects(ended, ({ cause }: Error) =>
        /no worker takes the type .* expected watchClient on low-balance/.test(String(cause)),
      );
    }
    assert.deepEqual((await reconcile()).reasons, {}, 'nothing is left to do');
  });

  it('wakes clients whose profile got a shorter Period, and lets the others sleep', async () => {
    await putProfile(servers.database, 'shorter', { period: '30d' });
    await putClient(servers.database, 'SHORTER', '500', 'acme/shorter');
    await putClient(servers.database, 'OTHER', '500');
    await reconcile();
    await isChecked('SHORTER');
    await isChecked('OTHER');
    await rowsAreWritten(['SHORTER', 'OTHER']);
    const before = await servers.status('SHORTER');
    const other = await handleOf('OTHER').describe();

    await putProfile(servers.database, 'shorter', { period: '2d' });
    const sums = await reconcile();
    assert.deepEqual(sums.reasons, { period: 1 });
    assert.deepEqual(sums.some, [{ clientId: 'SHORTER', reason: 'period' }]);
    await eventually('the next check is planned anew', async () => {
      const { nextCheckAt } = await servers.status('SHORTER');
      return Date.parse(nextCheckAt) - Date.parse(before.nextCheckAt) === -28 * 86_400_000;
    });
    assert.equal((await handleOf('OTHER').describe()).historyLength, other.historyLength);
  });

  it('names a row that nobody can be watched by, passes it over, and watches the others; doctor names it too', async () => {
    await servers.database.query('ALTER TABLE billing_client MODIFY client_id VARCHAR(100) NOT NULL');
    const bad = `BAD-${'x'.repeat(66)}`;
    for (const id of ['BAC', bad, 'BAE']) await putClient(servers.database, id, '500');
    const sums = await reconcile();
    assert.deepEqual(sums.reasons, { new: 2 });
    assert.equal(sums.refusedCount, 1);
    assert.match(sums.refused[0]!.problem, /expected at most 64 characters, found 70/);
    await isChecked('BAC');
    await isChecked('BAE');
    const { passedOver, problem } = await examineReconciliation(servers.client, Date.now());
    assert.deepEqual([passedOver.length, problem], [1, undefined]);
    await servers.database.query('DELETE FROM billing_client WHERE client_id = ?', [bad]);
  });

  it('a run that does not end is ended, and another one does its work', async () => {
    await worker?.stop();
    worker = undefined;
    const stuck = await trigger();
    await putClient(servers.database, 'WAITS', '500');
    const found = await examineReconciliation(servers.client, Date.now() + longestRunMs + 1_000);
    assert.match(found.problem ?? '', /has not ended since/);
    assert.equal(found.stuck?.workflowId, stuck.workflowId);
    // As two workers do at once.
    await Promise.all([replaceStuckRun(servers.client, found), replaceStuckRun(servers.client, found)]);
    assert.equal((await stuck.describe()).status.name, 'TERMINATED');
    worker = await servers.startWorker();
    await isChecked('WAITS');
    await eventually(
      'nothing is wrong any more',
      async () => (await examineReconciliation(servers.client, Date.now())).problem === undefined,
    );
  });

  it('a run is ended by Temporal where no worker does, and what somebody starts it with is passed over', async () => {
    const { action } = await schedule().describe();
    assert.equal(action.workflowRunTimeout, longestRunMs);
    const handle = await servers.client.workflow.start('reconcileClients', {
      workflowId: 'reconcile-by-hand',
      taskQueue: 'low-balance',
      args: [{ from: { pass: 'no such', after: 7 }, sums: 'many' }],
    });
    const sums = (await handle.result()) as ReconcileSums;
    assert.ok(sums.examined > 0);
  });

  it('skips a run while another one goes on', async () => {
    // Without a worker, the first goes on.
    await worker?.stop();
    worker = undefined;
    const setUpEvery = (reconcileEveryMs: number) =>
      setUp({
        database: servers.database,
        client: servers.client,
        namespace: servers.namespace,
        reconcileEveryMs,
      });
    const before = await runs();
    const { numActionsSkippedOverlap } = (await schedule().describe()).info;
    await setUpEvery(1_000);
    await eventually('others are skipped', async () => {
      const { info } = await schedule().describe();
      return info.numActionsSkippedOverlap >= numActionsSkippedOverlap + 2;
    });
    const started = [...(await runs())].filter(([runId]) => !before.has(runId));
    assert.equal(started.length, 1);
    await setUpEvery(3_600_000);
    worker = await servers.startWorker();
    await servers.client.workflow.getHandle(started[0]![1]).result();
  });

  async function rowsAreWritten(ids: readonly string[]): Promise<void> {
    await eventually('the rows of watched clients are written', async () => {
      const [row] = await servers.database.query<{ rows: string }[]>(
        "SELECT COUNT(*) AS `rows` FROM low_balance_watched_client WHERE client_id IN (?) AND state <> 'starting'",
        [ids],
      );
      return Number(row?.rows) === ids.length;
    });
  }
});
