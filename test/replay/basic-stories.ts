import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, putClient } from '../../dev/trial/real-servers.js';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';
import { reconcileNow } from '../../worker/setup.js';
import type { Recorder } from './recorder.js';

/**
 * A query that waits for the first workflow task makes Temporal cut the check in two tasks, and a replay begins at the time
 * of the second: many at once, so that it is much later, and slow mails, so that it matters.
 */
export async function recordQueries(
  { servers, start, save }: Recorder,
  startWorker: () => Promise<Service>,
): Promise<Service> {
  const asked = Array.from({ length: 30 }, (_, i) => `asked-${i}`);
  for (const clientId of asked) await start(clientId, '40');
  const answers = asked.map((clientId) => servers.status(clientId));
  await sleep(500);
  const worker = await startWorker();
  await Promise.all(answers);
  await eventually('Max Qty', async () => (await servers.status('asked-29')).state === 'exhausted');
  await sleep(3_000);
  await save('a-query-at-the-first-check', watchWorkflowId('asked-29'));
  for (const clientId of asked)
    await servers.client.workflow.getHandle(watchWorkflowId(clientId)).terminate();
  return worker;
}

const refill = (refillId: string) => ({ refillId, at: new Date().toISOString() });

/** What every release does. */
export async function recordRuns({ servers, start, save, count }: Recorder): Promise<void> {
  const { database, client } = servers;
  const handleOf = (clientId: string) => client.workflow.getHandle(watchWorkflowId(clientId));

  await start('quiet', '100');
  await start('low', '40');
  const low = handleOf('low');
  await eventually('Max Qty', async () => (await servers.status('low')).state === 'exhausted');
  await low.signal('refill', refill('r-1'));
  await low.signal('refill', { refillId: 'wrong', at: 'yesterday' });
  await eventually('told again', async () => (await count('low')) === 1);
  await low.executeUpdate('refill', { args: [refill('r-2')] });
  await eventually('told again', async () => (await count('low')) === 1);
  await save('low-through-max-qty-and-refills', low.workflowId);

  // Time enough to try again before the next planned check.
  await start('retry', '40', 'acme/daily');
  await eventually('accepted at last', async () => (await count('retry')) === 1);
  await save('a-retried-notice', watchWorkflowId('retry'));

  await start('unreadable', '100');
  await eventually('checked', async () => (await servers.status('unreadable')).state === 'ok');
  await database.query('RENAME TABLE billing_client TO billing_client_away');
  await eventually('a failed check', async () => (await servers.status('unreadable')).state === 'unknown');
  await database.query('RENAME TABLE billing_client_away TO billing_client');
  await eventually('a check again', async () => (await servers.status('unreadable')).state === 'ok');
  await save('a-retried-check', watchWorkflowId('unreadable'));

  const first = await start('operated', '40');
  const operated = handleOf('operated');
  await eventually('told', async () => (await count('operated')) >= 1);
  await operated.executeUpdate('mute', { args: [{ until: new Date(Date.now() + 3_600_000).toISOString() }] });
  await operated.executeUpdate('checkNow');
  await operated.executeUpdate('unmute');
  await operated.executeUpdate('resetRule', { args: [{ rule: 'client' }] });
  await operated.signal('profileChanged');
  await eventually('told after the reset', async () => (await count('operated')) >= 1);
  await save('operators', operated.workflowId, first);
  await save('a-run-after-operators', operated.workflowId);

  const short = await start('continued', '100', 'acme/prepaid', { checksPerRun: 2 });
  await eventually('a later run', async () => (await handleOf('continued').describe()).runId !== short);
  await save('a-run-that-continued-as-new', watchWorkflowId('continued'), short);
  await save('a-run-after-it', watchWorkflowId('continued'));
  await save('quiet', watchWorkflowId('quiet'));

  await database.query("UPDATE billing_client SET status = 'closed' WHERE client_id = 'quiet'");
  await handleOf('quiet').result();
  await save('a-client-that-was-closed', watchWorkflowId('quiet'));

  await putClient(database, 'reconciled', '100');
  await reconcileNow(client);
  await eventually('watched', async () => (await servers.status('reconciled')).state === 'ok');
  for await (const { workflowId, runId } of client.workflow.list({
    query: "WorkflowType = 'reconcileClients'",
  })) {
    await client.workflow.getHandle(workflowId, runId).result();
    await save('a-reconciliation', workflowId, runId);
    break;
  }
}
