import type { When } from '../../domain/conditions/condition.js';
import { findCondition } from '../../domain/conditions/conditions.js';
import type { Client } from '../../domain/client.js';
import { add, compare, multiply, subtract, toDecimal, type Decimal } from '../../domain/money.js';
import type { Profile, Rule } from '../../domain/profile/profile.js';
import { readingOf } from '../../domain/reading.js';

/**
 * A client for whom every recipient that the profile names exists, and everything that limits are taken from. Its available balance
 * is on one side of the limits of these rules.
 */
export function sampleClient(profile: Profile, rules: readonly Rule[], side: When): Client {
  const client = richClient(profile);
  const { limits } = readingOf(client, profile);
  const amounts = rules.flatMap(({ condition }) => findCondition(condition, '0', limits).limit ?? []);
  const sorted = amounts.toSorted(compare);
  const available = side === 'below' ? lessThan(sorted[0] ?? '0') : moreThan(sorted.at(-1) ?? '0');
  return { ...client, balance: subtract(available, client.creditLimit) };
}

function lessThan(limit: Decimal): Decimal {
  return compare(limit, '0') > 0 ? multiply(limit, '0.9') : subtract(limit, '1');
}

function moreThan(limit: Decimal): Decimal {
  return compare(limit, '0') > 0 ? multiply(limit, '1.5') : add(limit, '1');
}

const dayMs = 86_400_000;

function richClient(profile: Profile): Client {
  const longest = Math.max(0, ...profile.rules.map(({ inactivityMs = 0 }) => inactivityMs));
  const logins = profile.rules.flatMap(({ users }) => users);
  const kinds = new Set(profile.rules.map(({ condition }) => condition.threshold.kind));
  return {
    clientId: 'C-1001',
    name: 'Sample Client',
    resellerId: profile.reseller,
    resellerName: profile.reseller,
    profileId: profile.id,
    currency: profile.currency,
    balance: '0',
    creditLimit: toDecimal(kinds.has('percentOfCreditLimit') ? 500 : 0),
    status: 'active',
    prepaid: true,
    language: 'en',
    timeZone: 'UTC',
    createdAt: Date.now() - 365 * dayMs,
    lastChargeAt: Date.now() - longest - dayMs,
    lastRefillAt: Date.now() - longest - 2 * dayMs,
    group: null,
    lastRefillAmount: '200',
    ownThreshold: '30',
    dailySpend: '15',
    doubts: [],
    billingEmail: 'billing@client.example',
    managerEmail: `manager@${profile.reseller}.example`,
    users: Object.fromEntries(logins.map((login) => [login, `${login}@${profile.reseller}.example`])),
    rate: '1',
  };
}
