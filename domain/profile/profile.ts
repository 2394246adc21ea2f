import { durationMs } from '../duration.js';
import { toDecimal, type Decimal } from '../money.js';
import type { AdvancedRule, ProfileFile } from './profile-file.js';

/** Names one rule of a profile: `user`, `client` or `advanced:<name>`. Counters are kept under it. */
export type RuleKey = 'user' | 'client' | `advanced:${string}`;

/** Whose words a rule is told in: the reseller's staff or the client. */
export type Audience = 'staff' | 'client';

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
  const { userNotification: user, clientNotification: client, advancedRules = [] } = file;
  return {
    id,
    name: file.name,
    reseller: file.reseller,
    currency: file.currency,
    sortOrder: file.sortOrder,
    maxQty: file.maxQty,
    periodMs: durationMs(file.period),
    rules: [
      ...(user ? [rule('user', 'staff', user)] : []),
      ...(client ? [rule('client', 'client', client)] : []),
      ...advancedRules.map((advanced) => rule(`advanced:${advanced.name}`, 'client', advanced)),
    ],
  };
}

interface WrittenRule extends Pick<AdvancedRule, 'threshold' | 'inactivity' | 'notify' | 'emails'> {
  readonly users?: readonly string[];
}

function rule(key: RuleKey, audience: Audience, written: WrittenRule): Rule {
  return {
    key,
    audience,
    threshold: toDecimal(written.threshold),
    ...(written.inactivity === undefined ? {} : { inactivityMs: durationMs(written.inactivity) }),
    notify: written.notify ?? true,
    users: written.users ?? [],
    emails: written.emails ?? [],
  };
}
