import pThrottle from 'p-throttle';
import type { ReconcileReason, ReconcileResult } from './contract.js';
import type { Parts } from './parts.js';
import type { Change } from './reconcile-pages.js';
import { messageOf } from '../domain/error-message.js';

/** Temporal's usual limit of a namespace is far above; the checks that starts bring about are what costs. */
const changesPerSecond = 200;
const changesShown = 10;
const longestProblem = 300;

export type Done = Pick<ReconcileResult, 'started' | 'woken' | 'reasons' | 'some' | 'refused'>;

/**
 * Starts and wakes, in order and at a pace. A client that no retry would help is named and passed over; where Temporal or
 * MySQL is away it throws, once all others were tried, and the activity is tried again.
 */
export async function carryOut(
  parts: Parts,
  changes: readonly Change[],
  now: number,
  heartbeat: () => void,
): Promise<Done> {
  const reasons: Partial<Record<ReconcileReason, number>> = {};
  const some: Change[] = [];
  const refused: ReconcileResult['refused'][number][] = [];
  let started = 0;
  let woken = 0;
  const paced = pThrottle({ limit: changesPerSecond / 20, interval: 1_000 / 20 });
  const change = paced(async (each: Change) => {
    try {
      const done = await carryOutOne(parts, each, now);
      if (done === 'started') started += 1;
      if (done === 'woken') woken += 1;
      // The list of lost workflows names those too that were started again since.
      if (done === 'running' && each.reason === 'lost') return;
      reasons[each.reason] = (reasons[each.reason] ?? 0) + 1;
      if (some.length < changesShown) some.push(each);
    } catch (error) {
      if (!concernsOneClient(error)) throw error;
      refused.push({ clientId: each.clientId, problem: messageOf(error).slice(0, longestProblem) });
    }
    heartbeat();
  });
  const settled = await Promise.allSettled(changes.map((each) => change(each)));
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return {
    started,
    woken,
    reasons,
    some: some.map(({ clientId, reason }) => ({ clientId, reason })),
    refused,
  };
}

async function carryOutOne(
  parts: Parts,
  { clientId, profileId, reason }: Change,
  now: number,
): Promise<'started' | 'woken' | 'running'> {
  if (profileId === undefined) {
    // Where nothing runs there is nobody to write that it ended.
    if (!(await parts.watchers.wake(clientId))) await parts.watched.ended(clientId, 'no-profile', now);
    return 'woken';
  }
  const replans = reason === 'profile' || reason === 'period';
  if (replans && (await parts.watchers.wake(clientId))) return 'woken';
  const started = await parts.watchers.start(clientId, profileId);
  await parts.watched.started(clientId, profileId, now);
  // It runs and has no row, as somebody deleted it: its next check may be a Period away, and writes another one.
  if (!started && reason === 'new') await parts.watchers.wakeForLook(clientId);
  return started ? 'started' : 'running';
}

/** gRPC's INVALID_ARGUMENT, FAILED_PRECONDITION and OUT_OF_RANGE. */
const refusals = new Set([3, 9, 11]);

/**
 * Whether a failure is one of this client and no retry mends it, so that it must not hold up the clients after it: Temporal
 * refused the call, MySQL the value (SQLSTATE 22 and 23), or it is a defect that its row brings out.
 */
function concernsOneClient(error: unknown): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'number') return refusals.has(each.code);
    if ('sqlState' in each && typeof each.sqlState === 'string') return /^2[23]/.test(each.sqlState);
    if (each instanceof TypeError || each instanceof RangeError) return true;
  }
  return false;
}
