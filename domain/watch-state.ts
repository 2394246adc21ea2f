import type { RuleKey } from './profile/profile.js';

/** A refill as it is known: of which id (a signal's) and dated when (epoch milliseconds). */
export interface Refill {
  /** Absent where the refill was seen in the billing data (`last_refill_at`) and not told by a signal. */
  readonly refillId?: string;
  readonly at: number;
}

/**
 * What a client's workflow remembers between checks. Plain JSON; instants are epoch milliseconds.
 * Counters are not stored: they follow from `acceptedAt` and `lastRefillAt` (rule 5), so that duplicates, delays and
 * reordering of refills cannot change them.
 */
export interface WatchState {
  /** The profile whose notices are counted. */
  readonly profileId?: string;
  /** The latest refill known. */
  readonly lastRefillAt?: number;
  /** Per rule key, when its notices of this cycle were accepted by the mail provider, ascending. */
  readonly acceptedAt: Readonly<Record<string, readonly number[]>>;
  /** Per rule key, when an operator set its counter to 0. */
  readonly resetAt?: Readonly<Record<string, number>>;
  readonly mutedUntil?: number;
  /** Refills that were dated in the future when first heard of, with the instant they count as. */
  readonly futureRefills?: readonly FutureRefill[];
}

interface FutureRefill extends Refill {
  readonly countsAs: number;
}

/** A client nothing is known of yet. */
export const freshWatch: WatchState = { acceptedAt: {} };

/** Enough to recognise duplicates of refills with a wrong clock; older ones are forgotten. */
const futureRefillsKept = 20;

/**
 * Takes note of a refill: last refill = the latest one known (rule 5, rule 6).
 * - A refill dated in the future counts as `now`; its duplicates count as the same instant again.
 * - The same refills in any order, any number of times, give the same state.
 */
export function noteRefill(watch: WatchState, refill: Refill, now: number): WatchState {
  const known = findFutureRefill(watch, refill);
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

function findFutureRefill(watch: WatchState, refill: Refill): FutureRefill | undefined {
  return watch.futureRefills?.find((known) =>
    refill.refillId === undefined
      ? known.at === refill.at
      : known.refillId === refill.refillId || (known.refillId === undefined && known.at === refill.at),
  );
}

function advanceRefill(watch: WatchState, at: number): WatchState {
  if (watch.lastRefillAt !== undefined && watch.lastRefillAt >= at) return watch;
  return dropOldCycle({ ...watch, lastRefillAt: at });
}

/** Takes note that the provider accepted a notice of these rules (rule 4). */
export function noteAccepted(watch: WatchState, rules: readonly RuleKey[], at: number): WatchState {
  const acceptedAt: Record<string, readonly number[]> = { ...watch.acceptedAt };
  for (const key of rules) {
    if (acceptedAt[key]?.includes(at)) continue;
    acceptedAt[key] = [...(acceptedAt[key] ?? []), at].sort((a, b) => a - b);
  }
  return dropOldCycle({ ...watch, acceptedAt });
}

/** Takes note of what became of one check's notices: one count per rule, though two notices may have named it. */
export function noteTold(
  watch: WatchState,
  accepted: readonly { readonly rules: readonly RuleKey[]; readonly at: number }[],
): WatchState {
  const firstAt = new Map<RuleKey, number>();
  for (const { rules, at } of accepted)
    for (const rule of rules) firstAt.set(rule, Math.min(at, firstAt.get(rule) ?? at));
  return [...firstAt].reduce((noted, [rule, at]) => noteAccepted(noted, [rule], at), watch);
}

/** An operator sets one rule's counter to 0. */
export function resetRule(watch: WatchState, rule: RuleKey, now: number): WatchState {
  return dropOldCycle({ ...watch, resetAt: { ...watch.resetAt, [rule]: now + 1 } });
}

export function mute(watch: WatchState, until: number): WatchState {
  return { ...watch, mutedUntil: until };
}

/** Whether an operator wants nobody told now. */
export function isMuted({ mutedUntil }: WatchState, now: number): boolean {
  return mutedUntil !== undefined && now < mutedUntil;
}

export function unmute(watch: WatchState): WatchState {
  const { mutedUntil: _, ...rest } = watch;
  return rest;
}

/** Moving a client to another profile starts its counters afresh (rule 12). */
export function assignProfile(watch: WatchState, profileId: string): WatchState {
  if (watch.profileId === profileId) return watch;
  if (watch.profileId === undefined) return { ...watch, profileId };
  const { resetAt: _, ...rest } = watch;
  return { ...rest, profileId, acceptedAt: {} };
}

/** How many notices of a rule the provider accepted since the last refill. A notice at the instant of a refill came after it. */
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

function countedSince(watch: WatchState, rule: RuleKey): readonly number[] {
  const since = Math.max(watch.lastRefillAt ?? 0, watch.resetAt?.[rule] ?? 0);
  return (watch.acceptedAt[rule] ?? []).filter((at) => at >= since);
}

/** Keeps the state small: last refill and resets only move forward, so what is before them can never count again. */
function dropOldCycle(watch: WatchState): WatchState {
  const acceptedAt: Record<string, readonly number[]> = {};
  for (const key of Object.keys(watch.acceptedAt).sort() as RuleKey[]) {
    const kept = countedSince(watch, key);
    if (kept.length > 0) acceptedAt[key] = kept;
  }
  return { ...watch, acceptedAt };
}
