import assert from 'node:assert/strict';
import type { Decision } from '../../domain/decide.js';
import { beginWatching, carriedOf } from '../../domain/watching/carried.js';
import type { CheckReport } from '../../domain/watching/check.js';
import { checkTimeOf } from '../../domain/watching/check-time.js';
import {
  deadlineOf,
  endCheck,
  mustWake,
  nextStep,
  noteCheck,
  noteWithdrawn,
  receiveReset,
  startCheck,
  wantCheck,
} from '../../domain/watching/watching.js';
import { aReport } from './builders.js';

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

describe('a refill that the billing data shows (rules 5 and 6)', () => {
  const refillAfter = (lastRefillAt: number, readAt: number | undefined) => {
    const { watching } = startCheck(beginWatching('C-1', undefined, {}, now), now);
    const report = aReport({ lastRefillAt, ...(readAt === undefined ? {} : { readAt }) });
    return noteCheck(watching, report, now).watch.lastRefillAt! - now;
  };

  it('counts as the check where it is dated after it, and as what it is where it came while the check was reading', () => {
    assert.equal(refillAfter(now - 1, undefined), -1);
    assert.equal(refillAfter(now + 1_500, undefined), 0);
    assert.equal(refillAfter(now + 1_500, now + 2_000), 1_500);
    assert.equal(refillAfter(now + 9_000, now + 2_000), 2_000);
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

describe('what was not accepted when sending hours close (rule 19)', () => {
  const hourMs = 3_600_000;
  const report = (at: number, decision: Partial<Decision>): CheckReport =>
    aReport({
      decisions: [
        { rule: 'client', decision: 'send', reason: 'low', threshold: '50', low: true, ...decision },
      ],
      instant: at,
      atOpening: true,
    });
  const checkedWith = (decision: Partial<Decision>) => {
    const checked = report(now, decision);
    const { watching } = startCheck(beginWatching('C-1', undefined, {}, now), now);
    return { checked, watching: noteCheck(watching, checked, now) };
  };

  it('is tried until then, or until the next check where that is sooner', () => {
    const deadline = (closesAt: number | undefined) => {
      const { checked, watching } = checkedWith(closesAt === undefined ? {} : { closesAt });
      return (deadlineOf(watching, checked) - now) / hourMs;
    };
    assert.deepEqual(
      [deadline(undefined), deadline(now + 11 * hourMs), deadline(now + 30 * hourMs)],
      [24, 11, 24],
    );
  });

  it('is decided afresh at the closing, for what the check before stood for', () => {
    const closesAt = now + 11 * hourMs;
    const { checked, watching } = checkedWith({ closesAt });
    const withdrawn = endCheck(noteWithdrawn(watching, checked));
    assert.deepEqual(withdrawn.agenda.extra, { at: closesAt, why: 'closing' });
    const carried = JSON.parse(JSON.stringify(carriedOf(withdrawn))) as ReturnType<typeof carriedOf>;
    const { input } = startCheck(beginWatching('C-1', carried, withdrawn.known, now), closesAt);
    assert.equal(input.extra, 'closing');
    assert.deepEqual(checkTimeOf(input, undefined, 24 * hourMs, closesAt), {
      now: closesAt,
      instant: now,
      plannedAt: now,
      atOpening: true,
    });
  });

  it('waits for the next planned check where no hours close before it', () => {
    const { checked, watching } = checkedWith({ closesAt: now + 30 * hourMs });
    assert.deepEqual(noteWithdrawn(watching, checked), watching);
  });

  it('rule 23: a check that was held at an opening is asked again for that opening', () => {
    const until = now + 300_000;
    const { watching } = checkedWith({ decision: 'quiet', reason: 'held', until });
    const { input } = startCheck(endCheck(watching), until);
    assert.deepEqual([input.extra, input.again], ['held', { instant: now, atOpening: true }]);
  });

  it('an older workflow says nothing of it: the check stands for the planned one', () => {
    const asked = { plannedAt: now, dueAt: now + 1, extra: 'held' } as const;
    assert.deepEqual(checkTimeOf(asked, undefined, 24 * hourMs, now + 1), {
      now: now + 1,
      instant: now,
      plannedAt: now,
    });
  });
});

describe('a check that knows nothing of any rule', () => {
  const reasonOf = (decision: Partial<Decision>) => {
    const { watching } = startCheck(beginWatching('C-1', undefined, {}, now), now);
    const report = aReport({
      currency: 'EUR',
      decisions: [{ rule: 'client', decision: 'quiet', reason: 'unknown', ...decision }],
    });
    return noteCheck(watching, report, now).known.unknown?.reason;
  };

  it('says which value is missing', () => {
    const rate = 'no exchange rate from USD to EUR';
    assert.equal(reasonOf({}), rate, 'as older checks answered');
    assert.equal(reasonOf({ figures: { kind: 'amount', amount: '5', currency: 'USD', rate: null } }), rate);
    assert.equal(
      reasonOf({ figures: { kind: 'lasts', lastsMs: 1, dailySpend: null } }),
      'billing_client.daily_spend has a value that cannot be read',
    );
    assert.equal(
      reasonOf({ figures: { kind: 'percentOfLastRefill', percent: '10', lastRefillAmount: null } }),
      'billing_client.last_refill_amount has a value that cannot be read',
    );
    assert.equal(
      reasonOf({ figures: { kind: 'own', ownThreshold: null } }),
      'billing_client.own_threshold has a value that cannot be read',
    );
  });
});
