import type { WorkflowHandle } from '@temporalio/client';
import { eventually, type RealServers } from '../../dev/trial/real-servers.js';
import { reconcileId } from '../../worker/reconciliation.js';
import type { ReconcileSums } from '../../workflows/reconcile-sums.js';

/** The Schedule of reconciliation. */
export function scheduleOn({ client }: RealServers) {
  return client.schedule.getHandle(reconcileId);
}

/** The Schedule's runs: run id → workflow id, which is the Schedule's with the second at which it started. */
export async function runsOn(servers: RealServers): Promise<ReadonlyMap<string, string>> {
  const { recentActions, runningActions } = (await scheduleOn(servers).describe()).info;
  const started = [...recentActions.map(({ action }) => action), ...runningActions];
  return new Map(started.map(({ workflow }) => [workflow.firstExecutionRunId, workflow.workflowId] as const));
}

/** Triggers the Schedule, and answers the workflow it started. */
export async function triggerOn(servers: RealServers): Promise<WorkflowHandle> {
  const before = await runsOn(servers);
  await scheduleOn(servers).trigger();
  let found: readonly [string, string] | undefined;
  await eventually('a reconciliation runs', async () => {
    found = [...(await runsOn(servers))].find(([runId]) => !before.has(runId));
    return found !== undefined;
  });
  const [runId, workflowId] = found!;
  return servers.client.workflow.getHandle(workflowId, runId);
}

/** Reconciles once, and answers what was done when the Schedule knows that it ended: until then it skips. */
export async function reconcileOn(servers: RealServers): Promise<ReconcileSums> {
  const run = await triggerOn(servers);
  const sums = (await run.result()) as ReconcileSums;
  await eventually(
    'the Schedule knows that it ended',
    async () => (await scheduleOn(servers).describe()).info.runningActions.length === 0,
  );
  return sums;
}
