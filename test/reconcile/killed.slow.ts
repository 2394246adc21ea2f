import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, putProfile, startRealServers, type RealServers } from '../../dev/trial/real-servers.js';
import { startWorkerCommand } from '../../dev/trial/worker-command.js';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';
import type { ReconcileSums } from '../../workflows/reconcile-sums.js';
import { reconcileOn, triggerOn } from './schedule.js';

describe('a reconciliation of a thousand clients', () => {
  let servers: RealServers;
  let worker: Service | undefined;

  before(async () => {
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid');
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  it('killed amid its starts, watches everyone exactly once, in bounded history, and its page says what it did', async () => {
    const count = 1_000;
    const ids = Array.from({ length: count }, (_, i) => `MANY-${String(i).padStart(4, '0')}`);
    await servers.database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, created_at) VALUES ?`,
      [ids.map((id) => [id, id, 'acme', 'acme/prepaid', 'USD', 500, '2020-01-01'])],
    );
    const first = startWorkerCommand(servers.env);
    await first.started();
    const handle = await triggerOn(servers);
    await eventually('it is amid its starts', async () => {
      const watched = await watchedOf('MANY-');
      return watched > 100 && watched < count;
    });
    await first.kill('SIGKILL');
    // It started some whose rows it did not write: visibility shows them a moment later.
    let atKill = 0;
    await eventually('nothing is started any more', async () => {
      const before = atKill;
      atKill = Math.max(await watchedOf('MANY-'), await runningOf('MANY-'));
      await sleep(1_000);
      return atKill === before;
    });
    assert.ok(atKill < count, 'it was not done when it was killed');

    worker = await servers.startWorker();
    const sums = (await handle.result()) as ReconcileSums;
    assert.equal(await watchedOf('MANY-'), count);
    // What the killed worker started and did not write down is running already, and may have written its own row.
    assert.ok(sums.reasons.new! >= count - atKill, `${sums.reasons.new} of ${count - atKill} were left`);
    assert.ok(sums.started > 0 && sums.started <= sums.reasons.new!, `started ${sums.started}`);
    const { historyLength } = await handle.describe();
    assert.ok(historyLength <= 60, `${historyLength} events for ${count} starts`);
    await eventually('each is checked once', async () => (await checkedOf('MANY-')) === count);
    const watches = new Map<string, number>();
    const list = servers.client.workflow.list({
      query: `WorkflowId STARTS_WITH '${watchWorkflowId('MANY-')}'`,
    });
    for await (const { workflowId, status } of list) {
      assert.equal(status.name, 'RUNNING', workflowId);
      watches.set(workflowId, (watches.get(workflowId) ?? 0) + 1);
    }
    assert.equal(watches.size, count);
    assert.deepEqual(
      [...watches.values()].filter((each) => each !== 1),
      [],
    );
    const page = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.match(page.currentDetails, /\*\*Done\*\*: \d+ clients should be watched/);
    assert.match(page.currentDetails, /\| \d+ \| not watched before: started \|/);
    assert.deepEqual((await reconcileOn(servers)).reasons, {}, 'nothing is left to do');
  });

  async function watchedOf(prefix: string): Promise<number> {
    const [row] = await servers.database.query<{ rows: string }[]>(
      'SELECT COUNT(*) AS `rows` FROM low_balance_watched_client WHERE client_id LIKE ?',
      [`${prefix}%`],
    );
    return Number(row?.rows);
  }

  async function runningOf(prefix: string): Promise<number> {
    const query = `WorkflowId STARTS_WITH '${watchWorkflowId(prefix)}'`;
    return (await servers.client.workflow.count(query)).count;
  }

  async function checkedOf(prefix: string): Promise<number> {
    const [row] = await servers.database.query<{ rows: string }[]>(
      "SELECT COUNT(*) AS `rows` FROM low_balance_watched_client WHERE client_id LIKE ? AND state = 'ok'",
      [`${prefix}%`],
    );
    return Number(row?.rows);
  }
});
