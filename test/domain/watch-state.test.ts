import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lastOnGrid, nextOnGrid, replan } from '../../domain/schedule.js';
import { countOf, countsOf, resetRule } from '../../domain/cycle/counters.js';
import { noteRefill } from '../../domain/cycle/refills.js';
import { noteAccepted } from '../../domain/cycle/told.js';
import { freshWatch, type WatchState } from '../../domain/cycle/watch-state.js';

type Happening =
  | { readonly kind: 'refill'; readonly refillId: string; readonly at: number }
  | { readonly kind: 'accepted'; readonly rule: 'user' | 'client'; readonly at: number };

const now = 1_000;
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constant('refill' as const),
    refillId: fc.string(),
    at: fc.integer({ min: 1, max: now }),
  }),
  fc.record({
    kind: fc.constant('accepted' as const),
    rule: fc.constantFrom('user' as const, 'client' as const),
    at: fc.integer({ min: 1, max: now }),
  }),
);

function evolve(happenings: readonly Happening[]): WatchState {
  return happenings.reduce<WatchState>(
    (watch, each) =>
      each.kind === 'refill' ? noteRefill(watch, each, now) : noteAccepted(watch, [each.rule], each.at),
    freshWatch,
  );
}

describe('watch state', () => {
  it('rule 5: any order and duplication of the same refills and notices gives the same counters', () => {
    const shuffled = fc
      .array(happening, { maxLength: 20 })
      .chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
      );
    fc.assert(
      fc.property(shuffled, ([list, mixed]) => {
        assert.deepEqual(countsOf(evolve(mixed)), countsOf(evolve(list)));
        assert.equal(evolve(mixed).lastRefillAt, evolve(list).lastRefillAt);
      }),
    );
  });

  it('rule 5: a refill dated in the future counts as now, and its duplicates count as the same instant', () => {
    const refilled = noteRefill(freshWatch, { refillId: 'r-1', at: 5_000 }, 1_000);
    assert.equal(refilled.lastRefillAt, 1_000);
    const told = noteAccepted(refilled, ['client'], 2_000);
    assert.equal(countOf(noteRefill(told, { refillId: 'r-1', at: 5_000 }, 3_000), 'client'), 1);
    assert.equal(
      countOf(noteRefill(told, { at: 5_000 }, 3_000), 'client'),
      1,
      'the same refill, seen in the billing data',
    );
    assert.equal(
      countOf(noteRefill(told, { refillId: 'r-2', at: 5_000 }, 3_000), 'client'),
      0,
      'another refill',
    );
  });

  it('counts a notice at the instant of a refill to the new cycle', () => {
    assert.equal(countOf(noteAccepted(noteRefill(freshWatch, { at: 5 }, 9), ['client'], 5), 'client'), 1);
  });

  it('sets one counter to 0 when an operator asks', () => {
    const told = noteAccepted(freshWatch, ['client', 'user'], 5);
    assert.deepEqual(countsOf(resetRule(told, 'client', 6)), { user: 1 });
  });
});

describe('the grid of checks (rule 11)', () => {
  it('plans the first instant that lies ahead, and one late check after downtime', () => {
    assert.equal(nextOnGrid(0, 10, 0), 10);
    assert.equal(nextOnGrid(0, 10, 9), 10);
    assert.equal(nextOnGrid(0, 10, 10), 20);
    assert.equal(nextOnGrid(0, 10, 35), 40);
    assert.equal(lastOnGrid(0, 10, 35), 30);
  });

  it('rule 12: a shorter Period takes effect at once, a longer one at the next check', () => {
    assert.equal(replan(24, 48, 5, 26), 29);
    assert.equal(replan(24, 48, 5, 30), 30);
    assert.equal(replan(24, 48, 72, 30), 48);
  });

  it('always lies ahead, on the grid', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.nat(1e9),
        (planned, period, late) => {
          const next = nextOnGrid(planned, period, planned + late);
          assert.ok(next > planned + late && next <= planned + late + period);
          assert.equal((next - planned) % period, 0);
        },
      ),
    );
  });
});
