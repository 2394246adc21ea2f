import type { RuleKey } from '../profile/profile.js';
import type { Reason } from '../reasons.js';
import { resetRule } from './counters.js';
import { unrecoveredCheck } from './told.js';
import type { WatchState } from './watch-state.js';

/** What a check found of one rule. */
export interface FoundRule {
  readonly rule: RuleKey;
  /** Whether its condition is met; undefined where that is not known. */
  readonly low?: boolean;
  readonly when?: 'above';
  readonly reason?: Reason;
}

/**
 * What a check's findings change of what is remembered.
 * - 20: where a rule is found not met and has no recovery to tell, what it told before is over: one that is to tell recoveries
 *   from a later edit on does not tell those of the past.
 * - 21: the cycle of a rule for "above" ends where it is found not above.
 * - 22: a rule that waits does so until its condition is found not met.
 */
export function noteFound(watch: WatchState, found: readonly FoundRule[], now: number): WatchState {
  const aboveRules = found.filter(({ when }) => when === 'above').map(({ rule }) => rule);
  const notMet = found.filter(({ low }) => low === false);
  const { aboveRules: _, ...rest } = watch;
  const known = aboveRules.length > 0 ? { ...rest, aboveRules } : rest;
  const ended = notMet.filter(
    ({ rule, when }) => when === 'above' && (known.acceptedAt[rule] ?? []).length > 0,
  );
  const reset = ended.reduce<WatchState>((each, { rule }) => resetRule(each, rule, now), known);
  const over = notMet.filter(({ reason }) => reason === 'not-low').map(({ rule }) => rule);
  return withoutWaiting(
    withoutRecovery(reset, over, now),
    notMet.map(({ rule }) => rule),
  );
}

function withoutRecovery(watch: WatchState, rules: readonly RuleKey[], now: number): WatchState {
  const told = rules.filter((rule) => unrecoveredCheck(watch, rule) !== undefined);
  if (told.length === 0) return watch;
  return {
    ...watch,
    recoveredAt: { ...watch.recoveredAt, ...Object.fromEntries(told.map((rule) => [rule, now])) },
  };
}

function withoutWaiting(watch: WatchState, rules: readonly RuleKey[]): WatchState {
  if (!watch.waitingSince) return watch;
  const { waitingSince, ...rest } = watch;
  const left = Object.entries(waitingSince).filter(([rule]) => !rules.includes(rule as RuleKey));
  return left.length === 0 ? rest : { ...rest, waitingSince: Object.fromEntries(left) };
}

/** Rule 22: under a profile that says so, a client that is low when it is first checked waits, rule by rule. */
export function waitAll(watch: WatchState, rules: readonly RuleKey[], now: number): WatchState {
  return { ...watch, waitingSince: Object.fromEntries(rules.map((rule) => [rule, now])) };
}

/** Rule 22: whether a rule waits still. A refill ends it, but for a rule for "above": a refill is what makes balances rise. */
export function isWaiting(watch: WatchState, rule: RuleKey): boolean {
  const since = watch.waitingSince?.[rule];
  if (since === undefined) return false;
  return watch.aboveRules?.includes(rule) === true || (watch.lastRefillAt ?? -Infinity) <= since;
}
