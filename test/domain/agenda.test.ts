import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  afterCheck,
  beginCheck,
  dueOf,
  firstAgenda,
  nextCheckAt,
  replanned,
  withExtra,
  withoutGrace,
} from '../../domain/agenda.js';
import { hourMs } from './builders.js';

const hours = (count: number): number => count * hourMs;

describe('the agenda of checks (rule 11)', () => {
  it('checks at once when a client gets a profile, then every Period', () => {
    const first = beginCheck(firstAgenda(hours(5)), hours(5));
    assert.equal(afterCheck(first, hours(24), hours(5)).next.at, hours(29));
  });

  it('an extra check does not move the grid', () => {
    const agenda = afterCheck(firstAgenda(0), hours(24), 0);
    const extra = afterCheck(beginCheck(agenda, hours(20)), hours(24), hours(20));
    assert.equal(extra.next.at, hours(24));
  });

  it('makes one late check after downtime, and none more when the profile is then edited', () => {
    const due = afterCheck(firstAgenda(0), hours(24), 0);
    const late = afterCheck(beginCheck(due, hours(81)), hours(24), hours(81));
    assert.equal(late.next.at, hours(96));
    assert.equal(replanned(late, hours(24), hours(82)).next.at, hours(96));
    assert.equal(replanned(late, hours(12), hours(82)).next.at, hours(84));
  });

  it('rule 12: a shorter Period that is past already checks at once, on the same grid afterwards', () => {
    const agenda = afterCheck(
      beginCheck(afterCheck(firstAgenda(0), hours(24), 0), hours(24)),
      hours(24),
      hours(24),
    );
    const now = hours(35);
    const sooner = replanned(agenda, hours(6), now);
    assert.equal(sooner.next.at, now);
    assert.equal(afterCheck(beginCheck(sooner, now), hours(6), now).next.at, hours(36));
  });

  it('an edit that leaves the Period as it is never moves the next check', () => {
    const step = fc.record({ lateMs: fc.nat(hours(200)), period: fc.constantFrom(1, 6, 24, 72) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), fc.nat(hours(24)), (steps, later) => {
        let agenda = firstAgenda(0);
        for (const { lateMs, period } of steps) {
          const now = agenda.next.at + lateMs;
          agenda = afterCheck(beginCheck(agenda, now), hours(period), now);
          const edited = Math.min(now + later, agenda.next.at);
          assert.deepEqual(replanned(agenda, hours(period), edited), agenda);
        }
      }),
    );
  });

  it('rule 19: one more check comes at an opening, and the grid goes on', () => {
    const night = afterCheck(firstAgenda(0), hours(24), 0, { at: hours(8), why: 'opening' });
    assert.equal(nextCheckAt(night), hours(8));
    assert.equal(dueOf(night, hours(8)), 'opening');
    const opened = afterCheck(beginCheck(night, hours(8)), hours(24), hours(8));
    assert.deepEqual(opened, { plannedAt: 0, next: { at: hours(24), gridAt: hours(24) } });
  });

  it('rule 19: an opening that meets a planned check, or comes after it, makes no other one', () => {
    for (const at of [hours(24), hours(30)]) {
      const agenda = afterCheck(firstAgenda(0), hours(24), 0, { at, why: 'opening' });
      assert.equal(agenda.extra, undefined);
    }
    const late = afterCheck(firstAgenda(0), hours(24), 0, { at: hours(8), why: 'opening' });
    assert.equal(dueOf(late, hours(25)), 'planned', 'a worker that was away makes one check of both');
    assert.equal(beginCheck(late, hours(25)).extra, undefined);
  });

  it('rule 13: the end of a grace is looked at, and forgotten when the client is there again', () => {
    const agenda = afterCheck(firstAgenda(0), hours(24), 0);
    const missing = withExtra(agenda, { at: hours(1), why: 'grace' });
    assert.equal(nextCheckAt(missing), hours(1));
    assert.deepEqual(withoutGrace(missing), agenda);
    assert.deepEqual(withExtra(agenda, { at: hours(25), why: 'grace' }), agenda);
  });
});
