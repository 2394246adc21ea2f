import {
  doubtOf,
  emailOfUser,
  timeZoneOf,
  type Client,
  type ClientFacts,
  type ClientIdentity,
  type ProfileFacts,
  type ResellerDefaults,
} from './client.js';
import type { LimitFacts } from './conditions/condition.js';
import { add, type Decimal } from './money.js';
import { addressesIn } from './addresses-in.js';
import type { Profile, Rule, RuleKey } from './profile/profile.js';

export type { Client } from './client.js';

/** What a check sees of a client, reduced to what rules are about. No address: it may enter a workflow's history. */
export interface Reading {
  readonly status: 'active' | 'suspended';
  /** balance + credit limit, in `currency` */
  readonly availableBalance: Decimal;
  /** the client's */
  readonly currency: string;
  /** What limits are taken from (rules 2 and 16). */
  readonly limits: LimitFacts;
  /** Last charge, or the client's creation where it was never charged (rule 8); null where neither is known. */
  readonly lastActivityAt: number | null;
  readonly recipients: Readonly<Record<string, number>>;
  /** A known IANA zone; null is UTC. */
  readonly timeZone: string | null;
}

export function readingOf(client: Client, profile: Profile): Reading {
  return readingFrom(client, client, profile);
}

/** The same from a client's own facts, and what the profile knows beside them: that may be the same for many clients. */
export function readingFrom(
  client: ClientFacts,
  { rate, users, resellerTimeZone }: ProfileFacts & ResellerDefaults,
  profile: Profile,
): Reading {
  const { managerEmail, billingEmail, timeZone } = client;
  const addressed = { managerEmail, billingEmail, users };
  return {
    status: client.status === 'suspended' ? 'suspended' : 'active',
    availableBalance: add(client.balance, client.creditLimit),
    currency: client.currency,
    limits: {
      profileCurrency: profile.currency,
      rate,
      creditLimit: client.creditLimit,
      lastRefillAmount: doubtOf(client, 'last_refill_amount') ? undefined : client.lastRefillAmount,
      dailySpend: doubtOf(client, 'daily_spend') ? undefined : client.dailySpend,
      ownThreshold: doubtOf(client, 'own_threshold') ? undefined : client.ownThreshold,
    },
    lastActivityAt: doubtOf(client, 'last_charge_at') ? null : (client.lastChargeAt ?? client.createdAt),
    recipients: Object.fromEntries(
      profile.rules.map((rule) => [rule.key, addressesOf(rule, addressed).length + rule.webhooks.length]),
    ),
    timeZone: timeZoneOf({ timeZone, resellerTimeZone }),
  };
}

/** Whether every client's readings by two profiles are equal: most changes of a profile are of thresholds. */
export function readTheSame(a: Profile, b: Profile): boolean {
  return JSON.stringify(readBy(a)) === JSON.stringify(readBy(b));
}

function readBy({ currency, rules }: Profile): unknown {
  const recipients = rules.map(({ key, audience, notify, users, emails, webhooks }) => {
    return { key, audience, notify, users, emails, webhooks };
  });
  return { currency, recipients };
}

/** What of a client says whom its rules notify. */
type AddressedClient = Pick<Client, 'managerEmail' | 'billingEmail' | 'users'>;

/** Whom a rule notifies, before duplicates are taken out. */
export function addressesOf(rule: Rule, client: AddressedClient): readonly string[] {
  return namedAddresses(rule, client).filter((address) => isAddress(address.trim()));
}

/** Every address that a rule names, also those that are none. */
export function namedAddresses(rule: Rule, client: AddressedClient): readonly string[] {
  const own = rule.audience === 'staff' ? client.managerEmail : client.billingEmail;
  const users = rule.users.flatMap((login) => addressesIn(emailOfUser(client, login) ?? ''));
  return [...(rule.notify ? addressesIn(own ?? '') : []), ...users, ...rule.emails];
}

/** One at sign, a dot in the domain, no spaces, brackets, commas, control or invisible characters. */
export function isAddress(text: string): boolean {
  return (
    text.length <= 320 &&
    /^[^\s@<>,;"\p{Cc}\p{Cf}]+@[^\s@<>,;"\p{Cc}\p{Cf}]+\.[^\s@<>,;".\p{Cc}\p{Cf}]+$/u.test(text)
  );
}

/** Why a client's workflow ends (rule 13). */
export type EndReason = 'closed' | 'not-prepaid' | 'no-profile' | 'not-found';

/** Rule 13: why this client is not watched, or undefined where it is. What is not known of it ends nothing. */
export function endReasonOf(
  client: Pick<ClientIdentity, 'status' | 'prepaid'> | undefined,
  profile: Profile | undefined,
): EndReason | undefined {
  if (!client) return 'not-found';
  if (client.status === 'closed') return 'closed';
  if (client.prepaid === false) return 'not-prepaid';
  if (!profile) return 'no-profile';
  return undefined;
}

/** A rule key from text, or undefined. */
export function parseRuleKey(text: string): RuleKey | undefined {
  return text === 'user' || text === 'client' || /^advanced:.+/.test(text) ? (text as RuleKey) : undefined;
}
