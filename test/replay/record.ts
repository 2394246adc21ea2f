import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../authoring/package-root.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import type { Channel } from '../../delivery/channel.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { reconcileNow } from '../../worker/setup.js';
import { historyText } from './history-file.js';
import { eventually, putClient, putProfile, startRealServers } from '../../dev/trial/real-servers.js';

// Records what replay.test.ts replays: `node dist/test/replay/record.js`. Record anew when a workflow's commands change on
// purpose, and keep the old files as long as workflows of that version may sleep. Names after it record only those.

const folder = path.join(packageRoot(), 'test', 'histories');
const only = process.argv.slice(2);
const servers = await startRealServers();
let failures = 0;
const mailer: Channel = {
  async send(mail) {
    if (mail.clientId.startsWith('asked')) await sleep(400);
    if (mail.clientId === 'retry' && failures < 2) {
      failures += 1;
      throw new DeliveryError('unavailable', 'the provider is away', { retryAfterMs: 200 });
    }
    return { messageId: 'm' };
  },
};
await putProfile(servers.database, 'prepaid', { period: '1s', maxQty: 2 });
// A query that waits for the first workflow task makes Temporal cut the check in two tasks, and a replay begins at the time
// of the second: many at once, so that it is much later, and slow mails, so that it matters.
const asked = Array.from({ length: 30 }, (_, i) => `asked-${i}`);
for (const clientId of asked) await start(clientId, '40');
const answers = asked.map((clientId) => servers.status(clientId));
await sleep(500);
const worker = await servers.startWorker({ parts: { channels: { email: mailer } } });
await Promise.all(answers);

async function start(clientId: string, balance: string, input: object = {}, profile = 'acme/prepaid') {
  await putClient(servers.database, clientId, balance, profile);
  return await servers.client.workflow.start('watchClient', {
    workflowId: watchWorkflowId(clientId),
    taskQueue,
    args: [{ clientId, ...input }],
  });
}

async function save(name: string, workflowId: string, runId?: string): Promise<void> {
  if (only.length > 0 && !only.includes(name)) return;
  const history = await servers.client.workflow.getHandle(workflowId, runId).fetchHistory();
  await writeFile(path.join(folder, `${name}.json`), historyText(history));
  process.stderr.write(`${name}: ${history.events?.length} events\n`);
}

const count = async (clientId: string) => (await servers.status(clientId)).rules['client']?.count ?? 0;
const refill = (refillId: string) => ({ refillId, at: new Date().toISOString() });

try {
  await mkdir(folder, { recursive: true });
  await eventually('Max Qty', async () => (await servers.status('asked-29')).state === 'exhausted');
  await sleep(3_000);
  await save('a-query-at-the-first-check', watchWorkflowId('asked-29'));
  for (const clientId of asked)
    await servers.client.workflow.getHandle(watchWorkflowId(clientId)).terminate();

  await start('quiet', '100');
  const low = await start('low', '40');
  await eventually('Max Qty', async () => (await servers.status('low')).state === 'exhausted');
  await low.signal('refill', refill('r-1'));
  await low.signal('refill', { refillId: 'wrong', at: 'yesterday' });
  await eventually('told again', async () => (await count('low')) === 1);
  await low.executeUpdate('refill', { args: [refill('r-2')] });
  await eventually('told again', async () => (await count('low')) === 1);
  await save('low-through-max-qty-and-refills', low.workflowId);

  // Time enough to try again before the next planned check.
  await putProfile(servers.database, 'daily', { period: '24h' });
  await start('retry', '40', {}, 'acme/daily');
  await eventually('accepted at last', async () => (await count('retry')) === 1);
  await save('a-retried-notice', watchWorkflowId('retry'));

  const unreadable = await start('unreadable', '100');
  await eventually('checked', async () => (await servers.status('unreadable')).state === 'ok');
  await servers.database.query('RENAME TABLE billing_client TO billing_client_away');
  await eventually(
    'a check that fails',
    async () => (await servers.status('unreadable')).state === 'unknown',
  );
  await servers.database.query('RENAME TABLE billing_client_away TO billing_client');
  await eventually('a check again', async () => (await servers.status('unreadable')).state === 'ok');
  await save('a-retried-check', unreadable.workflowId);

  const operated = await start('operated', '40');
  await eventually('told', async () => (await count('operated')) >= 1);
  await operated.executeUpdate('mute', { args: [{ until: new Date(Date.now() + 3_600_000).toISOString() }] });
  await operated.executeUpdate('checkNow');
  await operated.executeUpdate('unmute');
  await operated.executeUpdate('resetRule', { args: [{ rule: 'client' }] });
  await operated.signal('profileChanged');
  await eventually('told after the reset', async () => (await count('operated')) >= 1);
  await save('operators', operated.workflowId);

  const first = await start('continued', '100', { checksPerRun: 2 });
  await eventually('a later run', async () => {
    const { runId } = await servers.client.workflow.getHandle(first.workflowId).describe();
    return runId !== first.firstExecutionRunId;
  });
  await save('a-run-that-continued-as-new', first.workflowId, first.firstExecutionRunId);
  await save('a-run-after-it', first.workflowId);
  await save('quiet', watchWorkflowId('quiet'));

  await servers.database.query("UPDATE billing_client SET status = 'closed' WHERE client_id = 'quiet'");
  await servers.client.workflow.getHandle(watchWorkflowId('quiet')).result();
  await save('a-client-that-was-closed', watchWorkflowId('quiet'));

  await putClient(servers.database, 'reconciled', '100');
  await reconcileNow(servers.client);
  await eventually('watched', async () => (await servers.status('reconciled')).state === 'ok');
  for await (const { workflowId, runId } of servers.client.workflow.list({
    query: "WorkflowType = 'reconcileClients'",
  })) {
    await servers.client.workflow.getHandle(workflowId, runId).result();
    await save('a-reconciliation', workflowId, runId);
    break;
  }
} finally {
  await worker.stop();
  await servers.stop();
}
