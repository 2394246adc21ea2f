import assert from 'node:assert/strict';
import { beginWatching, carriedOf } from '../../domain/watching/carried.js';
import { mustWake, nextStep, receiveReset, startCheck, wantCheck } from '../../domain/watching/watching.js';

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

describe('a workflow that somebody reset (rule 25)', () => {
  const known = {
    ...beginWatching('C-1', undefined, {}, now),
    watch: { profileId: 'acme/a', acceptedAt: {} },
  };

  it('takes up what is known at its next check, which comes as planned', () => {
    const watching = receiveReset(known);
    assert.equal(watching.watch.profileId, undefined);
    assert.equal(mustWake(watching), false);
  });

  it('checks again instead of sending what it was about to send', () => {
    const amid = receiveReset(startCheck(known, now).watching);
    assert.deepEqual(amid.checkWanted, { extra: 'refill', why: 'the workflow was reset' });
  });
});
