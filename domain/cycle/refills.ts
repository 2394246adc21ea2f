import { dropOldCycle } from './counters.js';
import type { FutureRefill, Refill, WatchState } from './watch-state.js';

/** Enough to recognise duplicates of refills with a wrong clock; older ones are forgotten. */
export const futureRefillsKept = 20;

/**
 * Takes note of a refill: last refill = the latest one known (rule 5, rule 6).
 * - A refill dated in the future counts as `now`; its duplicates count as the same instant again.
 * - The same refills in any order, any number of times, give the same state.
 */
export function noteRefill(watch: WatchState, refill: Refill, now: number): WatchState {
  const known = findFutureRefill(watch.futureRefills ?? [], refill);
  if (known) {
    if (known.refillId !== undefined || refill.refillId === undefined) return watch;
    const futureRefills = watch.futureRefills?.map((each) =>
      each === known ? { ...each, refillId: refill.refillId! } : each,
    );
    return { ...watch, ...(futureRefills ? { futureRefills } : {}) };
  }
  if (refill.at <= now) return advanceRefill(watch, refill.at);
  const futureRefills = [...(watch.futureRefills ?? []), { ...refill, countsAs: now }].slice(
    -futureRefillsKept,
  );
  return advanceRefill({ ...watch, futureRefills }, now);
}

/** The same refill among those that were dated in the future. */
export function findFutureRefill(known: readonly FutureRefill[], refill: Refill): FutureRefill | undefined {
  return known.find((each) =>
    refill.refillId === undefined
      ? each.at === refill.at
      : each.refillId === refill.refillId || (each.refillId === undefined && each.at === refill.at),
  );
}

function advanceRefill(watch: WatchState, at: number): WatchState {
  if (watch.lastRefillAt !== undefined && watch.lastRefillAt >= at) return watch;
  return dropOldCycle({ ...watch, lastRefillAt: at });
}
