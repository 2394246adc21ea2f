import { dropOldCycle } from './counters.js';
import { findFutureRefill, futureRefillsKept } from './refills.js';
import { ascending, laterTold } from './told.js';
import type { WatchState } from './watch-state.js';

/**
 * Rule 25: a workflow that starts goes on with what an earlier one of its client knew. What reached the new one before its
 * first check, such as the refill that started it, is kept. It does not matter which of them knew a notice or a refill.
 */
export function takeUp(own: WatchState, earlier: WatchState): WatchState {
  const known = earlier.futureRefills ?? [];
  const futureRefills = own.futureRefills ?? [];
  const again = futureRefills.filter((refill) => findFutureRefill(known, refill));
  const fresh = futureRefills.filter((refill) => !again.includes(refill));
  // A refill that is dated in the future counts once, as of when it was first heard of.
  const isAgain = again.some(({ countsAs }) => countsAs === own.lastRefillAt);
  const lastRefillAt = latest([
    earlier.lastRefillAt,
    isAgain ? undefined : own.lastRefillAt,
    ...fresh.map(({ countsAs }) => countsAs),
  ]);
  const refills = [...known, ...fresh].slice(-futureRefillsKept);
  const acceptedAt = merged(earlier.acceptedAt, own.acceptedAt, (a, b) =>
    ascending([...new Set([...a, ...b])]),
  );
  const lastTold = merged(earlier.lastTold ?? {}, own.lastTold ?? {}, laterTold);
  const recoveredAt = merged(earlier.recoveredAt ?? {}, own.recoveredAt ?? {}, Math.max);
  const resetAt = merged(earlier.resetAt ?? {}, own.resetAt ?? {}, Math.max);
  return dropOldCycle({
    ...earlier,
    ...own,
    ...(lastRefillAt === undefined ? {} : { lastRefillAt }),
    ...(refills.length === 0 ? {} : { futureRefills: refills }),
    acceptedAt,
    ...(isSome(lastTold) ? { lastTold } : {}),
    ...(isSome(recoveredAt) ? { recoveredAt } : {}),
    ...(isSome(resetAt) ? { resetAt } : {}),
  });
}

/**
 * Rule 25: what a workflow knows that somebody reset to an earlier point of its history. Until its next check takes up the
 * client's row it knows no profile, as one that starts. What only adds up is kept, and what may have been undone since is not.
 */
export function setBack(watch: WatchState): WatchState {
  const { profileId: _, mutedUntil: _muted, waitingSince: _waiting, ...rest } = watch;
  return rest;
}

function latest(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function isSome(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).length > 0;
}

function merged<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  both: (a: T, b: T) => T,
): Record<string, T> {
  const result: Record<string, T> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = result[key];
    result[key] = known === undefined ? value : both(known, value);
  }
  return result;
}
