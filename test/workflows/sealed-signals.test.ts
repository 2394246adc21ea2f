import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { encryptingConverter, type PayloadKeys } from '../../worker/encryption.js';
import { keepUndecoded } from '../../worker/keep-undecoded.js';
import { watchWorkflowId } from '../../worker/parts.js';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import { json, rawMessages } from './raw-messages.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

const key = () => randomBytes(32).toString('base64');
const [ours, theirs] = [key(), key()];

describe('signals encrypted with another key, on the real Temporal', function () {
  this.timeout(120_000);
  let servers: RealServers;

  before(async () => {
    servers = await startRealServers({ env: { PAYLOAD_KEY: ours } });
    await putProfile(servers.database, 'prepaid');
    await putClient(servers.database, 'SEALED', '40');
  });
  after(() => servers?.stop());

  const sealed = async (keys: PayloadKeys, refillId: string) => {
    const codec = encryptingConverter(keys).payloadCodecs![0]!;
    return await codec.encode([json({ refillId, at: new Date().toISOString() })]);
  };

  it('stay as the first worker found them, whatever keys a later worker has', async () => {
    const worker = await servers.startWorker();
    const workflowId = watchWorkflowId('SEALED');
    const handle = servers.client.workflow.getHandle(workflowId);
    let history;
    try {
      const raw = rawMessages(servers.client, servers.namespace);
      await servers.watch('SEALED');
      const count = async () => (await servers.status('SEALED')).rules['client']?.count;
      await eventually('told', async () => (await count()) === 1);
      await raw.signal('SEALED', 'refill', await sealed({ current: theirs, old: [] }, 'theirs'));
      await eventually('noted', async () => {
        const page = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
        return /encrypted with the key \w+; expected one of/.test(page.currentDetails);
      });
      assert.equal(await count(), 1);
      await raw.signal('SEALED', 'refill', await sealed({ current: ours, old: [] }, 'ours'));
      await eventually('refilled', async () => (await count()) === 0);
      history = await handle.fetchHistory();
    } finally {
      await worker.stop();
    }
    const replay = async (keys: PayloadKeys) =>
      Worker.runReplayHistory(
        { workflowBundle: await workflowBundle(), dataConverter: keepUndecoded(encryptingConverter(keys)) },
        history,
        workflowId,
      );
    await replay({ current: ours, old: [] });
    await replay({ current: ours, old: [theirs] });
    await assert.rejects(replay({ current: theirs, old: [] }), 'without our key nothing can go on');
  });
});
