import assert from 'node:assert/strict';
import fc from 'fast-check';
import { writtenInstant } from '../../domain/written-instant.js';

describe('a time as people write it', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24T09:00', '2026-11-24T09:00:00.000Z'],
    ['2026-11-24 09:00', '2026-11-24T09:00:00.000Z'],
    ['2026-11-24T09:00:30', '2026-11-24T09:00:30.000Z'],
    ['2026-11-24T09:00:30.5', '2026-11-24T09:00:30.500Z'],
    ['2026-11-24T09:00:00Z', '2026-11-24T09:00:00.000Z'],
    ['2026-11-24T09:00:00+02:00', '2026-11-24T07:00:00.000Z'],
    ['2026-11-24T09:00-0530', '2026-11-24T14:30:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ];
  for (const [text, expected] of cases)
    it(`${text} is ${expected}`, () =>
      assert.equal(new Date(writtenInstant(text) ?? Number.NaN).toISOString(), expected));

  for (const text of [
    '',
    '2026',
    '24.11.2026',
    '2026-13-01',
    '2026-02-30',
    '2025-02-29',
    '2026-00-10',

    '2026-11-24T09:60',
    '2026-11-24T09',
    '2026-11-24T09:00+25:00',
    '2026-11-24Z',
    '2026-11-24T09:00:00Z and more',
    '1764000000',
  ])
    it(`"${text}" is invalid`, () => assert.equal(writtenInstant(text), undefined));

  it('reads every instant that a computer writes, as the computer does', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59Z'),
          noInvalidDate: true,
        }),
        (date) => assert.equal(writtenInstant(date.toISOString()), date.getTime()),
      ),
    );
  });
});
