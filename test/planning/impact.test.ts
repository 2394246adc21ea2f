import assert from 'node:assert/strict';
import { createImpact, type ClientAtPlan, type WatchedAtPlan } from '../../planning/impact.js';
import type { BeforeAfter, BillingFacts, ResellersBeforeAfter } from '../../planning/readings.js';
import type { Profile } from '../../domain/profile/profile.js';
import { addImpacts, createImpactSums } from '../../planning/impact-sums.js';
import type { Client } from '../../domain/reading.js';
import { createResellerDirectory } from '../../domain/reseller/reseller-directory.js';
import { aClient, aProfile, hourMs } from '../domain/builders.js';

const now = 1_000 * hourMs;
const noFacts: BillingFacts = { rate: () => ({ rate: null }), users: () => ({}) };
const noSettings = { before: createResellerDirectory([]), after: createResellerDirectory([]) };
const before = aProfile({ clientNotification: { threshold: 50 } });
const after = aProfile({ clientNotification: { threshold: 90 } });

function impactOnClient(
  change: BeforeAfter<Profile>,
  client: ClientAtPlan,
  facts: BillingFacts,
  resellers: ResellersBeforeAfter,
  at: number,
) {
  return createImpact(change, { facts, resellers, now: at })(client);
}

function atPlan(client: Partial<Client> = {}, watched?: Partial<WatchedAtPlan>): ClientAtPlan {
  return {
    client: aClient({ balance: '70', ...client }),
    watched: watched && {
      watch: { profileId: 'acme/prepaid', acceptedAt: {} },
      nextCheckAt: now + 5 * hourMs,
      periodMs: 24 * hourMs,
      acceptedSince: [],
      ...watched,
    },
  };
}

describe('what a change means for a client', () => {
  it('says which rules would send, with and without the change', () => {
    const impact = impactOnClient({ before, after }, atPlan(), noFacts, noSettings, now);
    assert.deepEqual([impact.sendingBefore, impact.sendingNow], [[], ['client']]);
  });

  it('says that nobody is told by a profile that is not there', () => {
    const low = atPlan({ balance: '10' });
    assert.deepEqual(
      impactOnClient({ before, after: undefined }, low, noFacts, noSettings, now).sendingNow,
      [],
    );
    assert.deepEqual(
      impactOnClient({ before: undefined, after }, low, noFacts, noSettings, now).sendingBefore,
      [],
    );
  });

  it('counts the notices that went out: a client that has heard Max Qty times is not newly notified', () => {
    const watch = { profileId: 'acme/prepaid', acceptedAt: { client: [1, 2, 3] } };
    assert.deepEqual(
      impactOnClient({ before, after }, atPlan({}, { watch }), noFacts, noSettings, now).sendingNow,
      [],
    );
  });

  it('counts notices accepted after the row was written, once', () => {
    const watch = { profileId: 'acme/prepaid', acceptedAt: { client: [1, 2] } };
    const rules = ['client'] as const;
    const twice = { watch, acceptedSince: [{ rules, at: 2, checkAt: 2 }] };
    const third = {
      watch,
      acceptedSince: [
        { rules, at: 2, checkAt: 2 },
        { rules, at: 3, checkAt: 3 },
      ],
    };
    const sending = (watched: Partial<WatchedAtPlan>) =>
      impactOnClient({ before, after }, atPlan({}, watched), noFacts, noSettings, now).sendingNow;
    assert.deepEqual(sending(twice), ['client']);
    assert.deepEqual(sending(third), []);
  });

  it('counts from a refill that only the billing data knows of', () => {
    const watch = { profileId: 'acme/prepaid', acceptedAt: { client: [1, 2, 3] } };
    const refilled = atPlan({ lastRefillAt: now - hourMs }, { watch });
    const impact = impactOnClient({ before, after }, refilled, noFacts, noSettings, now);
    assert.deepEqual([impact.sendingNow, impact.counting], [['client'], []]);
  });

  it('keeps a muted client quiet until the mute ends', () => {
    const mutedUntil = now + 6 * hourMs;
    const watch = { profileId: 'acme/prepaid', acceptedAt: {}, mutedUntil };
    const sendingAt = (nextCheckAt: number) =>
      impactOnClient({ before, after }, atPlan({}, { watch, nextCheckAt }), noFacts, noSettings, now)
        .sendingNow;
    assert.deepEqual(sendingAt(mutedUntil - 1), []);
    assert.deepEqual(sendingAt(mutedUntil), ['client']);
  });

  it('asks for inactivity at the next planned check, not now', () => {
    const dormant = aProfile({
      clientNotification: { threshold: -1 },
      advancedRules: [{ name: 'dormant', threshold: 90, inactivity: '10h' }],
    });
    const charged = { lastChargeAt: now - 8 * hourMs };
    const sendingAt = (nextCheckAt: number) =>
      impactOnClient({ before, after: dormant }, atPlan(charged, { nextCheckAt }), noFacts, noSettings, now)
        .sendingNow;
    assert.deepEqual(sendingAt(now + 2 * hourMs - 1), []);
    assert.deepEqual(sendingAt(now + 2 * hourMs), ['advanced:dormant']);
  });

  it('takes the earlier check that a shorter Period brings', () => {
    const dormant = (period: string) =>
      aProfile({
        period,
        clientNotification: { threshold: -1 },
        advancedRules: [{ name: 'dormant', threshold: 90, inactivity: '10h' }],
      });
    const client = atPlan({ lastChargeAt: now - 8 * hourMs }, { nextCheckAt: now + 5 * hourMs });
    const impactOf = (period: string) =>
      impactOnClient({ before: dormant('24h'), after: dormant(period) }, client, noFacts, noSettings, now);
    // The previous planned check was 19 hours ago: with a Period of 20 hours the next is in one hour.
    assert.deepEqual([impactOf('24h').wakes, impactOf('24h').sendingNow], [false, ['advanced:dormant']]);
    assert.deepEqual([impactOf('20h').wakes, impactOf('20h').sendingNow], [true, []]);
    assert.equal(impactOf('48h').wakes, false);
  });

  it('is unknown without an exchange rate, and converts with one', () => {
    const client = atPlan({ currency: 'EUR', balance: '70' });
    const rates = (rate: string | null): BillingFacts => ({ ...noFacts, rate: () => ({ rate }) });
    const without = impactOnClient({ before, after }, client, rates(null), noSettings, now);
    assert.deepEqual([without.sendingNow, without.unknown], [[], true]);
    assert.deepEqual(impactOnClient({ before, after }, client, rates('0.7'), noSettings, now).sendingNow, []);
    assert.deepEqual(impactOnClient({ before, after }, client, rates('0.8'), noSettings, now).sendingNow, [
      'client',
    ]);
  });

  it('finds the users that a profile names, by the reseller of the client', () => {
    const told = aProfile({
      clientNotification: { threshold: 0 },
      userNotification: { threshold: 90, notify: false, users: ['j.doe'] },
    });
    const users: BillingFacts['users'] = (logins, reseller) =>
      reseller === 'acme' && logins.includes('j.doe') ? { 'j.doe': 'j.doe@acme.example' } : {};
    const sending = (resellerId: string) =>
      impactOnClient({ before, after: told }, atPlan({ resellerId }), { ...noFacts, users }, noSettings, now)
        .sendingNow;
    assert.deepEqual(sending('acme'), ['user']);
    assert.deepEqual(sending('globex'), []);
  });
});

