import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import { formatDuration } from '../domain/duration.js';
import { lookIntervalMs } from '../domain/looks/looked-profile.js';
import { readLookedProfiles } from '../store/profiles.js';
import type { Queryable } from '../store/queryable.js';
import { taskQueue } from './parts.js';

/** The id of the Schedule of looks, and the beginning of its workflows' ids. */
export const lookId = 'low-balance:look';

/** No run takes longer: a look at a large fleet is many runs. Temporal ends one that does, and the Schedule starts another. */
export const longestLookRunMs = 10 * 60_000;

/** While no profile says `checkEvery`; a Schedule needs one. */
const idleEveryMs = 3_600_000;
const idleNote = 'no profile says checkEvery';

/**
 * The Schedule of looks at the smallest `checkEvery` of the profiles, paused where none says one. One that somebody paused by hand stays
 * paused. Safe to repeat, and for any number of workers at once. Answers the interval, milliseconds.
 */
export async function scheduleLooks(client: Client, own: Queryable): Promise<number | undefined> {
  const everyMs = lookIntervalMs(await readLookedProfiles(own));
  const spec = { intervals: [{ every: everyMs ?? idleEveryMs }] };
  const action = {
    type: 'startWorkflow',
    workflowType: 'lookAtClients',
    workflowId: lookId,
    taskQueue,
    args: [],
    workflowRunTimeout: longestLookRunMs,
  } as const;
  // A look that was missed is not made up for: the next one sees the same.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10s' } as const;
  const state = everyMs === undefined ? { paused: true, note: idleNote } : { paused: false };
  const handle = client.schedule.getHandle(lookId);
  let known: ScheduleDescription;
  try {
    known = await handle.describe();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    try {
      await client.schedule.create({ scheduleId: lookId, spec, action, policies, state });
      return everyMs;
    } catch (raced) {
      if (!(raced instanceof ScheduleAlreadyRunning)) throw raced;
      known = await handle.describe();
    }
  }
  if (follows(known, everyMs)) return everyMs;
  await handle.update((previous): ScheduleUpdateOptions => ({
    ...previous,
    spec,
    action,
    policies: { ...previous.policies, ...policies },
    state: isPausedByHand(previous) ? previous.state : { ...previous.state, note: '', ...state },
  }));
  return everyMs;
}

function follows(schedule: ScheduleDescription, everyMs: number | undefined): boolean {
  const { spec, action, state } = schedule;
  return (
    spec.intervals?.length === 1 &&
    spec.intervals[0]?.every === (everyMs ?? idleEveryMs) &&
    action.workflowRunTimeout === longestLookRunMs &&
    (isPausedByHand(schedule) || state.paused === (everyMs === undefined))
  );
}

export function isPausedByHand({ state }: Pick<ScheduleDescription, 'state'>): boolean {
  return state.paused && state.note !== idleNote;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof Error && ['ScheduleNotFoundError', 'WorkflowNotFoundError'].includes(error.name);
}

/** How looks go. Instants are epoch milliseconds. */
export interface Looks {
  /** What is wrong and what to do, for people; absent where nothing is. */
  readonly problem?: string;
  /** The interval, milliseconds; absent where no profile says `checkEvery`. */
  readonly everyMs?: number;
  /** When the last look that was completed began, and how long it took. */
  readonly completed?: { readonly at: number; readonly tookMs: number };
  /** When the look that goes on began. */
  readonly runningSince?: number;
}

/** Asks Temporal. Throws where it does not answer. */
export async function examineLooks(client: Client, now: number): Promise<Looks> {
  let schedule: ScheduleDescription;
  try {
    schedule = await client.schedule.getHandle(lookId).describe();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return { problem: `there is no Schedule ${lookId}. Run: npx low-balance setup` };
  }
  const everyMs = schedule.spec.intervals?.[0]?.every ?? idleEveryMs;
  if (isPausedByHand(schedule))
    return {
      everyMs,
      problem: `the Schedule ${lookId} is paused: ${schedule.state.note || 'no note'}. Unpause it in the Temporal UI`,
    };
  if (schedule.state.paused) return {};
  const [last, before] = await latestLooks(client, schedule);
  const completed = [last, before].find((each) => each?.status === 'COMPLETED');
  const running = last?.status === 'RUNNING' ? last : undefined;
  const problem =
    slowProblem(running, completed, everyMs, now) ??
    missingProblem(schedule, last, everyMs, now) ??
    endProblem(running ? before : last);
  return {
    everyMs,
    ...(problem === undefined ? {} : { problem }),
    ...(completed ? { completed: { at: completed.at, tookMs: completed.until - completed.at } } : {}),
    ...(running ? { runningSince: running.at } : {}),
  };
}

interface FoundLook {
  readonly workflowId: string;
  readonly status: string;
  /** When the Schedule began it; it may go on in further runs. */
  readonly at: number;
  /** When it ended. */
  readonly until: number;
  /** Of the activity that fails. */
  readonly failure: string | undefined;
}

/** The last two, the latest first. */
async function latestLooks(client: Client, { info }: ScheduleDescription): Promise<readonly FoundLook[]> {
  const latest = info.recentActions.slice(-2).toReversed();
  const found = await Promise.all(
    latest.map(async ({ takenAt, action: { workflow } }): Promise<FoundLook | undefined> => {
      try {
        const { status, closeTime, raw } = await client.workflow.getHandle(workflow.workflowId).describe();
        const failing = raw.pendingActivities?.find(({ lastFailure }) => lastFailure);
        return {
          workflowId: workflow.workflowId,
          status: status.name,
          at: takenAt.getTime(),
          until: closeTime?.getTime() ?? 0,
          failure: failing?.lastFailure?.message ?? undefined,
        };
      } catch (error) {
        // Temporal keeps it no more.
        if (isNotFound(error)) return undefined;
        throw error;
      }
    }),
  );
  return found.filter((each) => each !== undefined);
}

function slowProblem(
  running: FoundLook | undefined,
  completed: FoundLook | undefined,
  everyMs: number,
  now: number,
): string | undefined {
  const advice = `Expected less than its interval of ${formatDuration(everyMs)}: until then, notices come later than checkEvery. Make the billing views faster (docs/billing-views.md), or checkEvery longer`;
  if (running && now - running.at > everyMs) {
    const fails = running.failure === undefined ? '' : ` (${running.failure})`;
    return `the look ${running.workflowId} goes on since ${formatDuration(now - running.at)}${fails}. ${advice}`;
  }
  if (completed && completed.until - completed.at > everyMs)
    return `the last look took ${formatDuration(completed.until - completed.at)}. ${advice}`;
  return undefined;
}

const minuteMs = 60_000;

function missingProblem(
  { info }: ScheduleDescription,
  last: FoundLook | undefined,
  everyMs: number,
  now: number,
): string | undefined {
  const since = last?.at ?? (info.lastUpdatedAt ?? info.createdAt).getTime();
  return last?.status !== 'RUNNING' && now - since > Math.max(2 * everyMs, everyMs + minuteMs)
    ? `no look began since ${new Date(since).toISOString()}: expected one every ${formatDuration(everyMs)}. Look at the Schedule ${lookId} in the Temporal UI`
    : undefined;
}

function endProblem(last: FoundLook | undefined): string | undefined {
  return !last || last.status === 'COMPLETED' || last.status === 'RUNNING'
    ? undefined
    : `the last look (${last.workflowId}) ended as ${last.status}: expected COMPLETED. Its page in the Temporal UI says why`;
}
