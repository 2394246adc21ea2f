import { assertNever } from '../../domain/assert-never.js';
import type { HoursTruth, ProfileTruth, RuleTruth, ThresholdTruth } from './model/truth.js';

/** A profile as its file says it. */
export function profileFileOf(id: string, profile: ProfileTruth): object {
  const { periodMs, maxQty, checkEveryMs, hours, alreadyLow, rules } = profile;
  const advanced = rules.filter(({ key }) => key.startsWith('advanced:'));
  const of = (key: string) => rules.filter((rule) => rule.key === key).map(ruleFileOf)[0];
  return {
    name: `Profile ${id}`,
    reseller: 'acme',
    currency: 'USD',
    sortOrder: 1,
    maxQty,
    period: `${periodMs / 1_000}s`,
    ...(checkEveryMs === undefined ? {} : { checkEvery: `${checkEveryMs / 1_000}s` }),
    ...(hours ? { sendingHours: hoursFileOf(hours) } : {}),
    ...(alreadyLow === 'wait' ? { alreadyLow } : {}),
    ...(of('user') ? { userNotification: of('user') } : {}),
    ...(of('client') ? { clientNotification: of('client') } : {}),
    ...(advanced.length > 0
      ? {
          advancedRules: advanced.map((rule) => ({
            name: rule.key.slice('advanced:'.length),
            ...ruleFileOf(rule),
          })),
        }
      : {}),
  };
}

function ruleFileOf({ threshold, when, recovered, notify, emails, webhooks }: RuleTruth): object {
  return {
    threshold: thresholdFileOf(threshold),
    ...(when === 'above' ? { when } : {}),
    ...(recovered ? { recovered } : {}),
    notify,
    ...(emails.length > 0 ? { emails } : {}),
    ...(webhooks.length > 0 ? { webhooks } : {}),
  };
}

function thresholdFileOf(threshold: ThresholdTruth): unknown {
  switch (threshold.kind) {
    case 'amount':
      return threshold.cents / 100;
    case 'percentOfCreditLimit':
      return { percentOfCreditLimit: threshold.percent };
    case 'percentOfLastRefill':
      return { percentOfLastRefill: threshold.percent };
    case 'lasts':
      return { lasts: `${threshold.halfDays * 12}h` };
    case 'own': {
      const { otherwiseCents } = threshold;
      return { own: true, ...(otherwiseCents === null ? {} : { otherwise: otherwiseCents / 100 }) };
    }
    default:
      return assertNever(threshold);
  }
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function hoursFileOf({ from, to, days, audiences }: HoursTruth): object {
  return {
    from: timeOf(from),
    to: timeOf(to),
    ...(days.length === weekdays.length ? {} : { days: days.map((day) => weekdays[day]) }),
    ...(audiences.length === 2 ? {} : { audiences }),
  };
}

function timeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
