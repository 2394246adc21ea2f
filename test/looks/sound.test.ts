import assert from 'node:assert/strict';
import fc from 'fast-check';
import { candidatesOf } from '../../activities/look-decisions.js';
import { glanceOf } from '../../activities/look-glance.js';
import { GlancedClient } from '../../billing/fleet-glance.js';
import { gateClient, type ClientRow } from '../../billing/client-gate.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import { checkClient } from '../../domain/check-client.js';
import { isUnclear } from '../../domain/client.js';
import type { WatchState } from '../../domain/cycle/watch-state.js';
import { quietUntil } from '../../domain/looks/quiet-until.js';
import { isLookedAt, mayRecover } from '../../domain/looks/looked-profile.js';
import type { Threshold } from '../../domain/profile/profile-file.js';
import { checkTimeAt } from '../../domain/silences.js';
import { aProfile } from '../domain/builders.js';

/** Clocks of Vienna were put forward in the night. */
const now = Date.parse('2026-03-29T12:00:00Z');
const hourMs = 3_600_000;

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const amounts = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -300, max: 300 }).map((n) => (n / 10).toFixed(8)) },
  {
    weight: 6,
    arbitrary: fc.constantFrom('10', '9.99999999', '10.00000001', '-10', '0', '20.00000000', '1e1'),
  },
  { weight: 2, arbitrary: fc.constantFrom(10, 9.999999995, 10.000000005, 0.1 + 0.2, 1e16, -1e16, 12.5) },
  { weight: 1, arbitrary: fc.constantFrom('9999999999999999.99999999', '-9999999999999999.99999999') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      null,
      '',
      ' ',
      'n/a',
      '0x10',
      'Infinity',
      ' 9.5 ',
      '+9.5',
      new Uint8Array([57]),
    ),
  },
);

const thresholds: fc.Arbitrary<Threshold> = fc.oneof(
  fc.constantFrom(10, -10, 0, 0.00000001, 12.5),
  fc.constantFrom(10, 33.3333).map((percentOfCreditLimit) => ({ percentOfCreditLimit })),
  fc.constantFrom(10, 0.5).map((percentOfLastRefill) => ({ percentOfLastRefill })),
  fc.constantFrom('3d', '1s', '7h').map((lasts) => ({ lasts })),
  fc.constantFrom({ own: true } as const, { own: true, otherwise: 10 } as const),
);

const withoutInactivity = {
  threshold: thresholds,
  when: fc.constantFrom('above' as const, 'below' as const),
  recovered: fc.boolean(),
  emails: fc.constantFrom([], ['noc@acme.example']),
};
const rules = fc.record(
  { ...withoutInactivity, inactivity: fc.constantFrom('1h', '30d') },
  { requiredKeys: ['threshold'] },
);

const profiles = fc
  .record(
    {
      clientNotification: fc.record(withoutInactivity, { requiredKeys: ['threshold'] }),
      advancedRules: rules.map((rule) => [{ ...rule, name: 'other' }]),
      sendingHours: fc.constantFrom({ from: '08:00', to: '20:00' }, { from: '13:00', to: '14:00' }),
      alreadyLow: fc.constantFrom('wait' as const, 'tell' as const),
      maxQty: fc.constantFrom(1, 3),
    },
    { requiredKeys: ['clientNotification'] },
  )
  .map((changes) => aProfile({ checkEvery: '1m', currency: 'USD', ...changes }));

const agoMs = fc.constantFrom(0, hourMs, 23 * hourMs, 24 * hourMs, 30 * hourMs);
const ruleRecord = <T>(value: fc.Arbitrary<T>) =>
  fc.record({ client: value, 'advanced:other': value }, { requiredKeys: [] });

const watches: fc.Arbitrary<WatchState> = fc.record(
  {
    profileId: fc.constantFrom('acme/prepaid', 'acme/prepaid', 'acme/other'),
    lastRefillAt: agoMs.map((ms) => now - ms),
    acceptedAt: ruleRecord(
      fc.array(agoMs, { maxLength: 3 }).map((all) => all.map((ms) => now - ms).sort((a, b) => a - b)),
    ),
    lastTold: ruleRecord(
      fc.record({ at: agoMs, instant: agoMs }, { requiredKeys: ['at'] }).map(({ at, instant }) => ({
        at: now - at,
        checkAt: now - at,
        ...(instant === undefined ? {} : { instant: now - instant }),
      })),
    ),
    recoveredAt: ruleRecord(agoMs.map((ms) => now - ms)),
    waitingSince: ruleRecord(agoMs.map((ms) => now - ms)),
    mutedUntil: mostly(now - 1, now + 1),
  },
  { requiredKeys: ['acceptedAt'] },
);

