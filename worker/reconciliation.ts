import type { Client, ScheduleDescription, WorkflowExecutionDescription } from '@temporalio/client';
import type { ReconcileSums } from '../workflows/reconcile-sums.js';

/** The id of the Schedule of reconciliation, and the beginning of its workflows' ids. */
export const reconcileId = 'low-balance:reconcile';

/** No run takes longer: a reconciliation of a large fleet is many runs. Temporal ends one that does, and the Schedule starts another. */
export const longestRunMs = 30 * 60_000;
/** So long may all runs of one reconciliation take. */
export const longestChainMs = 6 * 3_600_000;
/** A run whose task or activity fails this often does not go on by itself soon. */
const attemptsOfTask = 5;
const attemptsOfActivity = 5;
const failingMs = 5 * 60_000;
const minuteMs = 60_000;

/** How reconciliation goes. Instants are epoch milliseconds. */
export interface Reconciliation {
  /** What is wrong and what to do, for people; absent where nothing is. */
  readonly problem?: string;
  /** When the last one that was completed began; absent where none is known. */
  readonly completedAt?: number;
  /** When the one that runs began; absent where none does. */
  readonly runningSince?: number;
  /** The one that will not end by itself: its chain of runs. */
  readonly stuck?: { readonly workflowId: string; readonly firstExecutionRunId: string };
  /** Of the last one that was completed: the clients that it had to pass over. */
  readonly passedOver: ReconcileSums['refused'];
}

/** Asks Temporal. Throws where it does not answer. */
export async function examineReconciliation(client: Client, now: number): Promise<Reconciliation> {
  let schedule: ScheduleDescription;
  try {
    schedule = await client.schedule.getHandle(reconcileId).describe();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return { problem: `there is no Schedule ${reconcileId}. Run: npx low-balance setup`, passedOver: [] };
  }
  const runs = await latestRuns(client, schedule);
  const running = runs.filter(isRunning).map(runningOf)[0];
  const last = runs.findLast((run) => !isRunning(run));
  const completed = runs.findLast(({ description }) => description.status.name === 'COMPLETED');
  const problem =
    running?.problem(now) ??
    scheduleProblem(schedule, running !== undefined, now) ??
    endProblem(last?.description);
  return {
    ...(problem === undefined ? {} : { problem }),
    ...(completed ? { completedAt: completed.takenAt } : {}),
    ...(running ? { runningSince: running.since } : {}),
    ...(running?.isStuck(now) ? { stuck: running.chain } : {}),
    passedOver: completed ? await passedOverBy(client, completed.description) : [],
  };
}

/**
 * Ends a reconciliation that does not end by itself, whichever run its chain is at, and starts another one. Any number of workers
 * may do so at once.
 */
export async function replaceStuckRun(client: Client, { stuck, problem }: Reconciliation): Promise<void> {
  if (!stuck) return;
  const { workflowId, firstExecutionRunId } = stuck;
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId });
  await handle.terminate(problem ?? 'the reconciliation does not end').catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
  await client.schedule.getHandle(reconcileId).trigger('BUFFER_ONE');
}

function scheduleProblem(
  { state, spec, info }: ScheduleDescription,
  runs: boolean,
  now: number,
): string | undefined {
  if (state.paused)
    return `the Schedule ${reconcileId} is paused: ${state.note || 'no note'}. Unpause it in the Temporal UI`;
  const everyMs = spec.intervals?.[0]?.every ?? 0;
  const last = (info.recentActions.at(-1)?.takenAt ?? info.createdAt).getTime();
  const late = now - last > Math.max(2 * everyMs, everyMs + 5 * minuteMs);
  return late && !runs
    ? `no reconciliation began since ${isoOf(last)}: expected one every ${Math.round(everyMs / 1_000)} s. Look at the Schedule ${reconcileId} in the Temporal UI`
    : undefined;
}

function endProblem(description: WorkflowExecutionDescription | undefined): string | undefined {
  if (!description || description.status.name === 'COMPLETED') return undefined;
  const { workflowId, status, closeTime } = description;
  return `the last reconciliation (${workflowId}) ended as ${status.name} at ${isoOf(closeTime?.getTime() ?? 0)}: expected COMPLETED. Its page in the Temporal UI says why`;
}

interface Run {
  /** When the Schedule began it, epoch milliseconds; a long one goes on in further runs. */
  readonly takenAt: number;
  readonly description: WorkflowExecutionDescription;
}

const runsLookedAt = 3;

/** By the time they began. The Schedule's own list of what runs is a moment late. */
async function latestRuns(client: Client, { info }: ScheduleDescription): Promise<readonly Run[]> {
  const taken = new Map(
    info.recentActions
      .slice(-runsLookedAt)
      .map(({ takenAt, action }) => [action.workflow.workflowId, takenAt]),
  );
  const ids = new Set([...info.runningActions.map(({ workflow }) => workflow.workflowId), ...taken.keys()]);
  const runs = await Promise.all(
    [...ids].map(async (workflowId): Promise<readonly Run[]> => {
      const description = await described(client, workflowId);
      const takenAt = (taken.get(workflowId) ?? description?.startTime)?.getTime();
      return description && takenAt !== undefined ? [{ takenAt, description }] : [];
    }),
  );
  return runs.flat().sort((a, b) => a.takenAt - b.takenAt);
}

function isRunning({ description }: Run): boolean {
  return description.status.name === 'RUNNING';
}

function runningOf({ takenAt: since, description }: Run) {
  const { workflowId, runId } = description;
  const firstExecutionRunId = description.raw.workflowExecutionInfo?.firstRunId || runId;
  const runSince = description.startTime.getTime();
  const { pendingWorkflowTask, pendingActivities } = description.raw;
  const failingTask = (pendingWorkflowTask?.attempt ?? 0) >= attemptsOfTask;
  const activity = pendingActivities?.find(({ attempt }) => (attempt ?? 0) >= attemptsOfActivity);
  const isEndless = (now: number) => now - since > longestChainMs;
  const isStuck = (now: number) =>
    now - runSince > longestRunMs || (failingTask && now - runSince > failingMs) || isEndless(now);
  return {
    since,
    chain: { workflowId, firstExecutionRunId },
    isStuck,
    problem(now: number): string | undefined {
      const name = `the reconciliation ${workflowId}`;
      if (failingTask)
        return `${name} does not go on: its workflow task failed ${pendingWorkflowTask?.attempt} times. A worker ends and replaces it after ${failingMs / minuteMs} minutes`;
      if (activity)
        return `${name} does not go on: ${activity.lastFailure?.message ?? 'its activity fails'} (attempt ${activity.attempt})`;
      if (isEndless(now))
        return `${name} goes on since ${isoOf(since)}: expected ${longestChainMs / 3_600_000} hours at most. A worker ends and replaces it`;
      if (isStuck(now))
        return `${name} has not ended since ${isoOf(runSince)}: expected ${longestRunMs / minuteMs} minutes at most. A worker ends and replaces it`;
      return undefined;
    },
  };
}

async function passedOverBy(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<ReconcileSums['refused']> {
  try {
    const sums = (await client.workflow.getHandle(workflowId, runId).result()) as ReconcileSums;
    return sums.refused;
  } catch {
    // Without the key of the payloads: how it ended is known, and not what it did.
    return [];
  }
}

/** Undefined where Temporal keeps it no more. */
async function described(
  client: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && ['ScheduleNotFoundError', 'WorkflowNotFoundError'].includes(error.name);
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
