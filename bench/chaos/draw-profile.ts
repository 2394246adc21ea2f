import { assertNever } from '../../domain/assert-never.js';
import { wallClock } from './model/hours.js';
import type { HoursTruth, ProfileTruth, RuleTruth, ThresholdTruth } from './model/truth.js';
import type { Random } from './random.js';

/** The profiles of a run, by what they are for. */
export const profileKinds = ['amounts', 'shares', 'above', 'hours', 'looks'] as const;
export type ProfileKind = (typeof profileKinds)[number];

/** The reseller's webhook that profiles name. */
export const webhookName = 'crm';
/** Of some staff who are told of clients’ rules as well. */
const bothSides = 'both@acme.example';

/** Whether a rule is about below or above stays with its key; all else is drawn anew at each edit. `zones`: of the profile's clients. */
export function drawProfile(
  kind: ProfileKind,
  random: Random,
  zones: readonly string[],
  now: number,
): ProfileTruth {
  const drawn = {
    periodMs: periodMs(random),
    maxQty: random.between(1, 4),
    alreadyLow: random.next() < 0.3 ? ('wait' as const) : ('tell' as const),
  };
  switch (kind) {
    case 'amounts':
      return {
        ...drawn,
        alreadyLow: 'tell',
        rules: [rule('user', amount(random, 61, 90)), rule('client', amount(random, 30, 60))],
      };
    case 'shares':
      return {
        ...drawn,
        rules: [
          rule('user', { kind: 'percentOfCreditLimit', percent: random.between(40, 180) }, extras(random)),
          rule('client', own(random), { recovered: random.next() < 0.8 }),
          rule('advanced:runway', lasts(random), { recovered: true, ...extras(random) }),
        ],
      };
    case 'above':
      return {
        ...drawn,
        alreadyLow: random.next() < 0.7 ? 'wait' : 'tell',
        rules: [
          rule('user', amount(random, 61, 90), { recovered: random.next() < 0.5 }),
          rule('client', { kind: 'percentOfLastRefill', percent: random.between(50, 400) }),
          rule('advanced:owes', amount(random, 40, 90), {
            when: 'above',
            recovered: random.next() < 0.5,
            ...extras(random),
          }),
        ],
      };
    case 'hours':
      return {
        ...drawn,
        // Long, so that a check at an opening is told from a planned one.
        periodMs: random.between(14, 20) * 1_000,
        hours: drawHours(random, zones, now),
        rules: [
          rule('user', amount(random, 61, 90), { recovered: true }),
          rule('client', lasts(random), { recovered: random.next() < 0.7 }),
        ],
      };
    case 'looks':
      return {
        ...drawn,
        // Long, so that what only the next planned check finds is late also where the CPU is scarce.
        periodMs: random.between(30, 36) * 1_000,
        checkEveryMs: 10_000,
        rules: [
          rule('user', amount(random, 61, 90), { webhooks: [webhookName] }),
          rule('client', amount(random, 30, 60), { recovered: true }),
          rule('advanced:hook', own(random), {
            notify: false,
            recovered: true,
            webhooks: [webhookName],
          }),
        ],
      };
    default:
      return assertNever(kind);
  }
}

/** Short, so that much happens; now and then long enough for several attempts to tell. */
function periodMs(random: Random): number {
  return (random.next() < 0.3 ? random.between(12, 18) : random.between(3, 8)) * 1_000;
}

function rule(
  key: string,
  threshold: ThresholdTruth,
  more: Partial<Omit<RuleTruth, 'key' | 'threshold'>> = {},
): RuleTruth {
  return {
    key,
    threshold,
    when: 'below',
    recovered: false,
    notify: true,
    emails: [],
    webhooks: [],
    ...more,
  };
}

/** Addresses that come and go with edits. */
function extras(random: Random): Pick<RuleTruth, 'emails' | 'webhooks'> {
  const emails = ['noc@acme.example', bothSides].filter(() => random.next() < 0.4);
  return { emails, webhooks: random.next() < 0.3 ? [webhookName] : [] };
}

function amount(random: Random, least: number, most: number): ThresholdTruth {
  return { kind: 'amount', cents: random.between(least, most) * 100 };
}

function lasts(random: Random): ThresholdTruth {
  return { kind: 'lasts', halfDays: random.between(1, 8) };
}

function own(random: Random): ThresholdTruth {
  return { kind: 'own', otherwiseCents: random.next() < 0.5 ? random.between(30, 80) * 100 : null };
}

/** Hours that are closed, and open at one of the next full minutes by the clients' clocks. */
export function hoursThatOpenSoon(zones: readonly string[], now: number): HoursTruth {
  const { minutes } = wallClock(zones, now + leastWaitMs);
  const [from, to] = [minutes + 1, minutes + 3];
  return { from: from % minutesOfDay, to: to % minutesOfDay, days: everyDay, audiences: ['staff', 'client'] };
}

/** So long before they open. */
const leastWaitMs = 15_000;
const minutesOfDay = 1_440;
const everyDay = [0, 1, 2, 3, 4, 5, 6];

/**
 * Hours that open or close within the next minutes by the clients' clocks, over midnight where that is near; or that are closed for a
 * minute or two of the day.
 */
function drawHours(random: Random, zones: readonly string[], now: number): HoursTruth {
  const { minutes, day } = wallClock(zones, now);
  const begin = minutes + random.between(0, 1);
  const end = begin + random.between(1, 2);
  const [from, to] = random.next() < 0.5 ? [begin, end] : [end, begin];
  return {
    from: from % minutesOfDay,
    to: to % minutesOfDay,
    days: everyDay.filter((each) => each === day || random.next() < 0.7),
    audiences: random.pick([['client'], ['staff', 'client'], ['staff']] as const),
  };
}
