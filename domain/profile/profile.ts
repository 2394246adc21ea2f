import { durationMs } from '../duration.js';
import { toDecimal, type Decimal } from '../money.js';
import type { ProfileFile } from './profile-file.js';
import {
  writtenRules,
  type Audience,
  type PlacedRule,
  type RuleField,
  type RuleKey,
} from './written-rules.js';

export type { Audience, RuleKey };

/** One threshold with its recipients. */
export interface Rule {
  readonly key: RuleKey;
  readonly audience: Audience;
  /** In the profile's currency. */
  readonly threshold: Decimal;
  /** The rule sends only when the last charge is at least this long ago. */
  readonly inactivityMs?: number;
  /** Tell the manager (user rule) or the client's billing e-mail (client and advanced rules). */
  readonly notify: boolean;
  readonly users: readonly string[];
  readonly emails: readonly string[];
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
  readonly rules: readonly Rule[];
}

/** The normal form of a valid profile file. Throws RangeError on a duration or number that validation would have refused. */
export function normaliseProfile(id: string, file: ProfileFile): Profile {
  const { $schema: _, name, reseller, currency, sortOrder, maxQty, period, ...rules } = file;
  return {
    id,
    name,
    reseller,
    currency,
    sortOrder,
    maxQty,
    periodMs: durationMs(period),
    rules: writtenRules(rules satisfies Only<RuleField, typeof rules>).map(ruleOf),
  };
}

function ruleOf({ key, audience, rule }: PlacedRule): Rule {
  const { name: _, threshold, inactivity, notify = true, users = [], emails = [], ...rest } = rule;
  return {
    key,
    audience,
    threshold: toDecimal(threshold),
    ...(inactivity === undefined ? {} : { inactivityMs: durationMs(inactivity) }),
    notify,
    users,
    emails,
    ...(rest satisfies Readonly<Record<string, never>>),
  };
}

/** Does not compile where there are more fields than these: a new field of a profile must get its place above. */
type Only<Names extends string, T> = Exclude<keyof T, Names> extends never ? T : never;