describe('notices a day', () => {
  const low = atPlan({ balance: '10', timeZone: 'Etc/UTC' });
  const noticesOf = (changes: Parameters<typeof aProfile>[0], client = low, at = now) => {
    const { noticesADayBefore, noticesADayNow } = impactOnClient(
      { before, after: aProfile(changes) },
      client,
      noFacts,
      noSettings,
      at,
    );
    return [noticesADayBefore, noticesADayNow];
  };

  it('are as many as a short Period sends until Max Qty, though nobody is newly notified', () => {
    assert.deepEqual(noticesOf({ period: '1s', maxQty: 1_000 }), [1, 1_000]);
    assert.deepEqual(noticesOf({ period: '6h', maxQty: 1_000 }), [1, 4]);
    assert.deepEqual(noticesOf({ period: '5h', maxQty: 1_000 }), [1, 5]);
    assert.deepEqual(noticesOf({ period: '6h', maxQty: 3 }), [1, 3]);
  });

  it('are those of both audiences, and of rules that share an e-mail once', () => {
    const userNotification = { threshold: 100 };
    const advancedRules = [{ name: 'half', threshold: 70 }];
    assert.deepEqual(noticesOf({ period: '12h', userNotification, advancedRules }), [1, 4]);
  });

  it('are those within sending hours, and a client that waits for them is newly notified', () => {
    const period = '1h';
    const night = Date.UTC(2026, 0, 7, 2);
    const audiences = ['client'] as const;
    assert.deepEqual(
      noticesOf({ period, maxQty: 50, sendingHours: { from: '08:00', to: '20:00', audiences } }, low, night),
      [1, 12],
    );
    assert.deepEqual(
      noticesOf({ period, maxQty: 50, sendingHours: { from: '20:00', to: '06:00', audiences } }, low, night),
      [1, 10],
    );
    const profile = aProfile({ sendingHours: { from: '08:00', to: '20:00' } });
    const { sendingNow } = impactOnClient(
      { before: undefined, after: profile },
      low,
      noFacts,
      noSettings,
      night,
    );
    assert.deepEqual(sendingNow, ['client']);
  });

  it('wait for sending hours by the clocks of the reseller, as its settings are before and after the sync', () => {
    const words = new Map<string, string>();
    const inZone = (timeZone: string) =>
      createResellerDirectory([{ reseller: 'acme', content: { timeZone }, words }]);
    const resellers = { before: inZone('Asia/Tokyo'), after: inZone('America/New_York') };
    const profile = aProfile({ sendingHours: { from: '08:00', to: '20:00' } });
    const at = Date.UTC(2026, 0, 7, 2);
    // 11:00 in Tokyo; 21:00 in New York, where the hours open 11 hours later: a Period after the last notice.
    const told = at - 20 * hourMs;
    const watch = { acceptedAt: { client: [told] }, lastTold: { client: { at: told, instant: told } } };
    const impact = (timeZone: string | null) =>
      impactOnClient(
        { before: profile, after: profile },
        atPlan({ balance: '10', timeZone }, { watch, nextCheckAt: at }),
        noFacts,
        resellers,
        at,
      );
    assert.deepEqual([impact(null).sendingBefore, impact(null).sendingNow], [[], ['client']]);
    assert.deepEqual(impact('Asia/Tokyo').sendingNow, [], 'its own zone comes first');
    assert.deepEqual(impact('Mars/Olympus').sendingNow, ['client'], 'where it is known');
  });

  it('are one of a recovery', () => {
    const told = { at: now - hourMs, instant: now - hourMs, checkAt: now - hourMs };
    const watch = {
      profileId: 'acme/prepaid',
      acceptedAt: { client: [told.at] },
      lastTold: { client: told },
    };
    const clientNotification = { threshold: 50, recovered: true };
    assert.deepEqual(noticesOf({ period: '1h', clientNotification }, atPlan({}, { watch })), [0, 1]);
  });
});

