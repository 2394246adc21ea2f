import type { ConditionFound } from './conditions/conditions.js';
import { countOf } from './cycle/counters.js';
import { isWaiting } from './cycle/found.js';
import { toldInstantOf } from './cycle/told.js';
import { isMuted, type WatchState } from './cycle/watch-state.js';
import type { Profile, Rule } from './profile/profile.js';
import type { Reading } from './reading.js';
import type { Reason } from './reasons.js';
import { closedUntil } from './sending-hours.js';
import { zoneOffsetOf, type ZoneOf } from './time-zone.js';

/** The time of a check, epoch milliseconds. */
export interface CheckTime {
  readonly now: number;
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

export interface RuleAtCheck {
  readonly rule: Rule;
  readonly met: ConditionFound['met'];
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

/** Rule 19. */
const outsideHours: AskedSilence = ({ rule, profile, reading, time }) => {
  const hours = profile.sendingHours;
  if (!hours?.audiences.includes(rule.audience)) return undefined;
  const closed = closedUntil(hours, (time.zoneOf ?? zoneOffsetOf)(...(reading.timeZones ?? [])), time.now);
  return (
    closed && { reason: 'outside-hours', ...(closed.until === undefined ? {} : { until: closed.until }) }
  );
};

/** Rule 25. */
const checkedAlready: AskedSilence = ({ time }) =>
  time.againUntil === undefined ? undefined : { reason: 'told-recently', until: time.againUntil };

const hourMs = 3_600_000;

/** Rule 17. At an opening an hour less is enough, so that a change of clocks skips no day. */
const toldRecently: AskedSilence = ({ rule, profile, watch, time }) => {
  const grid = { plannedAt: time.plannedAt, everyMs: profile.periodMs };
  const told = toldInstantOf(watch, rule.key, grid);
  if (told === undefined) return undefined;
  const until = told + profile.periodMs - (time.atOpening ? hourMs : 0);
  return time.instant < until ? { reason: 'told-recently', until } : undefined;
};

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
