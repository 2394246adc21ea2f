import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import getPort from 'get-port';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { startWorkerCommand } from '../../dev/trial/worker-command.js';
import type { Environment } from '../../settings/read-settings.js';

describe('low-balance worker as a service', () => {
  let servers: RealServers;

  before(async () => {
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid');
    await putClient(servers.database, 'C-1', '40');
  });
  after(() => servers?.stop());

  const startCommand = (port: number, env: Environment = {}) =>
    startWorkerCommand({ ...servers.env, WORKER_HTTP_PORT: String(port), ...env });

  it('serves health, readiness and metrics, logs JSON with client and workflow, and stops gracefully', async () => {
    const port = await getPort();
    const worker = startCommand(port, { LOG_LEVEL: 'debug' });
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    await eventually('the worker is ready', async () => (await get('/ready')).status === 200);
    assert.deepEqual(await (await get('/ready')).json(), {
      ready: true,
      worker: 'ok',
      mysql: 'ok',
      billing: 'ok',
      temporal: 'ok',
    });
    assert.equal((await get('/health')).status, 200);
    assert.equal((await get('/elsewhere')).status, 404);
    await servers.client.workflow.start('watchClient', {
      workflowId: 'low-balance:client:C-1',
      taskQueue: 'low-balance',
      args: [{ clientId: 'C-1' }],
    });
    // The mail provider cannot be reached: the notice is tried again.
    await eventually('a check and a notice are counted', async () => {
      const text = await (await get('/metrics')).text();
      return (
        /^low_balance_checks_total\{result="checked"\} 1$/m.test(text) &&
        /^low_balance_notices_total\{result="retried"\} [1-9]/m.test(text)
      );
    });
    const metrics = await (await get('/metrics')).text();
    assert.match(metrics, /^low_balance_check_lag_seconds_count 1$/m);
    assert.match(metrics, /^low_balance_build_info\{build_id="[^"]+"\} 1$/m);
    assert.match(metrics, /^temporal_workflow_task_execution_latency_seconds_bucket\{/m, "the SDK's own");
    assert.match(metrics, /^temporal_worker_task_slots_available\{/m);
    assert.match(metrics, /^process_resident_memory_bytes /m);

    worker.child.kill('SIGTERM');
    assert.equal(await worker.ended, 0, worker.err());
    const lines = worker
      .out()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(lines.some(({ msg }) => msg === 'worker started'));
    assert.equal(lines.at(-1)?.['msg'], 'worker stopped');
    const ofClient = lines.filter(({ clientId }) => clientId === 'C-1');
    assert.ok(ofClient.length > 0, worker.out());
    assert.ok(ofClient.every(({ workflowId }) => workflowId === 'low-balance:client:C-1'));
    assert.doesNotMatch(worker.out() + worker.err(), /very-secret/);
  });

  it('counts clients by state, and those that are overdue, from MySQL', async () => {
    // A client without a workflow, so that no check makes it less overdue.
    const at = Date.now() - 600_000;
    await servers.database.query(
      `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch)
       VALUES ('C-LATE', 'acme/prepaid', 'exhausted', 86400000, ?, ?, '{"acceptedAt":{}}')`,
      [at, at],
    );
    const port = await getPort();
    const service = await servers.startWorker({ env: { WORKER_HTTP_PORT: String(port) } });
    try {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      assert.match(text, /^low_balance_clients\{state="low"\} 1$/m);
      assert.match(text, /^low_balance_clients\{state="exhausted"\} 1$/m);
      assert.match(text, /^low_balance_overdue_clients 1$/m);
      const lag = Number(/^low_balance_overdue_lag_seconds (.+)$/m.exec(text)?.[1]);
      assert.ok(lag >= 600 && lag < 700, `${lag}`);
    } finally {
      await service.stop();
    }
  });

  it('says what is missing, and does not start, where setup was not run', async () => {
    await servers.database.query('RENAME TABLE low_balance_migration TO aside');
    try {
      const worker = startCommand(await getPort());
      assert.equal(await worker.ended, 70);
      assert.match(
        worker.err(),
        /MySQL lacks migrations of this version: OwnTables\d+.*Run: npx low-balance setup/,
      );
    } finally {
      await servers.database.query('RENAME TABLE aside TO low_balance_migration');
    }
  });

  it('says so where the port of its endpoints is taken', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      await assert.rejects(servers.startWorker({ env: { WORKER_HTTP_PORT: String(port) } }), {
        name: 'SettingsError',
        message: /WORKER_HTTP_PORT: 127\.0\.0\.1:\d+ cannot be listened on .*Expected a free port/,
      });
    } finally {
      other.close();
    }
  });

  it('is not ready while MySQL does not answer, and lives on', async () => {
    const port = await getPort();
    const { openDatabase } = await import('../../store/database.js');
    const billing = await openDatabase(servers.env['MYSQL_URL']!);
    const service = await servers.startWorker({
      env: { WORKER_HTTP_PORT: String(port) },
      parts: { billing },
    });
    try {
      await eventually('ready', async () => (await fetch(`http://127.0.0.1:${port}/ready`)).status === 200);
      await billing.destroy();
      const response = await fetch(`http://127.0.0.1:${port}/ready`);
      assert.equal(response.status, 503);
      const found = (await response.json()) as Record<string, string>;
      assert.equal(found['mysql'], 'ok');
      assert.notEqual(found['billing'], 'ok');
      assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
    } finally {
      await service.stop();
    }
  });
});