describe('createImpactSums', () => {
  const quiet = {
    unknown: false,
    wakes: false,
    counting: [],
    noticesADayBefore: 0,
    noticesADayNow: 0,
  } as const;

  it('counts clients once, and names those whom another rule tells', () => {
    const withUser = aProfile({ userNotification: { threshold: 100 } });
    const sums = createImpactSums(withUser, withUser);
    sums.add('c-2', { ...quiet, sendingBefore: ['user'], sendingNow: ['user', 'client'] });
    sums.add('c-1', { ...quiet, sendingBefore: [], sendingNow: ['user'] });
    sums.add('c-3', { ...quiet, sendingBefore: ['client'], sendingNow: [] });
    const { assigned, toldBefore, toldNow, newlyTold, noLongerTold, rules } = sums.sums();
    assert.deepEqual([assigned, toldBefore, toldNow], [3, 2, 2]);
    assert.deepEqual([newlyTold, noLongerTold], [['c-1', 'c-2'], ['c-3']]);
    assert.deepEqual(rules, [
      { rule: 'user', toldNow: 2, toldBefore: 1, newlyTold: 1, noLongerTold: 0 },
      { rule: 'client', toldNow: 1, toldBefore: 1, newlyTold: 1, noLongerTold: 1 },
    ]);
  });

  it('says which counters go on, end and start', () => {
    const old = aProfile({ userNotification: { threshold: 1 } });
    const edited = aProfile({ advancedRules: [{ name: 'empty', threshold: 1 }] });
    const sums = createImpactSums(old, edited);
    sums.add('c-1', { ...quiet, sendingBefore: [], sendingNow: [], counting: ['client', 'user'] });
    assert.deepEqual(sums.sums().counters, {
      kept: [{ rule: 'client', clients: 1 }],
      dropped: [{ rule: 'user', clients: 1 }],
      started: [{ rule: 'advanced:empty', clients: 0 }],
    });
  });

  it('leaves the clients of a renamed profile without one', () => {
    const old = createImpactSums(before, undefined);
    old.add('c-1', { ...quiet, sendingBefore: ['client'], sendingNow: [] });
    const renamed = createImpactSums(undefined, before);
    renamed.add('c-2', { ...quiet, sendingBefore: [], sendingNow: ['client'] });
    const { assigned, leftWithout, newlyTold, noLongerTold, rules } = addImpacts(old.sums(), renamed.sums());
    assert.deepEqual([assigned, leftWithout, newlyTold, noLongerTold], [2, 1, ['c-2'], ['c-1']]);
    assert.deepEqual(rules, [{ rule: 'client', toldNow: 1, toldBefore: 1, newlyTold: 1, noLongerTold: 1 }]);
  });
});
