import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pauseOf } from '../../delivery/sendgrid/sendgrid-pause.js';

const now = Date.UTC(2026, 10, 26, 18);
const seconds = (at: number) => String(Math.floor(at / 1_000));
const hour = 3_600_000;
const day = 24 * hour;

const cases: readonly {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pauseMs: number;
}[] = [
  { name: 'seconds', headers: { 'retry-after': '7' }, pauseMs: 7_000 },
  { name: 'a fraction of seconds', headers: { 'retry-after': '1.5' }, pauseMs: 1_500 },
  {
    name: 'a date',
    headers: { 'retry-after': new Date(now + 30_000).toUTCString() },
    pauseMs: 30_000,
  },
  { name: 'an instant', headers: { 'x-ratelimit-reset': seconds(now + 90_000) }, pauseMs: 90_000 },
  {
    name: 'an instant in milliseconds',
    headers: { 'x-ratelimit-reset': String(now + 90_000) },
    pauseMs: 90_000,
  },
  {
    name: 'an instant where seconds belong',
    headers: { 'retry-after': seconds(now + 20_000) },
    pauseMs: 20_000,
  },
  { name: 'seconds where an instant belongs', headers: { 'x-ratelimit-reset': '45' }, pauseMs: 45_000 },
  { name: 'a day', headers: { 'retry-after': '86400' }, pauseMs: day },
  { name: 'more than a day', headers: { 'retry-after': '864000000' }, pauseMs: day },
  { name: 'more than a number holds', headers: { 'retry-after': '99999999999999999999' }, pauseMs: day },
  { name: 'a time that is past', headers: { 'x-ratelimit-reset': seconds(now - hour) }, pauseMs: 1_000 },
  { name: 'a date that is past', headers: { 'retry-after': new Date(0).toUTCString() }, pauseMs: 1_000 },
  { name: 'zero', headers: { 'retry-after': '0' }, pauseMs: 1_000 },
  { name: 'a negative number', headers: { 'retry-after': '-5' }, pauseMs: 10_000 },
  { name: 'NaN', headers: { 'retry-after': 'NaN' }, pauseMs: 10_000 },
  { name: 'an empty value', headers: { 'retry-after': '', 'x-ratelimit-reset': '' }, pauseMs: 10_000 },
  { name: 'Infinity', headers: { 'x-ratelimit-reset': 'Infinity' }, pauseMs: 10_000 },
  { name: 'nothing', headers: {}, pauseMs: 10_000 },
  {
    name: 'what is not readable, and an instant',
    headers: { 'retry-after': 'soon', 'x-ratelimit-reset': seconds(now + 12_000) },
    pauseMs: 12_000,
  },
  {
    name: 'a clock that is an hour ahead of ours',
    headers: {
      date: new Date(now + hour).toUTCString(),
      'x-ratelimit-reset': seconds(now + hour + 15_000),
    },
    pauseMs: 15_000,
  },
  {
    name: 'a clock that is a day behind ours, and a date',
    headers: {
      date: new Date(now - day).toUTCString(),
      'retry-after': new Date(now - day + 15_000).toUTCString(),
    },
    pauseMs: 15_000,
  },
  {
    name: 'a date of the answer that is none',
    headers: { date: 'today', 'x-ratelimit-reset': seconds(now + 15_000) },
    pauseMs: 15_000,
  },
];

describe('the pause that a 429 asks for', () => {
  for (const { name, headers, pauseMs } of cases) {
    it(`with ${name}: ${pauseMs / 1_000} s`, () => assert.equal(pauseOf(headers, now), pauseMs));
  }

  it('is a number between a second and a day, whatever the headers say', () => {
    const values = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.date({ noInvalidDate: false }).map(String),
    );
    fc.assert(
      fc.property(
        fc.record({ 'retry-after': values, 'x-ratelimit-reset': values, date: values }, { requiredKeys: [] }),
        (headers) => {
          const pauseMs = pauseOf(headers, now);
          assert.ok(pauseMs >= 1_000 && pauseMs <= day, String(pauseMs));
        },
      ),
      { numRuns: 500 },
    );
  });
});
