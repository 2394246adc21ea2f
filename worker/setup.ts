import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type Connection,
} from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { migrate } from '../store/database.js';
import { taskQueue } from './parts.js';
import { scheduleLooks } from './looks.js';
import { longestRunMs, reconcileId } from './reconciliation.js';
import { registerSearchAttributes } from './search-attributes.js';

export { reconcileId };

export interface SetUp {
  readonly database: DataSource;
  readonly client: Client;
  readonly namespace: string;
  readonly reconcileEveryMs: number;
}

/** Migrations, search attributes and the Schedules of reconciliation and of looks. Safe to repeat. Answers the migrations it ran. */
export async function setUp({
  database,
  client,
  namespace,
  reconcileEveryMs,
}: SetUp): Promise<readonly string[]> {
  const migrations = await migrate(database);
  await registerSearchAttributes(client.connection as Connection, namespace);
  await scheduleReconciliation(client, reconcileEveryMs);
  await scheduleLooks(client, database);
  return migrations;
}

async function scheduleReconciliation(client: Client, everyMs: number): Promise<void> {
  const spec = { intervals: [{ every: everyMs }] };
  const action = {
    type: 'startWorkflow',
    workflowType: 'reconcileClients',
    workflowId: reconcileId,
    taskQueue,
    args: [],
    workflowRunTimeout: longestRunMs,
  } as const;
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' } as const;
  try {
    await client.schedule.create({ scheduleId: reconcileId, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(reconcileId)
      .update((previous) => ({ ...previous, spec, action, policies: { ...previous.policies, ...policies } }));
  }
}

/** Reconciles now, or right after the reconciliation that runs. */
export async function reconcileNow(client: Client): Promise<void> {
  await client.schedule.getHandle(reconcileId).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}
