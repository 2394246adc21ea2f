import type { LimitFacts } from '../../domain/conditions/condition.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { normaliseProfile, type Profile } from '../../domain/profile/profile.js';
import type { Client, Reading } from '../../domain/reading.js';
import type { CheckReport } from '../../domain/watching/check.js';

export const hourMs = 3_600_000;

export function aProfile(changes: Partial<ProfileFile> = {}): Profile {
  return normaliseProfile('acme/prepaid', {
    name: 'Prepaid',
    reseller: 'acme',
    currency: 'USD',
    sortOrder: 10,
    maxQty: 3,
    period: '24h',
    clientNotification: { threshold: 50 },
    ...changes,
  });
}

export function aReading(changes: Partial<Reading> = {}): Reading {
  return {
    status: 'active',
    availableBalance: '40',
    currency: 'USD',
    limits: aLimit(),
    lastActivityAt: 0,
    recipients: { user: 1, client: 1, 'advanced:dormant': 1 },
    timeZone: null,
    ...changes,
  };
}

export function aLimit(changes: Partial<LimitFacts> = {}): LimitFacts {
  return {
    profileCurrency: 'USD',
    rate: '1',
    creditLimit: '0',
    lastRefillAmount: null,
    dailySpend: null,
    ownThreshold: null,
    ...changes,
  };
}

export function aClient(changes: Partial<Client> = {}): Client {
  return {
    clientId: 'c-1',
    name: 'Client One',
    resellerId: 'acme',
    resellerName: 'Acme',
    profileId: 'acme/prepaid',
    currency: 'USD',
    balance: '40',
    creditLimit: '0',
    status: 'active',
    prepaid: true,
    language: null,
    timeZone: null,
    createdAt: 0,
    lastChargeAt: null,
    lastRefillAt: null,
    group: null,
    lastRefillAmount: null,
    ownThreshold: null,
    dailySpend: null,
    doubts: [],
    billingEmail: 'billing@client.example',
    managerEmail: 'manager@acme.example',
    users: {},
    rate: '1',
    ...changes,
  };
}

/** What a check of a client of `aProfile` answers. */
export function aReport(changes: Partial<CheckReport> = {}): CheckReport {
  return {
    kind: 'checked',
    profile: {
      id: 'acme/prepaid',
      name: 'Prepaid',
      version: 1,
      reseller: 'acme',
      currency: 'USD',
      maxQty: 3,
      periodMs: 24 * hourMs,
    },
    availableBalance: '40',
    currency: 'USD',
    lastRefillAt: null,
    decisions: [],
    ...changes,
  };
}
