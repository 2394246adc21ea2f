import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';
import { createSendGridChannel } from '../delivery/sendgrid-channel.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import type { WatchStatus } from '../../workflows/messages.js';
import {
  addLowClient,
  createNotifyWorld,
  recipientsOf,
  type NotifyWorld,
} from '../activities/notify-setup.js';
import { plainRenderer } from '../delivery/a-mail.js';
import { runWorker, type RunningWorker } from '../worker/run-worker.js';
import { provideTestTemporal, type TestTemporal } from '../../dev/trial/test-temporal.js';

describe('a refill while notices are being sent (rule 7): Temporal in real time', () => {
  let world: NotifyWorld;
  let temporal: TestTemporal;
  let connection: Connection;
  let native: NativeConnection;
  let mailbox: Mailbox;
  let folder: string;
  let worker: RunningWorker;

  before(async () => {
    world = await createNotifyWorld();
    temporal = await provideTestTemporal();
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-refill-'));
    mailbox = await startMailbox({ folder });
    connection = await Connection.connect({ address: temporal.address });
    native = await NativeConnection.connect({ address: temporal.address });
    worker = await runWorker(native, {
      database: world.database,
      billing: world.database,
      client: new Client({ connection, namespace: temporal.namespace }),
      channels: {
        email: createSendGridChannel({
          apiKey: 'SG.refill-test',
          baseUrl: mailbox.apiUrl,
          from: 'billing@acme.example',
          renderer: plainRenderer,
        }),
      },
    });
  });
  after(async () => {
    await worker?.stop();
    await native?.close();
    await connection?.close();
    await temporal?.stop();
    await mailbox?.stop();
    await world?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('counts the mail that was under way, sends no other, and checks again at once', async () => {
    const clientId = 'refilled';
    await addLowClient(world.database, clientId);
    const fault = { clientId, delayMs: 6_000, times: 1 };
    await fetch(`${mailbox.url}/test/faults`, { method: 'POST', body: JSON.stringify(fault) });
    const handle = await new Client({ connection, namespace: temporal.namespace }).workflow.start(
      'watchClient',
      {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId }],
      },
    );
    while ((await faultsLeft()) > 0) await sleep(20);
    // After the first heartbeat: only a later one can bring the cancellation.
    await sleep(1_500);
    await world.database.query('UPDATE billing_client SET balance = 500 WHERE client_id = ?', [clientId]);
    await handle.signal('refill', { refillId: 'r-1', at: new Date().toISOString() });

    while ((await handle.query<WatchStatus>('status')).state !== 'ok') await sleep(100);
    assert.deepEqual(
      (await recipientsOf(world.database, clientId)).map(({ audience, state }) => `${audience} ${state}`),
      ['client withdrawn', 'staff accepted', 'staff accepted'],
    );
    assert.equal(mailbox.mails().length, 1);
    const { rules } = await handle.query<WatchStatus>('status');
    assert.equal(rules['user']?.count, 1, 'it was accepted after the refill');
    await handle.terminate();
  });

  async function faultsLeft(): Promise<number> {
    const { faults } = (await (await fetch(`${mailbox.url}/test/faults`)).json()) as { faults: unknown[] };
    return faults.length;
  }
});
