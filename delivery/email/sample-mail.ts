import type { Message } from '../message.js';

/** A mail with every kind of fact: for checking templates and for previews without a client. */
export const sampleMail: Message = {
  noticeId: '00000000-0000-8000-a000-000000000000',
  clientId: 'C-1001',
  audience: 'client',
  profileId: 'acme/prepaid-usd',
  workflowId: 'low-balance:client:C-1001',
  recipients: ['billing@client.example'],
  language: 'en',
  timeZone: 'UTC',
  branding: {
    name: 'Sample Reseller',
    color: '#d9822b',
    topUpUrl: 'https://reseller.example/top-up?client={clientId}',
    support: { email: 'support@reseller.example', phone: '+1 555 0100' },
  },
  facts: {
    clientName: 'Sample Client',
    resellerName: 'Sample Reseller',
    profileName: 'Prepaid',
    availableBalance: '4.5',
    currency: 'EUR',
    checkedAt: Date.UTC(2026, 10, 24, 9),
    nextCheckAt: Date.UTC(2026, 10, 25, 9),
    rules: [
      {
        key: 'client',
        threshold: '50',
        thresholdCurrency: 'USD',
        convertedThreshold: '46.3',
        inactiveSince: null,
        reminder: 1,
        maxQty: 3,
      },
      {
        key: 'advanced:dormant',
        threshold: '5',
        thresholdCurrency: 'USD',
        convertedThreshold: '4.63',
        inactiveSince: Date.UTC(2026, 9, 20, 15, 30),
        reminder: 3,
        maxQty: 3,
      },
    ],
    recovered: [
      {
        key: 'advanced:two-days',
        threshold: '30',
        thresholdCurrency: 'EUR',
        convertedThreshold: null,
        basis: { kind: 'lasts', lastsMs: 172_800_000, dailySpend: '15' },
        inactiveSince: null,
        reminder: 1,
        maxQty: 3,
      },
    ],
  },
};
