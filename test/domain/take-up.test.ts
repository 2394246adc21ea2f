import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countsOf, resetRule } from '../../domain/cycle/counters.js';
import { noteRefill } from '../../domain/cycle/refills.js';
import { setBack, takeUp } from '../../domain/cycle/take-up.js';
import { noteTold, toldInstantOf, unrecoveredCheck } from '../../domain/cycle/told.js';
import { freshWatch, isMuted, mute, unmute, type WatchState } from '../../domain/cycle/watch-state.js';

const told = (at: number, instant = at) =>
  ({ rules: ['client' as const], at, instant, checkAt: at }) satisfies Parameters<typeof noteTold>[1][number];
const ofProfile: WatchState = { ...freshWatch, profileId: 'acme/a' };

describe('a workflow that starts again (rule 25)', () => {
  it('goes on with counters, instants, mute and profile', () => {
    const earlier = mute(noteTold(ofProfile, [told(10, 7)]), 99);
    assert.deepEqual(takeUp(freshWatch, earlier), earlier);
  });

  it('keeps what reached it before its first check', () => {
    const earlier = noteTold(ofProfile, [told(10)]);
    const refilled = takeUp(noteRefill(freshWatch, { refillId: 'r-1', at: 20 }, 30), earlier);
    assert.deepEqual([countsOf(refilled), refilled.lastRefillAt], [{}, 20]);
    assert.equal(takeUp(mute(freshWatch, 50), mute(earlier, 99)).mutedUntil, 50);
  });

  it('does not count a refill with a wrong clock again', () => {
    const refill = { refillId: 'r-1', at: 5_000 };
    const earlier = noteTold(noteRefill(ofProfile, refill, 20), [told(30)]);
    const again = takeUp(noteRefill(freshWatch, refill, 40), earlier);
    assert.deepEqual([countsOf(again), again.lastRefillAt], [{ client: 1 }, 20]);
    const other = takeUp(noteRefill(freshWatch, { refillId: 'r-2', at: 5_000 }, 40), earlier);
    assert.deepEqual([countsOf(other), other.lastRefillAt], [{}, 40]);
  });

  it('set back by somebody, goes on with what is newer in the row, and with what came since', () => {
    const old = mute(noteTold(ofProfile, [told(10)]), 99);
    const row = unmute(noteTold(old, [told(20)]));
    const back = takeUp(noteRefill(setBack(old), { refillId: 'r-2', at: 15 }, 30), row);
    assert.deepEqual([countsOf(back), back.lastRefillAt, isMuted(back, 30)], [{ client: 1 }, 15, false]);
    assert.equal(takeUp(setBack(noteTold(ofProfile, [told(10)])), mute(row, 99)).mutedUntil, 99);
    assert.ok(isMuted(takeUp(mute(setBack(old), 50), row), 40), 'what an operator does after it counts');
    const waiting = { ...ofProfile, waitingSince: { client: 5 } };
    assert.equal(takeUp(setBack(waiting), row).waitingSince, undefined);
  });

  it('knows a reset of a counter', () => {
    const earlier = resetRule(noteTold(ofProfile, [told(10)]), 'client', 20);
    assert.deepEqual(countsOf(takeUp(freshWatch, earlier)), {});
  });

  it('counts a notice once that both know', () => {
    const notices = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 8 });
    fc.assert(
      fc.property(notices, notices, (row, ledger) => {
        const known = noteTold(
          ofProfile,
          row.map((at) => told(at)),
        );
        const again = noteTold(
          takeUp(freshWatch, known),
          [...row, ...ledger].map((at) => told(at)),
        );
        assert.equal(countsOf(again)['client'] ?? 0, new Set([...row, ...ledger]).size);
        assert.deepEqual(takeUp(again, again), again);
      }),
    );
  });
});

describe('what was sent (rules 4, 17 and 20)', () => {
  it('counts a rule once that two notices of a check named, and twice for two checks', () => {
    const watch = noteTold(ofProfile, [
      { rules: ['client', 'user'], at: 12, checkAt: 10 },
      { rules: ['user'], at: 11, checkAt: 10 },
      { rules: ['user'], at: 21, checkAt: 20 },
    ]);
    assert.deepEqual(countsOf(watch), { client: 1, user: 2 });
    assert.deepEqual(watch.acceptedAt['user'], [11, 21]);
  });

  it('stands for the instant of its check, however late it was accepted', () => {
    const watch = noteTold(ofProfile, [{ rules: ['client'], at: 38, instant: 24, checkAt: 25 }]);
    assert.equal(toldInstantOf(watch, 'client', { plannedAt: 48, everyMs: 24 }), 24);
  });

  it('stands for the planned check before it, where an older version noted it', () => {
    const old: WatchState = { ...ofProfile, acceptedAt: { client: [25, 50] } };
    assert.equal(toldInstantOf(old, 'client', { plannedAt: 72, everyMs: 24 }), 48);
    assert.equal(toldInstantOf(old, 'client', { plannedAt: 48, everyMs: 24 }), 48);
    assert.equal(
      toldInstantOf({ ...old, lastRefillAt: 60 }, 'client', { plannedAt: 72, everyMs: 24 }),
      undefined,
    );
  });

  it('owes a recovery until one is accepted, also in a new cycle', () => {
    const low = noteTold(ofProfile, [told(10)]);
    assert.equal(unrecoveredCheck(low, 'client'), 10);
    const refilled = noteRefill(low, { at: 20 }, 20);
    assert.equal(unrecoveredCheck(refilled, 'client'), 10);
    const recovered = noteTold(refilled, [{ rules: [], recovered: ['client'], at: 25, checkAt: 24 }]);
    assert.equal(unrecoveredCheck(recovered, 'client'), undefined);
    assert.deepEqual(countsOf(recovered), {}, 'a recovery uses no quota');
    assert.equal(unrecoveredCheck(noteTold(recovered, [told(30)]), 'client'), 30);
  });

  it('owes nothing for a notice of an older version, of which nobody knows whom it reached', () => {
    assert.equal(unrecoveredCheck({ ...ofProfile, acceptedAt: { client: [10] } }, 'client'), undefined);
  });
});
