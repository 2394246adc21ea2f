/** A refill as it is known: of which id (a signal's) and dated when (epoch milliseconds). */
export interface Refill {
  /** Absent where the refill was seen in the billing data (`last_refill_at`) and no signal came for it. */
  readonly refillId?: string;
  readonly at: number;
}

/**
 * What a client's workflow remembers between checks. Plain JSON; instants are epoch milliseconds.
 * Counters are not stored: they follow from `acceptedAt` and `lastRefillAt` (rule 5), so that duplicates, delays and
 * reordering of refills cannot change them. Whatever was added to the first version is optional: older states are read.
 */
export interface WatchState {
  /** The profile whose notices are counted. */
  readonly profileId?: string;
  /** The latest refill known. */
  readonly lastRefillAt?: number;
  /** Per rule key, when its notices of this cycle were accepted by a channel, ascending. */
  readonly acceptedAt: Readonly<Record<string, readonly number[]>>;
  /** Per rule key, its last accepted notice, also one of an earlier cycle: a recovery is sent to whom it reached. */
  readonly lastTold?: Readonly<Record<string, LastTold>>;
  /** Per rule key, when its last notice of a recovery was accepted (rule 20). */
  readonly recoveredAt?: Readonly<Record<string, number>>;
  /** Per rule key, since when it waits because the client was low already (rule 22). */
  readonly waitingSince?: Readonly<Record<string, number>>;
  /** Rules whose cycle ends when their condition is found not met, and by no refill (rule 21). */
  readonly aboveRules?: readonly string[];
  /** Per rule key, when its counter was set to 0: by an operator, or because its condition was found not met (rule 21). */
  readonly resetAt?: Readonly<Record<string, number>>;
  readonly mutedUntil?: number;
  /** Refills that were dated in the future when first heard of, with the instant they count as. */
  readonly futureRefills?: readonly FutureRefill[];
}

/** The last notice of a rule that was accepted. */
export interface LastTold {
  /** When it was accepted. */
  readonly at: number;
  /** The instant that its check stood for (rule 17). Absent where an older version noted it. */
  readonly instant?: number;
  /** Its check, which names its notices in the ledger. */
  readonly checkAt?: number;
}

export interface FutureRefill extends Refill {
  readonly countsAs: number;
}

/** A client nothing is known of yet. */
export const freshWatch: WatchState = { acceptedAt: {} };

export function mute(watch: WatchState, until: number): WatchState {
  return { ...watch, mutedUntil: until };
}

/** Before the first check the mute of an earlier workflow is not known yet: it ends too. */
export function unmute(watch: WatchState): WatchState {
  const { mutedUntil: _, ...rest } = watch;
  return watch.profileId === undefined ? { ...rest, mutedUntil: 0 } : rest;
}

/** Whether an operator wants nobody notified now. */
export function isMuted({ mutedUntil }: WatchState, now: number): boolean {
  return mutedUntil !== undefined && now < mutedUntil;
}
