import type { ConditionFound } from './conditions/conditions.js';
import { countOf } from './cycle/counters.js';
import { isWaiting } from './cycle/found.js';
import { toldInstantOf } from './cycle/told.js';
import { isMuted, type WatchState } from './cycle/watch-state.js';
import type { Profile, Rule } from './profile/profile.js';
import type { Reading } from './reading.js';
import type { Reason } from './reasons.js';
import { closedUntil, openUntil, type SendingHours } from './sending-hours.js';
import { zoneOffsetOf, type ZoneOf, type ZoneOffset } from './time-zone.js';

/** The time of a check, epoch milliseconds. */
export interface CheckTime {
  readonly now: number;
  /** When the billing data was read, where it shows what came only after `now`. */
  readonly readAt?: number;
  /** Rule 17: what the check stands for. */
  readonly instant: number;
  /** A planned check of the client, before or after it. */
  readonly plannedAt: number;
  /** The check was planned because sending hours open now. */
  readonly atOpening?: boolean;
  /** Rule 25: an earlier workflow has checked for this instant; the next planned check. */
  readonly againUntil?: number;
  /** The clocks of zones, where they are not those of this machine's calendar. */
  readonly zoneOf?: ZoneOf;
}

/** A check that is made at its very instant. */
export function checkTimeAt(now: number): CheckTime {
  return { now, instant: now, plannedAt: now };
}

export interface RuleAtCheck extends ConditionFound {
  readonly rule: Rule;
  readonly profile: Profile;
  readonly reading: Reading;
  /** Counting for this profile. */
  readonly watch: WatchState;
  readonly time: CheckTime;
}

/** Why a rule is quiet, and when that ends; `until` is absent where that is not known. */
export interface Silence {
  readonly reason: Exclude<Reason, 'low' | 'recovered'>;
  readonly until?: number;
}

type AskedSilence = (at: RuleAtCheck) => Silence | undefined;

const suspended: AskedSilence = ({ reading }) =>
  reading.status === 'suspended' ? { reason: 'suspended' } : undefined;

const nothingKnown: AskedSilence = ({ met }) => (typeof met === 'string' ? { reason: met } : undefined);

const muted: AskedSilence = ({ watch, time }) =>
  isMuted(watch, time.now) ? { reason: 'muted', until: watch.mutedUntil! } : undefined;

const notLow: AskedSilence = ({ met }) => (met === true ? undefined : { reason: 'not-low' });

/** Rule 22. */
const alreadyLow: AskedSilence = ({ watch, rule }) =>
  isWaiting(watch, rule.key) ? { reason: 'already-low' } : undefined;

/** Rule 3. */
const maxQtyReached: AskedSilence = ({ watch, rule, profile }) =>
  countOf(watch, rule.key) >= profile.maxQty ? { reason: 'max-qty-reached' } : undefined;

/** Rule 8. */
const active: AskedSilence = ({ rule, reading, time }) => {
  if (rule.inactivityMs === undefined) return undefined;
  if (reading.lastActivityAt === null) return { reason: 'unknown' };
  const until = reading.lastActivityAt + rule.inactivityMs;
  return time.now < until ? { reason: 'active', until } : undefined;
};

/** Rule 10. */
const noRecipient: AskedSilence = ({ rule, reading }) =>
  (reading.recipients[rule.key] ?? 0) === 0 ? { reason: 'no-recipient' } : undefined;

/** The sending hours of a rule; undefined where it sends at any time. */
function hoursOf({ audience }: Rule, { sendingHours }: Profile): SendingHours | undefined {
  return sendingHours?.audiences.includes(audience) ? sendingHours : undefined;
}

function zoneOf({ timeZone }: Reading, time: CheckTime): ZoneOffset {
  return (time.zoneOf ?? zoneOffsetOf)(timeZone);
}

/** Rule 19: when the hours of a rule that sends close; undefined where they do not. */
export function closingOf({ rule, profile, reading, time }: RuleAtCheck): number | undefined {
  const hours = hoursOf(rule, profile);
  return hours && openUntil(hours, zoneOf(reading, time), time.now);
}

/** Rule 19. */
const outsideHours: AskedSilence = ({ rule, profile, reading, time }) => {
  const hours = hoursOf(rule, profile);
  if (!hours) return undefined;
  const closed = closedUntil(hours, zoneOf(reading, time), time.now);
  return (
    closed && { reason: 'outside-hours', ...(closed.until === undefined ? {} : { until: closed.until }) }
  );
};

/** Rule 25. */
const checkedAlready: AskedSilence = ({ time }) =>
  time.againUntil === undefined ? undefined : { reason: 'told-recently', until: time.againUntil };

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Rule 17. */
const toldRecently: AskedSilence = (at) => {
  const { rule, profile, watch, time } = at;
  const grid = { plannedAt: time.plannedAt, everyMs: profile.periodMs };
  const told = toldInstantOf(watch, rule.key, grid);
  if (told === undefined) return undefined;
  const until = told + profile.periodMs - lessAfter(told, at);
  return time.instant < until ? { reason: 'told-recently', until } : undefined;
};

/**
 * Rule 19: how much less than a Period is enough for a rule with sending hours, so that a change of clocks skips no day: an hour
 * at an opening; at any other check, for Periods of days, by how much the clocks were put forward since it was told.
 */
function lessAfter(told: number, { rule, profile, reading, time }: RuleAtCheck): number {
  if (!hoursOf(rule, profile)) return 0;
  if (time.atOpening) return hourMs;
  if (profile.periodMs < dayMs) return 0;
  const zone = zoneOf(reading, time);
  return Math.max(0, zone(time.instant) - zone(told));
}

/** Rule 15: the first that holds is the reason. What silences the whole client comes before what silences one rule. */
const ofLow: readonly AskedSilence[] = [
  suspended,
  nothingKnown,
  muted,
  notLow,
  alreadyLow,
  maxQtyReached,
  active,
  noRecipient,
  outsideHours,
  checkedAlready,
  toldRecently,
];

/** Rule 20: a recovery uses no quota, and waits for hours, mute and suspension. */
const ofRecovery: readonly AskedSilence[] = [suspended, nothingKnown, muted, outsideHours, checkedAlready];

/** Why a rule that would send is quiet; undefined where it sends. */
export function silenceOf(kind: 'low' | 'recovered', at: RuleAtCheck): Silence | undefined {
  for (const silence of kind === 'low' ? ofLow : ofRecovery) {
    const found = silence(at);
    if (found) return found;
  }
  return undefined;
}
