import { durationMs } from '../duration.js';
import type { Condition } from '../conditions/condition.js';
import { sendingHoursOf, type SendingHours } from '../sending-hours.js';
import { thresholdOf } from '../conditions/read-threshold.js';
import type { AppliesTo, ProfileFile } from './profile-file.js';
import {
  writtenRules,
  type Audience,
  type PlacedRule,
  type RuleField,
  type RuleKey,
} from './written-rules.js';

export type { Audience, RuleKey };

/** One condition with its recipients. */
export interface Rule {
  readonly key: RuleKey;
  readonly audience: Audience;
  readonly condition: Condition;
  /** The rule sends only when the last charge is at least this long ago. */
  readonly inactivityMs?: number;
  /** Rule 20: whoever was notified hears of the recovery. */
  readonly recovered: boolean;
  /** Notify the manager (user rule) or the client's billing e-mail (client and advanced rules). */
  readonly notify: boolean;
  readonly users: readonly string[];
  readonly emails: readonly string[];
  /** Names of the reseller's webhooks that are called. */
  readonly webhooks: readonly string[];
}

/** A profile ready for use: defaults filled in, durations in milliseconds, money as decimals, rules in one list. */
export interface Profile {
  /** `<reseller>/<slug>` */
  readonly id: string;
  readonly name: string;
  readonly reseller: string;
  /** ISO 4217 */
  readonly currency: string;
  readonly sortOrder: number;
  readonly maxQty: number;
  readonly periodMs: number;
  /** Rule 18: how often a look at the fleet finds who has fallen; absent: only planned checks do. */
  readonly checkEveryMs?: number;
  /** Rule 19; absent: at any time. */
  readonly sendingHours?: SendingHours;
  /** Rule 22. */
  readonly alreadyLow: 'tell' | 'wait';
  /** Absent: only clients for whom the billing data names this profile have it. */
  readonly appliesTo?: AppliesTo;
  readonly rules: readonly Rule[];
}

/** The normal form of a valid profile file. Throws RangeError on a duration or number that validation would have refused. */
export function normaliseProfile(id: string, file: ProfileFile): Profile {
  const { $schema: _, name, reseller, currency, sortOrder, maxQty, period, ...rest } = file;
  const { checkEvery, sendingHours, alreadyLow = 'tell', appliesTo, ...rules } = rest;
  return {
    id,
    name,
    reseller,
    currency,
    sortOrder,
    maxQty,
    periodMs: durationMs(period),
    ...(checkEvery === undefined ? {} : { checkEveryMs: durationMs(checkEvery) }),
    ...(sendingHours === undefined ? {} : { sendingHours: sendingHoursOf(sendingHours) }),
    alreadyLow,
    ...(appliesTo === undefined ? {} : { appliesTo: { ...appliesTo } }),
    rules: writtenRules(rules satisfies Only<RuleField, typeof rules>).map(ruleOf),
  };
}

function ruleOf({ key, audience, rule }: PlacedRule): Rule {
  const {
    name: _,
    threshold,
    when = 'below',
    recovered = false,
    inactivity,
    notify = true,
    users = [],
    emails = [],
    webhooks = [],
    ...rest
  } = rule;
  return {
    key,
    audience,
    condition: { threshold: thresholdOf(threshold), when },
    ...(inactivity === undefined ? {} : { inactivityMs: durationMs(inactivity) }),
    recovered,
    notify,
    users,
    emails,
    webhooks,
    ...(rest satisfies Readonly<Record<string, never>>),
  };
}

/** Does not compile where there are more fields than these: a new field of a profile must get its place above. */
type Only<Names extends string, T> = Exclude<keyof T, Names> extends never ? T : never;
