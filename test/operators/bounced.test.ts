import assert from 'node:assert/strict';
import { execa } from 'execa';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';
import type { Service } from '../../worker/service.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

describe('a billing address at which mail bounced', () => {
  let servers: RealServers;
  let worker: Service;

  before(async () => {
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid');
    await putClient(servers.database, 'C-1', '100');
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  it('shows in the status and the details of its client', async () => {
    // As the receiver of SendGrid's events writes it.
    await servers.database.query(
      `INSERT INTO low_balance_address (address, delivery, unreached, event_at, changed_at)
       VALUES ('billing@c-1.example', 'bounced', 1, ?, ?)`,
      [Date.now(), Date.now()],
    );
    worker = await servers.startWorker();
    const handle = await servers.client.workflow.start('watchClient', {
      workflowId: 'low-balance:client:C-1',
      taskQueue: 'low-balance',
      args: [{ clientId: 'C-1' }],
    });
    await eventually('checked', async () => (await servers.status('C-1')).state === 'ok');
    assert.deepEqual((await servers.status('C-1')).bounced, ['client']);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.match(currentDetails, /\*\*Mail bounced\*\* at an address of client/);
    const command = path.join(packageRoot(), 'cli', 'low-balance.js');
    const { stdout } = await execa(process.execPath, [command, 'status', 'C-1'], {
      env: Object.fromEntries(
        Object.entries(servers.env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
      ),
      extendEnv: false,
    });
    assert.match(stdout, /Mail bounced +at an address of client/);
  });
});
