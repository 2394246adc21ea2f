import assert from 'node:assert/strict';
import fc from 'fast-check';
import { instantOf } from '../../domain/instant.js';

describe('an instant', () => {
  it('of any time is what the platform makes of it, in any offset', () => {
    const offsets = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
    const instants = fc.date({
      min: new Date('0001-01-03T00:00:00Z'),
      max: new Date('9999-12-29T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, offsets, (date, minutes) => {
        const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const two = (value: number) => String(Math.abs(value)).padStart(2, '0');
        const sign = minutes < 0 ? '-' : '+';
        const offset = `${sign}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
        assert.equal(instantOf(`${local}${offset}`), date.getTime(), `${local}${offset}`);
      }),
      { numRuns: 2_000 },
    );
  });

  const at = Date.parse('2026-11-24T09:00:00Z');
  const spelled: readonly (readonly [string, number])[] = [
    ['2026-11-24T09:00Z', at],
    ['2026-11-24T09:00:00.123456789Z', at + 123],
    ['2026-11-24T09:00:00,5Z', at + 500],
    ['2026-11-24T09:00:00-00:00', at],
    ['2026-11-23T24:00:00-09', at],
    ['2024-02-29T00:00:00Z', Date.parse('2024-02-29T00:00:00Z')],
  ];
  for (const [text, expected] of spelled)
    it(`${text} is read`, () => assert.equal(instantOf(text), expected));

  for (const text of [
    '2026-02-29T09:00:00Z',
    '2100-02-29T09:00:00Z',
    '2026-04-31T09:00:00Z',
    '2026-00-10T09:00:00Z',
    '2026-13-10T09:00:00Z',
    '2026-11-24T25:00:00Z',
    '2026-11-24T24:00:01Z',
    '2026-11-24T09:60:00Z',
    '2026-11-24T09:00:60Z',
    '2026-11-24T09:00:00+24:00',
    '2026-11-24T09:00:00+01:60',
    '2026-11-24T09:00:00',
    '2026-11-24T09Z',
    '20261124T090000Z',
    '+002026-11-24T09:00:00Z',
    ' 2026-11-24T09:00:00Z',
    '2026-11-24T09:00:00Zulu',
    '',
  ])
    it(`"${text}" is not read`, () => assert.equal(instantOf(text), undefined));

  it('is not read from other types', () => {
    for (const value of [1_795_000_000_000, null, undefined, new Date(), ['2026-11-24T09:00:00Z']])
      assert.equal(instantOf(value), undefined);
  });
});
