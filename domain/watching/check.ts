import type { WatchState } from '../cycle/watch-state.js';
import type { AcceptedNotice } from '../cycle/told.js';
import type { Decision } from '../decide.js';
import type { Profile, RuleKey } from '../profile/profile.js';
import type { EndReason } from '../reading.js';

// What a check is asked with and what it answers. It crosses Temporal: plain JSON, no address. Instants are epoch milliseconds.

export interface CheckInput {
  readonly clientId: string;
  readonly watch: WatchState;
  /** The grid instant that this check was planned at, or the last one before an extra check. */
  readonly plannedAt: number;
  /** When this check should have come, `now` where it is an extra one. */
  readonly dueAt: number;
  /** The workflow's time. A retried check reads later, and decides for that later instant. */
  readonly now: number;
  /** When this workflow checked last; absent at its first check, and where an older version asks. */
  readonly checkedAt?: number;
  /** Why the check comes before its planned time; absent where it is a planned one. */
  readonly extra?: ExtraCheck;
  /** Of one that is `held` or `closing`: what the last check stood for. */
  readonly again?: StoodFor;
  /** Since when the client is missing in the billing data, or without a profile (rule 13). */
  readonly missingSince?: number;
}

/**
 * Why a check comes before its planned time, and so what it stands for (rule 17).
 * - `refill`: a refill came while the last check's notices were on their way: for that planned check.
 * - `opening`: sending hours open: for that instant.
 * - `closing`: they closed on notices of the last check that were not accepted: for what that check stood for.
 * - `held`: the last check's notices were held (rule 23): for what that check stood for.
 * - `own`: an operator asked for it, or a look at the fleet: for its own time.
 */
export type ExtraCheck = 'refill' | 'opening' | 'closing' | 'held' | 'own';

/** What a check stood for (rule 17). */
export interface StoodFor {
  readonly instant: number;
  /** Absent where it was none at an opening of sending hours. */
  readonly atOpening?: true;
}

export type CheckResult = Ended | Unreadable | Missing | CheckReport;

export interface Ended {
  readonly kind: 'ended';
  readonly reason: EndReason;
}

/** Rule 14: nothing is known, and the check waits for the next one. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly reason: string;
  /** By which the next check is planned; absent where that too is not known. */
  readonly profile?: CheckedProfile;
}

/** Rule 13: nothing is sent, and the watch ends where the client is still missing at `until`. */
export interface Missing {
  readonly kind: 'missing';
  readonly reason: MissingReason;
  readonly since: number;
  readonly until: number;
  /** Why it does not end though its grace is over: too many are missing at once. */
  readonly held?: string;
}

export type MissingReason = Extract<EndReason, 'no-profile' | 'not-found'>;

export interface CheckReport {
  readonly kind: 'checked';
  readonly profile: CheckedProfile;
  readonly availableBalance: string;
  readonly currency: string;
  readonly lastRefillAt: number | null;
  /** When the billing data was read, where that refill came after the check began. */
  readonly readAt?: number;
  readonly decisions: readonly Decision[];
  /** What the check stood for (rule 17); absent in results of older versions. */
  readonly instant?: number;
  readonly atOpening?: true;
  /** What the first check of a workflow found of an earlier one of its client. */
  readonly takenUp?: TakenUp;
  /** The rules of `unreached`: what older workflows read, and all that older workers wrote. */
  readonly bounced?: readonly RuleKey[];
  /** Rules that name an address which mail did not reach lately, as the provider reported; absent where there is none. */
  readonly unreached?: readonly UnreachedRule[];
}

export interface UnreachedRule {
  readonly rule: RuleKey;
  readonly delivery: 'blocked' | 'bounced' | 'dropped' | 'spam-report';
}

export interface CheckedProfile {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly reseller: string;
  readonly currency: string;
  readonly maxQty: number;
  readonly periodMs: number;
  /** Absent where it is `tell`. */
  readonly alreadyLow?: Profile['alreadyLow'];
}

/** What a workflow that starts goes on with (rule 25). */
export interface TakenUp {
  readonly watch: WatchState;
  /** A planned check of the client's grid. */
  readonly plannedAt?: number;
  /** The instant that the last check stood for, where it was this profile's and left nothing unsent. */
  readonly checkedFor?: number;
}

export type ReplanResult =
  | Ended
  /** Nothing is known of a new Period, and the next check stays where it is. */
  | Unreadable
  | Missing
  | { readonly kind: 'planned'; readonly profileId: string; readonly periodMs: number };

/** What became of the notices of one check. */
export interface NoticesOutcome {
  readonly accepted: readonly AcceptedNotice[];
  /** Refused for good by the channel: no quota used. */
  readonly failed: readonly FailedNotice[];
}

/** A notice that its channel refused for good. */
export interface FailedNotice {
  readonly rules: readonly RuleKey[];
  /** Absent where it says of no rule that it recovered. */
  readonly recovered?: readonly RuleKey[];
  readonly reason: string;
  /** The webhook that it was for; absent for e-mail. */
  readonly webhook?: string;
}
