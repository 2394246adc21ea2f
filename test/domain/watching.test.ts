import assert from 'node:assert/strict';
import { beginWatching, carriedOf } from '../../domain/watching/carried.js';
import { mustWake, nextStep, startCheck, wantCheck } from '../../domain/watching/watching.js';

const now = Date.parse('2026-11-24T09:00:00Z');

describe('what one run hands to the next', () => {
  const begun = beginWatching('C-1', undefined, {}, now);

  it('holds nothing that is wanted where nothing is, so that older versions read it as ever', () => {
    assert.deepEqual(Object.keys(carriedOf(begun)).sort(), ['next', 'plannedAt', 'watch']);
  });

  it('holds what is wanted: the next run plans anew, and then checks for the planned check that the wish belongs to', () => {
    const wanting = {
      ...wantCheck(begun, { extra: 'refill', why: 'a new run goes on' }),
      replanWanted: true,
      rememberWanted: true,
    };
    const carried = JSON.parse(JSON.stringify(carriedOf(wanting))) as ReturnType<typeof carriedOf>;
    const next = beginWatching('C-1', carried, {}, now + 1);
    assert.ok(mustWake(next));
    assert.equal(nextStep(next, false), 'replan');
    const planned = {
      ...next,
      replanWanted: false,
      agenda: { ...next.agenda, next: { at: now + 60_000, gridAt: now + 60_000 } },
    };
    assert.equal(nextStep(planned, false), 'check');
    const { watching, input } = startCheck(planned, now + 2);
    assert.deepEqual([input.extra, input.plannedAt], ['refill', now]);
    assert.equal(nextStep(watching, false), 'remember');
  });
});
