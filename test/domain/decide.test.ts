import assert from 'node:assert/strict';
import { stateOf } from '../../domain/client-state.js';
import { decide } from '../../domain/decide.js';
import type { Reason } from '../../domain/reasons.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { readingOf, type Reading } from '../../domain/reading.js';
import type { WatchState } from '../../domain/cycle/watch-state.js';
import { checkTimeAt } from '../../domain/silences.js';
import { aClient, aLimit, aProfile, aReading, hourMs } from './builders.js';

interface Case {
  readonly name: string;
  readonly profile?: Partial<ProfileFile>;
  readonly reading?: Partial<Reading>;
  readonly watch?: Partial<WatchState>;
  readonly now?: number;
  readonly reason: Reason;
}

const dormant: Partial<ProfileFile> = {
  clientNotification: { threshold: 50 },
  advancedRules: [{ name: 'dormant', threshold: 50, inactivity: '30d' }],
};

const cases: readonly Case[] = [
  { name: 'rule 1: sends below the threshold', reading: { availableBalance: '49.99999999' }, reason: 'low' },
  { name: 'rule 1: stays quiet at the threshold', reading: { availableBalance: '50.00' }, reason: 'not-low' },
  {
    name: 'rule 1: a negative threshold is legal',
    profile: { clientNotification: { threshold: -5 } },
    reading: { availableBalance: '-5.01' },
    reason: 'low',
  },
  {
    name: 'rule 1: is exact where floats are not',
    profile: { clientNotification: { threshold: 0.3 } },
    reading: { availableBalance: '0.30000000' },
    reason: 'not-low',
  },
  {
    name: 'rule 2: converts the threshold',
    reading: { currency: 'EUR', limits: aLimit({ rate: '0.9' }), availableBalance: '45' },
    reason: 'not-low',
  },
  {
    name: 'rule 2: is low below the converted threshold',
    reading: { currency: 'EUR', limits: aLimit({ rate: '0.9' }), availableBalance: '44.99' },
    reason: 'low',
  },
  {
    name: 'rule 2: without a rate nothing is known',
    reading: { currency: 'EUR', limits: aLimit({ rate: null }) },
    reason: 'unknown',
  },
  {
    name: 'rule 3: sends again below Max Qty',
    watch: { acceptedAt: { client: [1, 2] } },
    now: 24 * hourMs,
    reason: 'low',
  },
  {
    name: 'rule 3: stays quiet at Max Qty',
    watch: { acceptedAt: { client: [1, 2, 3] } },
    reason: 'max-qty-reached',
  },
  {
    name: 'rule 5: counts only what came after the last refill',
    watch: { acceptedAt: { client: [1, 2, 3] }, lastRefillAt: 3 },
    now: 24 * hourMs,
    reason: 'low',
  },
  {
    name: 'rule 10: stays quiet where nobody is reached',
    reading: { recipients: {} },
    reason: 'no-recipient',
  },
  {
    name: 'rule 12: another profile starts afresh',
    watch: { profileId: 'acme/other', acceptedAt: { client: [1, 2, 3] } },
    reason: 'low',
  },
  {
    name: 'rule 13: a suspended client is told nothing',
    reading: { status: 'suspended' },
    reason: 'suspended',
  },
  { name: 'a muted client is told nothing', watch: { mutedUntil: 10 }, now: 9, reason: 'muted' },
  { name: 'a mute ends by itself', watch: { mutedUntil: 10 }, now: 10, reason: 'low' },
];

describe('decide', () => {
  for (const { name, profile, reading, watch, now = 0, reason } of cases) {
    it(name, () => {
      const [decision] = decide(
        aProfile(profile),
        aReading(reading),
        { acceptedAt: {}, ...watch },
        checkTimeAt(now),
      );
      assert.equal(decision?.reason, reason);
      assert.equal(decision?.decision, reason === 'low' ? 'send' : 'quiet');
    });
  }

  it('rule 8: an inactivity rule sends only when the last charge is long enough ago', () => {
    const at = (now: number) =>
      decide(aProfile(dormant), aReading(), { acceptedAt: {} }, checkTimeAt(now))[1]?.reason;
    assert.equal(at(30 * 24 * hourMs - 1), 'active');
    assert.equal(at(30 * 24 * hourMs), 'low');
  });

  it('rule 8: a client never charged counts from its creation', () => {
    assert.equal(readingOf(aClient({ createdAt: 5, lastChargeAt: null }), aProfile()).lastActivityAt, 5);
    assert.equal(readingOf(aClient({ createdAt: 5, lastChargeAt: 9 }), aProfile()).lastActivityAt, 9);
  });

  it('rule 19: says when the hours of a rule that sends close', () => {
    const profile = aProfile({
      userNotification: { threshold: 100 },
      sendingHours: { from: '08:00', to: '20:00', audiences: ['client'] },
    });
    const reading = aReading({ timeZone: 'Europe/Vienna' });
    const at = (instant: string) =>
      decide(profile, reading, { acceptedAt: {} }, checkTimeAt(Date.parse(instant))).map(
        ({ rule, reason, closesAt, until }) => ({ rule, reason, closesAt, until }),
      );
    assert.deepEqual(at('2026-01-05T12:00:00Z'), [
      { rule: 'user', reason: 'low', closesAt: undefined, until: undefined },
      { rule: 'client', reason: 'low', closesAt: Date.parse('2026-01-05T19:00:00Z'), until: undefined },
    ]);
    assert.deepEqual(at('2026-01-05T19:00:00Z')[1], {
      rule: 'client',
      reason: 'outside-hours',
      closesAt: undefined,
      until: Date.parse('2026-01-06T07:00:00Z'),
    });
  });

  it('is exhausted when every low rule has sent its Max Qty', () => {
    const profile = aProfile({ userNotification: { threshold: 100 } });
    const state = (acceptedAt: WatchState['acceptedAt']) =>
      stateOf(decide(profile, aReading(), { acceptedAt }, checkTimeAt(9)), { acceptedAt }, profile.maxQty, 9);
    assert.equal(state({ client: [1, 2, 3] }), 'low');
    assert.equal(state({ client: [1, 2, 3], user: [1, 2, 3] }), 'exhausted');
  });
});
