import assert from 'node:assert/strict';
import fc from 'fast-check';
import { closedUntil, openUntil, sendingHoursOf } from '../../domain/sending-hours.js';
import type { SendingHoursFile } from '../../domain/profile/profile-file.js';
import { daysSince1970, zoneOffsetOf } from '../../domain/time-zone.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const iso = (at: number | undefined) =>
  at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);

/** `open`, `never`, or when the hours open next in UTC. */
function opening(written: SendingHoursFile, at: string, zone: string | null = null): string {
  const closed = closedUntil(sendingHoursOf(written), zoneOffsetOf(zone), Date.parse(`${at}Z`));
  return closed ? (iso(closed.until) ?? 'never') : 'open';
}

const day: SendingHoursFile = { from: '08:00', to: '20:00' };

describe('sending hours (rule 19)', () => {
  it('open at their first minute and close at their last', () => {
    assert.equal(opening(day, '2026-01-05T07:59:59.999'), '2026-01-05T08:00');
    assert.equal(opening(day, '2026-01-05T08:00'), 'open');
    assert.equal(opening(day, '2026-01-05T19:59:59.999'), 'open');
    assert.equal(opening(day, '2026-01-05T20:00'), '2026-01-06T08:00');
  });

  it('skip days on which they do not begin', () => {
    const weekdays = { ...day, days: ['mon', 'tue', 'wed', 'thu', 'fri'] } as const;
    assert.equal(opening(weekdays, '2026-01-09T21:00'), '2026-01-12T08:00', 'Friday evening');
    assert.equal(opening({ ...day, days: ['mon'] }, '2026-01-05T21:00'), '2026-01-12T08:00', 'a week later');
  });

  it('over midnight belong to the day on which they begin', () => {
    const night: SendingHoursFile = { from: '22:00', to: '06:00', days: ['fri'] };
    assert.equal(opening(night, '2026-01-10T05:59'), 'open', 'Saturday morning');
    assert.equal(opening(night, '2026-01-10T06:00'), '2026-01-16T22:00');
    assert.equal(opening(night, '2026-01-09T05:00'), '2026-01-09T22:00', 'Friday morning');
  });

  it('of 24 hours never close', () => {
    assert.equal(opening({ from: '00:00', to: '24:00' }, '2026-01-05T23:59:59.999'), 'open');
    assert.equal(opening({ from: '09:30', to: '09:30' }, '2026-01-05T09:29:59.999'), 'open');
  });

  it('without a day never open', () => {
    assert.equal(opening({ ...day, days: [] }, '2026-01-05T12:00'), 'never');
  });

  it('are those of the zone, and of UTC where it is not known', () => {
    assert.equal(opening(day, '2026-01-05T00:00', 'Europe/Vienna'), '2026-01-05T07:00');
    assert.equal(opening(day, '2026-01-05T00:00', 'America/New_York'), 'open', 'still the day before');
    assert.equal(opening(day, '2026-01-05T01:00', 'America/New_York'), '2026-01-05T13:00');
    assert.equal(opening(day, '2026-01-05T00:00', 'Asia/Kathmandu'), '2026-01-05T02:15');
    assert.equal(opening(day, '2026-01-05T00:00', 'Mars/Olympus'), '2026-01-05T08:00');
    assert.equal(opening(day, '2026-01-05T00:00', ''), '2026-01-05T08:00');
  });

  it('take the first zone that is known', () => {
    const at = Date.parse('2026-01-05T00:00Z');
    const closed = closedUntil(sendingHoursOf(day), zoneOffsetOf('Mars/Olympus', null, 'Asia/Tokyo'), at);
    assert.equal(closed, undefined, '09:00 in Tokyo');
  });

  it('open an hour sooner when clocks were put forward, and later when they were put back', () => {
    const nine: SendingHoursFile = { from: '09:00', to: '18:00' };
    assert.equal(opening(nine, '2026-03-28T20:00', 'Europe/Vienna'), '2026-03-29T07:00');
    assert.equal(opening(nine, '2026-10-24T20:00', 'Europe/Vienna'), '2026-10-25T08:00');
  });

  it('that begin in the hour which is jumped over open when it is over, and are shorter', () => {
    const early: SendingHoursFile = { from: '02:30', to: '03:30' };
    assert.equal(opening(early, '2026-03-29T00:00', 'Europe/Vienna'), '2026-03-29T01:00');
    assert.equal(opening(early, '2026-03-29T01:29', 'Europe/Vienna'), 'open');
    assert.equal(opening(early, '2026-03-29T01:30', 'Europe/Vienna'), '2026-03-30T00:30');
  });

  it('that lie within the hour which is jumped over do not open that day', () => {
    const within: SendingHoursFile = { from: '02:10', to: '02:50' };
    assert.equal(opening(within, '2026-03-29T00:00', 'Europe/Vienna'), '2026-03-30T00:10');
  });

  it('in the hour that comes twice open at its first time, and do not open again', () => {
    const early: SendingHoursFile = { from: '02:15', to: '02:45' };
    assert.equal(opening(early, '2026-10-25T00:00', 'Europe/Vienna'), '2026-10-25T00:15');
    assert.equal(opening(early, '2026-10-25T00:44', 'Europe/Vienna'), 'open');
    assert.equal(opening(early, '2026-10-25T01:20', 'Europe/Vienna'), '2026-10-26T01:15');
  });

  it('close at their last minute, and hours that follow each other do not close in between', () => {
    const closing = (written: SendingHoursFile, at: string, zone: string | null = null) =>
      iso(openUntil(sendingHoursOf(written), zoneOffsetOf(zone), Date.parse(`${at}Z`)));
    assert.equal(closing(day, '2026-01-05T08:00'), '2026-01-05T20:00');
    assert.equal(closing(day, '2026-01-05T20:00'), undefined, 'closed already');
    assert.equal(closing(day, '2026-01-05T12:00', 'Europe/Vienna'), '2026-01-05T19:00');
    assert.equal(closing({ from: '22:00', to: '06:00' }, '2026-01-10T01:00'), '2026-01-10T06:00');
    assert.equal(
      closing({ from: '22:00', to: '03:30' }, '2026-03-28T23:00', 'Europe/Vienna'),
      '2026-03-29T01:30',
    );
    assert.equal(closing({ from: '00:00', to: '24:00' }, '2026-01-05T12:00'), undefined, 'always open');
    assert.equal(closing({ from: '09:30', to: '09:30' }, '2026-01-05T12:00'), undefined);
    const week = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
    assert.equal(closing({ from: '00:00', to: '24:00', days: week }, '2026-01-06T12:00'), '2026-01-10T00:00');
    assert.equal(closing({ ...day, days: [] }, '2026-01-05T12:00'), undefined);
  });

  it('are open at the opening that they name, and closed just before it, in any zone and on any day', () => {
    const zones = [
      'Europe/Vienna',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'Pacific/Apia',
    ];
    const minutes = fc.integer({ min: 0, max: 1_439 });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2030-01-01') }),
        minutes,
        fc.integer({ min: 61, max: 1_379 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
        (name, at, from, length, days) => {
          const zone = zoneOffsetOf(name);
          const hours = { from, to: (from + length) % 1_440, days, audiences: [] };
          const closed = closedUntil(hours, zone, at);
          const closes = openUntil(hours, zone, at);
          assert.equal(closes === undefined, closed !== undefined);
          if (closes !== undefined) {
            assert.ok(closedUntil(hours, zone, closes), 'closed from then on');
            assert.equal(closedUntil(hours, zone, closes - 1), undefined, 'open until then');
          }
          if (!closed) return;
          assert.ok(closed.until !== undefined && closed.until > at && closed.until <= at + 8 * dayMs);
          assert.equal(closedUntil(hours, zone, closed.until), undefined);
          assert.ok(closedUntil(hours, zone, closed.until - 1));
        },
      ),
    );
  });
});

describe('a calendar without a clock', () => {
  it('counts days as the machine does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -800_000, max: 800_000 }), (days) => {
        const date = new Date(days * dayMs);
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        assert.equal(daysSince1970(year, month, day), days);
      }),
    );
  });
});
