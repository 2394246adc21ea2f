import assert from 'node:assert/strict';
import { checkClient } from '../../domain/check-client.js';
import { countsOf } from '../../domain/cycle/counters.js';
import { takeUp } from '../../domain/cycle/take-up.js';
import { freshWatch, type WatchState } from '../../domain/cycle/watch-state.js';
import { beginWatching, carriedOf } from '../../domain/watching/carried.js';
import type { CheckReport } from '../../domain/watching/check.js';
import { checkTimeOf } from '../../domain/watching/check-time.js';
import { noteCheck, noteNotices, startCheck, type Known } from '../../domain/watching/watching.js';
import { detailsOf } from '../../workflows/details.js';
import { statusOf } from '../../workflows/status.js';
import { aClient, aProfile } from './builders.js';

const now = Date.parse('2026-11-24T09:00:00Z');
const dayMs = 86_400_000;
const profile = aProfile();
const { key } = profile.rules[0]!;

/** What a run of the first release handed to the next one: of a low client, after two notices. */
const carried = {
  watch: { profileId: profile.id, acceptedAt: { [key]: [now - 2 * dayMs + 30, now - dayMs + 30] } },
  plannedAt: now - dayMs,
  next: { at: now, gridAt: now },
};
const known = {
  checked: {
    kind: 'checked',
    profile: {
      id: profile.id,
      name: profile.name,
      version: 1,
      reseller: 'acme',
      currency: 'USD',
      maxQty: 3,
      periodMs: dayMs,
    },
    availableBalance: '40',
    currency: 'USD',
    lastRefillAt: null,
    decisions: [{ rule: key, decision: 'send', reason: 'low', threshold: '50', low: true }],
    bounced: [key],
  },
  checkedAt: now - dayMs,
} as unknown as Known;

describe('what older releases handed over', () => {
  const begun = beginWatching('C-1', carried, known, now - 30 * dayMs);

  it('is shown as ever', () => {
    const status = statusOf(begun, undefined, now);
    assert.deepEqual(
      [status.state, status.rules[key]?.count, status.unreached, status.nextCheckAt],
      ['low', 2, [{ rule: key, delivery: 'bounced' }], new Date(now).toISOString()],
    );
    assert.match(detailsOf(status, []), /40/);
  });

  it('is handed on with nothing lost', () => {
    assert.deepEqual(carriedOf(begun), carried);
  });

  it('counts at the next check: the third notice of three, and then none', () => {
    const check = (watching: typeof begun, at: number) => {
      const started = startCheck(watching, at);
      const time = checkTimeOf(started.input, undefined, profile.periodMs, at);
      const { watch, decisions } = checkClient(
        aClient({ balance: '40' }),
        profile,
        started.input.watch,
        time,
      );
      const report = { ...known.checked, decisions, instant: time.instant } as CheckReport;
      return { watching: noteCheck(started.watching, report, at), decisions, watch };
    };
    const third = check(begun, now);
    assert.deepEqual(third.decisions.find(({ rule }) => rule === key)?.reason, 'low');
    const told = noteNotices(third.watching, {
      accepted: [{ rules: [key], at: now + 30 }],
      failed: [],
    });
    assert.equal(countsOf(told.watch)[key], 3);
    const fourth = check(told, now + dayMs);
    assert.equal(fourth.decisions.find(({ rule }) => rule === key)?.reason, 'max-qty-reached');
  });

  const whole: Required<WatchState> = {
    profileId: profile.id,
    lastRefillAt: now - 3 * dayMs,
    acceptedAt: { [key]: [now - dayMs] },
    lastTold: { [key]: { at: now - dayMs, instant: now - dayMs, checkAt: now - dayMs } },
    recoveredAt: { [key]: now - 2 * dayMs },
    waitingSince: { 'advanced:over': now - 9 * dayMs },
    aboveRules: ['advanced:over'],
    resetAt: { [key]: now - 4 * dayMs },
    mutedUntil: now - 1,
    futureRefills: [{ refillId: 'r', at: now + dayMs, countsAs: now - 3 * dayMs }],
  };
  for (const field of Object.keys(whole) as (keyof WatchState)[]) {
    if (field === 'acceptedAt') continue;
    it(`is decided by and taken up without ${field}, which it may not know`, () => {
      const { [field]: _, ...older } = whole;
      const watch = older as WatchState;
      const time = { now, instant: now, plannedAt: now };
      const { decisions } = checkClient(aClient({ balance: '40', lastRefillAt: null }), profile, watch, time);
      assert.equal(decisions.find(({ rule }) => rule === key)?.decision, 'send');
      assert.deepEqual(takeUp(freshWatch, watch), watch);
      assert.equal(countsOf(takeUp(watch, whole))[key], 1);
    });
  }
});