const rows: fc.Arbitrary<ClientRow> = fc.record({
  client_id: fc.constantFrom('C-1', 'C-1 '),
  reseller_id: fc.constantFrom('acme', 17),
  profile_id: fc.constantFrom('acme/prepaid', ' acme/prepaid '),
  currency: mostly('USD', 'eur', 'JPY', 'CHF'),
  status: mostly('active', 'Active', 'suspended', 'closed'),
  prepaid: mostly<unknown>(1, 'Y', new Uint8Array([1]), 0),
  balance: amounts,
  credit_limit: fc.oneof(fc.constant('0'), amounts),
  last_refill_at: mostly(null, '2026-03-29 11:00:00', '0000-00-00', 'n/a'),
  own_threshold: amounts,
  daily_spend: amounts,
  last_refill_amount: amounts,
  billing_email: fc.constantFrom('billing@client.example', null),
  last_charge_at: fc.constantFrom(null, '2026-01-01 00:00:00', '2026-03-29 11:59:00'),
  created_at: fc.constantFrom('2020-01-01 00:00:00', null),
  time_zone: fc.constantFrom(null, 'Europe/Vienna', 'Asia/Tokyo', 'Nowhere'),
});

const rateOf: Readonly<Record<string, string>> = { USD: '1', EUR: '0.925925925926', JPY: '151.123456789012' };
const rates = { rate: (_: string, to: string) => ({ rate: rateOf[to] ?? null }) };

describe('a look at the fleet', () => {
  it('passes over nobody whose own check would send, whatever the billing data and its types are', async () => {
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(profiles, rows, watches, async (profile, row, watch) => {
        assert.ok(isLookedAt(profile));
        const client = gateClient([row], []);
        const sends =
          !isUnclear(client) &&
          client.status !== 'closed' &&
          client.prepaid &&
          checkClient(
            { ...client, users: {}, ...rates.rate('USD', client.currency) },
            profile,
            watch,
            checkTimeAt(now),
          ).decisions.some(({ decision }) => decision === 'send');
        if (!sends) return;
        sent += 1;
        const glanced = glanceOf([profile], namedProfilesOnly, rates)([new GlancedClient(row)]);
        const known = { clientId: 'C-1', watch, plannedAt: now, seenAt: now, held: false };
        const candidates = await candidatesOf(
          {
            looked: {
              profiles: () => Promise.resolve([profile]),
              rowsOf: (ids) => Promise.resolve(ids.map(() => known)),
              unrecoveredOf: (ids) => Promise.resolve(mayRecover(watch) ? ids.map(() => known) : []),
              noticesOf: () => Promise.resolve(new Map()),
            },
          },
          glanced,
          rates,
          now,
          () => false,
        );
        assert.equal(candidates.length, 1);
      }),
      { numRuns: 5_000 },
    );
    assert.ok(sent > 150, `${sent} stories in which a check sends`);
  });

  it('finds nothing before the time until which one that found nothing says so', async () => {
    let [quiet, later] = [0, 0];
    const laterMs = fc.oneof(
      fc.integer({ min: 1, max: 72 * hourMs }),
      agoMs.map((ms) => Math.max(1, 24 * hourMs - ms)),
    );
    await fc.assert(
      fc.asyncProperty(profiles, rows, watches, laterMs, (profile, row, watch, ms) => {
        const client = gateClient([row], []);
        if (isUnclear(client)) return Promise.resolve();
        const known = { ...client, users: {}, ...rates.rate('USD', client.currency) };
        const sendsAt = (at: number) =>
          checkClient(known, profile, watch, { ...checkTimeAt(at), plannedAt: now }).decisions.some(
            ({ decision }) => decision === 'send',
          );
        if (sendsAt(now)) return Promise.resolve();
        quiet += 1;
        const until = quietUntil(known, profile, watch, checkTimeAt(now));
        if (now + ms < until) assert.ok(!sendsAt(now + ms));
        else if (sendsAt(now + ms)) later += 1;
        return Promise.resolve();
      }),
      { numRuns: 5_000 },
    );
    assert.ok(quiet > 1_000 && later > 20, `${quiet} quiet, ${later} of them sent later`);
  });
});
