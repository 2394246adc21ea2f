import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkClient } from '../../domain/check-client.js';
import type { Client } from '../../domain/client.js';
import type { WatchState } from '../../domain/cycle/watch-state.js';
import type { Profile } from '../../domain/profile/profile.js';
import { readingOf, readTheSame } from '../../domain/reading.js';
import {
  createResellerDirectory,
  withReseller,
  type ResellerDirectory,
} from '../../domain/reseller/reseller-directory.js';
import { checkTimeAt } from '../../domain/silences.js';
import { createImpact } from '../../planning/impact.js';
import { aClient, aProfile, hourMs } from '../domain/builders.js';

const now = 1_000 * hourMs;

const written = fc.record(
  {
    threshold: fc.constantFrom(
      50,
      60.5,
      90,
      { percentOfCreditLimit: 20 },
      { own: true as const, otherwise: 50 },
    ),
    notify: fc.boolean(),
    emails: fc.constantFrom([], ['noc@acme.example'], ['no address']),
    users: fc.constantFrom([], ['j.doe'], ['nobody', 'j.doe']),
    webhooks: fc.constantFrom([], ['crm']),
    recovered: fc.boolean(),
    when: fc.constantFrom('above' as const, 'below' as const),
  },
  { requiredKeys: ['threshold'] },
);
const profiles = fc
  .record(
    {
      currency: fc.constantFrom('USD', 'USD', 'EUR'),
      userNotification: written,
      clientNotification: written,
      maxQty: fc.constantFrom(1, 2),
      alreadyLow: fc.constantFrom('wait' as const, 'tell' as const),
    },
    { requiredKeys: ['clientNotification'] },
  )
  .map((changes) => aProfile(changes));
const clients = fc.record({
  balance: fc.constantFrom('49.99', '50', '55', '85', '100'),
  currency: fc.constantFrom('USD', 'EUR', 'JPY'),
  creditLimit: fc.constantFrom('0', '10'),
  ownThreshold: fc.constantFrom(null, '70'),
  resellerId: fc.constantFrom('acme', 'other'),
  billingEmail: fc.constantFrom('billing@client.example', null),
  lastRefillAt: fc.constantFrom(null, now - 2 * hourMs),
  status: fc.constantFrom('active' as const, 'active' as const, 'suspended' as const),
});
const watches: fc.Arbitrary<WatchState> = fc.record(
  {
    profileId: fc.constantFrom('acme/prepaid', 'acme/other'),
    acceptedAt: fc.constantFrom(
      {},
      { client: [now - 90 * hourMs] },
      { user: [now - hourMs], client: [now - hourMs] },
    ),
    lastTold: fc.constantFrom({ client: { at: now - 90 * hourMs, checkAt: now - 90 * hourMs } }),
  },
  { requiredKeys: ['acceptedAt'] },
);

/** The email of a user differs between resellers, and so does the zone. */
const facts = {
  rate: (from: string, to: string) => ({ rate: to === 'JPY' ? null : from === 'USD' ? '0.9' : '1.1' }),
  users: (logins: readonly string[], resellerId: string | null) =>
    Object.fromEntries(
      logins.flatMap((login) =>
        login === 'j.doe' && resellerId === 'acme' ? [[login, 'j.doe@acme.example']] : [],
      ),
    ),
};
const zone = (timeZone: string) =>
  createResellerDirectory([{ reseller: 'acme', content: { timeZone }, words: new Map() }]);
const zones = fc
  .constantFrom(['Europe/Vienna', 'Europe/Vienna'], ['Europe/Vienna', 'Asia/Tokyo'])
  .map(([before = '', after = '']) => ({ before: zone(before), after: zone(after) }));

function checked(client: Client, profile: Profile, watch: WatchState, resellers: ResellerDirectory) {
  const asRead: Client = {
    ...client,
    ...(profile.currency === client.currency ? { rate: '1' } : facts.rate(profile.currency, client.currency)),
    users: facts.users(
      profile.rules.flatMap(({ users }) => users),
      client.resellerId,
    ),
  };
  return checkClient(withReseller(asRead, profile, resellers), profile, watch, checkTimeAt(now)).decisions;
}

describe('the plan of a change', () => {
  it('says of each client what its checks decide by both profiles', () => {
    fc.assert(
      fc.property(
        profiles,
        profiles,
        fc.array(clients, { minLength: 1, maxLength: 4 }),
        watches,
        zones,
        (before, after, some, watch, resellers) => {
          const impactOn = createImpact({ before, after }, { facts, resellers, now });
          for (const changes of some) {
            const client = aClient(changes);
            const watched = { watch, nextCheckAt: now, periodMs: 24 * hourMs, acceptedSince: [] };
            const impact = impactOn({ client, watched });
            const [was, is] = [
              checked(client, before, watch, resellers.before),
              checked(client, after, watch, resellers.after),
            ];
            const sending = (decisions: typeof was) =>
              decisions.filter(({ decision }) => decision === 'send').map(({ rule }) => rule);
            assert.deepEqual(impact.sendingBefore, sending(was));
            assert.deepEqual(impact.sendingNow, sending(is));
            assert.equal(
              impact.unknown,
              is.some(({ reason }) => reason === 'unknown'),
            );
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('reads a client once where both profiles read the same of it, and only there', () => {
    fc.assert(
      fc.property(profiles, profiles, clients, (a, b, changes) => {
        if (!readTheSame(a, b)) return;
        const client = aClient({ ...changes, rate: '0.9', users: { 'j.doe': 'j.doe@acme.example' } });
        assert.deepEqual(readingOf(client, a), readingOf(client, b));
      }),
      { numRuns: 5_000 },
    );
    const rule = { threshold: 50, emails: ['noc@acme.example'] };
    const profile = aProfile({ clientNotification: rule });
    assert.ok(readTheSame(profile, aProfile({ clientNotification: { ...rule, threshold: 60 }, maxQty: 1 })));
    assert.ok(!readTheSame(profile, aProfile({ clientNotification: { ...rule, notify: false } })));
    assert.ok(!readTheSame(profile, aProfile({ clientNotification: rule, currency: 'EUR' })));
    assert.ok(!readTheSame(profile, aProfile({ clientNotification: { ...rule, emails: [] } })));
  });
});
