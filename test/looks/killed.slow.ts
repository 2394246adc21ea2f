import assert from 'node:assert/strict';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { startWorkerCommand } from '../../dev/trial/worker-command.js';
import { lookId } from '../../worker/looks.js';
import type { Service } from '../../worker/service.js';
import type { LookSums } from '../../workflows/look-sums.js';

describe('a look whose worker is killed', () => {
  let servers: RealServers;
  let worker: Service | undefined;

  before(async () => {
    servers = await startRealServers();
    worker = await servers.startWorker();
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  it('goes on with the next worker, and the fall is notified once', async () => {
    await putProfile(servers.database, 'prepaid', { more: { checkEvery: '10s' } });
    const ids = Array.from({ length: 100 }, (_, i) => `KILL-${i}`);
    for (const id of ids) await putClient(servers.database, id, '100');
    await Promise.all(ids.map((id) => servers.watch(id)));
    await eventually('all were checked', async () => {
      const [row] = await servers.database.query<{ n: string }[]>(
        "SELECT COUNT(*) AS n FROM low_balance_watched_client WHERE client_id LIKE 'KILL-%' AND state = 'ok'",
      );
      return Number(row?.n) === ids.length;
    });
    await worker!.stop();
    worker = undefined;
    await servers.database.query("UPDATE billing_client SET balance = 10 WHERE client_id LIKE 'KILL-%'");
    const killed = startWorkerCommand(servers.env);
    await killed.started();
    const handle = await servers.client.workflow.start('lookAtClients', {
      workflowId: `${lookId}:killed`,
      taskQueue: 'low-balance',
      args: [],
    });
    const noticed = async () => {
      const [row] = await servers.database.query<{ n: string }[]>(
        "SELECT COUNT(DISTINCT client_id) AS n FROM low_balance_notice WHERE client_id LIKE 'KILL-%'",
      );
      return Number(row?.n);
    };
    await eventually('it is amid its wakes', async () => (await noticed()) > 10);
    await killed.kill('SIGKILL');
    worker = await servers.startWorker();
    const sums = (await handle.result()) as LookSums;
    assert.ok(sums.woken <= ids.length, `woke ${sums.woken}`);
    // The killed worker could reach no provider, so that some wait for their next attempt: each has its one notice in the ledger.
    await eventually('each has its notice', async () => (await noticed()) === ids.length, 180_000);
    const twice = await servers.database.query<unknown[]>(
      "SELECT client_id FROM low_balance_notice WHERE client_id LIKE 'KILL-%' GROUP BY client_id HAVING COUNT(*) > 1",
    );
    assert.deepEqual(twice, []);
  });
});
