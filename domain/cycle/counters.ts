import type { RuleKey } from '../profile/profile.js';
import type { WatchState } from './watch-state.js';

/** How many notices of a rule were accepted in this cycle. A notice at the instant of a refill came after it. */
export function countOf(watch: WatchState, rule: RuleKey): number {
  return countedSince(watch, rule).length;
}

/** The counters of all rules that have one above 0. */
export function countsOf(watch: WatchState): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of Object.keys(watch.acceptedAt) as RuleKey[]) {
    const count = countOf(watch, key);
    if (count > 0) counts[key] = count;
  }
  return counts;
}

/** When the current cycle of a rule began: a refill ends the cycle of a rule about a balance that is below (rules 5 and 21). */
export function cycleStart(watch: WatchState, rule: RuleKey): number {
  const refilledAt = watch.aboveRules?.includes(rule) ? undefined : watch.lastRefillAt;
  return Math.max(refilledAt ?? 0, watch.resetAt?.[rule] ?? 0);
}

export function countedSince(watch: WatchState, rule: RuleKey): readonly number[] {
  const since = cycleStart(watch, rule);
  return (watch.acceptedAt[rule] ?? []).filter((at) => at >= since);
}

/** Keeps the state small: last refill and resets only move forward, so what is before them can never count again. */
export function dropOldCycle(watch: WatchState): WatchState {
  const acceptedAt: Record<string, readonly number[]> = {};
  for (const key of Object.keys(watch.acceptedAt).sort() as RuleKey[]) {
    const kept = countedSince(watch, key);
    if (kept.length > 0) acceptedAt[key] = kept;
  }
  return { ...watch, acceptedAt };
}

/** Sets one rule's counter to 0: an operator does, and so does a rule for "above" that is found not above (rule 21). */
export function resetRule(watch: WatchState, rule: RuleKey, now: number): WatchState {
  return dropOldCycle({ ...watch, resetAt: { ...watch.resetAt, [rule]: now + 1 } });
}

/** Moving a client to another profile starts its counters afresh (rule 12). */
export function assignProfile(watch: WatchState, profileId: string): WatchState {
  if (watch.profileId === profileId) return watch;
  if (watch.profileId === undefined) return { ...watch, profileId };
  const { resetAt: _, lastTold: _told, recoveredAt: _recovered, waitingSince: _waiting, ...rest } = watch;
  return { ...rest, profileId, acceptedAt: {} };
}
