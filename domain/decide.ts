import type { Figures } from './conditions/condition.js';
import { figuresOf, findCondition } from './conditions/conditions.js';
import { unrecoveredCheck } from './cycle/told.js';
import type { WatchState } from './cycle/watch-state.js';
import type { Decimal } from './money.js';
import type { Profile, RuleKey } from './profile/profile.js';
import type { Reading } from './reading.js';
import type { Reason } from './reasons.js';
import { closingOf, silenceOf, type CheckTime, type RuleAtCheck, type Silence } from './silences.js';

/** For one rule at one check: send, or stay quiet, always with a reason, and with the figures it was made of. */
export interface Decision {
  readonly rule: RuleKey;
  readonly decision: 'send' | 'quiet';
  readonly reason: Reason;
  /** The limit, in the client's currency; absent where there is none. */
  readonly threshold?: Decimal;
  /** What the limit was made of; absent in decisions of older versions. */
  readonly figures?: Figures;
  /** The side of the limit on which the condition is met, where that is not below. */
  readonly when?: 'above';
  /** Whether the condition is met: for most, that the available balance is below the limit. Absent where that is unknown. */
  readonly low?: boolean;
  /** Of a rule about inactivity: the last charge, or the client's creation, epoch milliseconds. */
  readonly inactiveSince?: number;
  /** When a rule that is quiet may send again, epoch milliseconds; absent where that is not known. */
  readonly until?: number;
  /** Of a rule that sends: when its sending hours close, epoch milliseconds; absent where they do not (rule 19). */
  readonly closesAt?: number;
  /** Of a rule that is held: who holds it, and why. */
  readonly why?: string;
}

/** What one rule of a profile does at a check, before it is explained: it sends, unless something keeps it quiet. */
export interface Verdict {
  readonly at: RuleAtCheck;
  readonly kind: 'low' | 'recovered';
  /** Undefined where the rule sends. */
  readonly silence: Silence | undefined;
}

/** What each rule of a profile does at a check, with the figures it was made of. */
export function decide(
  profile: Profile,
  reading: Reading,
  watch: WatchState,
  time: CheckTime,
): readonly Decision[] {
  return judge(profile, reading, watch, time).map(explained);
}

/**
 * What each rule of a profile does at a check. Pure: the same reading, counters and instant give the same verdicts.
 * - 1, 2, 16: its condition is met, is not, or nothing is known of it.
 * - 15: where it is met, the first silence that holds keeps it quiet.
 * - 20: where it is not, and a notice of the rule was sent before, it sends the recovery once.
 */
export function judge(
  profile: Profile,
  reading: Reading,
  watch: WatchState,
  time: CheckTime,
): readonly Verdict[] {
  const counted: WatchState =
    watch.profileId === undefined || watch.profileId === profile.id ? watch : { acceptedAt: {} };
  return profile.rules.map((rule) => {
    const { limit, met } = findCondition(rule.condition, reading.availableBalance, reading.limits);
    const recovers = met === false && rule.recovered && unrecoveredCheck(counted, rule.key) !== undefined;
    const kind = recovers ? 'recovered' : 'low';
    const at = { rule, limit, met, profile, reading, watch: counted, time };
    return { at, kind, silence: silenceOf(kind, at) };
  });
}

function explained({ at, kind, silence }: Verdict): Decision {
  const { rule, limit, met, reading } = at;
  const closesAt = silence ? undefined : closingOf(at);
  return {
    rule: rule.key,
    decision: silence ? 'quiet' : 'send',
    reason: silence?.reason ?? kind,
    ...(limit === undefined ? {} : { threshold: limit }),
    figures: figuresOf(rule.condition, reading.limits),
    ...(rule.condition.when === 'above' ? { when: 'above' } : {}),
    ...(typeof met === 'boolean' ? { low: met } : {}),
    ...(rule.inactivityMs === undefined || reading.lastActivityAt === null
      ? {}
      : { inactiveSince: reading.lastActivityAt }),
    ...(silence?.until === undefined ? {} : { until: silence.until }),
    ...(closesAt === undefined ? {} : { closesAt }),
  };
}

/**
 * 23: what would send is held instead, and asked again at `until`, epoch milliseconds: no quota is used, and a recovery stays
 * due.
 */
export function heldDecisions(
  decisions: readonly Decision[],
  held: { readonly why: string; readonly until: number },
): readonly Decision[] {
  return decisions.map((decision) =>
    decision.decision === 'send'
      ? { ...decision, decision: 'quiet', reason: 'held', until: held.until, why: held.why }
      : decision,
  );
}

/** Rules that send at a check, of one kind. */
export function sendingRules(decisions: readonly Decision[], kind: 'low' | 'recovered'): readonly RuleKey[] {
  return decisions
    .filter(({ decision, reason }) => decision === 'send' && reason === kind)
    .map(({ rule }) => rule);
}
