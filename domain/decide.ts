import { isBelow, type Decimal } from './money.js';
import type { Profile, Rule, RuleKey } from './profile/profile.js';
import { thresholdIn, type Reading } from './reading.js';
import { countOf, isMuted, type WatchState } from './watch-state.js';

/** Rule 15: why a rule sends (`low`) or stays quiet (all others). */
export type Reason =
  'low' | 'not-low' | 'max-qty-reached' | 'active' | 'no-recipient' | 'suspended' | 'muted' | 'unknown';

/** For one rule at one check: send, or stay quiet, always with a reason. */
export interface Decision {
  readonly rule: RuleKey;
  readonly decision: 'send' | 'quiet';
  readonly reason: Reason;
  /** In the client's currency; absent without a rate. */
  readonly threshold?: Decimal;
  /** Whether the available balance is below the threshold; absent where that is unknown. */
  readonly low?: boolean;
}

/**
 * What each rule of a profile does at a check. Pure: the same reading, counters and instant give the same decisions.
 * - 1: low means available < threshold, strictly.
 * - 2: without an exchange rate nothing is known, and nothing is sent.
 * - 3: every low rule whose counter is below Max Qty sends.
 * - 8: an inactivity rule sends only if now − last charge ≥ inactivity.
 * - 10: a rule that reaches nobody stays quiet.
 * - 13: a suspended client is told nothing.
 */
export function decide(
  profile: Profile,
  reading: Reading,
  watch: WatchState,
  now: number,
): readonly Decision[] {
  const counted: WatchState =
    watch.profileId === undefined || watch.profileId === profile.id ? watch : { acceptedAt: {} };
  const muted = isMuted(watch, now);
  return profile.rules.map((rule) => {
    const threshold = thresholdIn(rule, reading.rate);
    const low = threshold === undefined ? undefined : isBelow(reading.availableBalance, threshold);
    const reason = reasonFor({ rule, low, count: countOf(counted, rule.key), muted, profile, reading, now });
    return {
      rule: rule.key,
      decision: reason === 'low' ? 'send' : 'quiet',
      reason,
      ...(threshold === undefined ? {} : { threshold }),
      ...(low === undefined ? {} : { low }),
    };
  });
}

interface RuleAtCheck {
  readonly rule: Rule;
  readonly low: boolean | undefined;
  readonly count: number;
  readonly muted: boolean;
  readonly profile: Profile;
  readonly reading: Reading;
  readonly now: number;
}

/** The first that holds: what silences the whole client comes before what silences one rule. */
function reasonFor({ rule, low, count, muted, profile, reading, now }: RuleAtCheck): Reason {
  if (reading.status === 'suspended') return 'suspended';
  if (low === undefined) return 'unknown';
  if (muted) return 'muted';
  if (!low) return 'not-low';
  if (count >= profile.maxQty) return 'max-qty-reached';
  if (rule.inactivityMs !== undefined) {
    if (reading.lastActivityAt === null) return 'unknown';
    if (now - reading.lastActivityAt < rule.inactivityMs) return 'active';
  }
  if ((reading.recipients[rule.key] ?? 0) === 0) return 'no-recipient';
  return 'low';
}

/** The state of a client as operators filter by it. */
export type ClientState = 'ok' | 'low' | 'exhausted' | 'muted' | 'suspended' | 'unknown';

/**
 * `exhausted`: low, and every low rule has sent its Max Qty, so that only a refill makes it heard again. A mute and what ends
 * it count at once, whatever the last check said.
 */
export function stateOf(
  decisions: readonly Decision[],
  watch: WatchState,
  maxQty: number,
  now: number,
): ClientState {
  if (decisions.some(({ reason }) => reason === 'suspended')) return 'suspended';
  if (decisions.some(({ low, reason }) => low === undefined || reason === 'unknown')) return 'unknown';
  if (isMuted(watch, now)) return 'muted';
  const low = decisions.filter((decision) => decision.low);
  if (low.length === 0) return 'ok';
  return low.every(({ rule }) => countOf(watch, rule) >= maxQty) ? 'exhausted' : 'low';
}
