import assert from 'node:assert/strict';
import { readRefill } from '../../domain/refill-message.js';
import { judgeRefillAmount } from '../../domain/refill-amount.js';

const at = '2026-11-24T09:00:00Z';
const atMs = Date.parse(at);

describe('a refill message', () => {
  const read: readonly { name: string; message: object; notes?: readonly RegExp[]; refillId?: string }[] = [
    { name: 'with its id and time', message: { refillId: 'r-1', at } },
    {
      name: 'with an amount and a currency',
      message: { refillId: 'r-1', at, amount: '20.00', currency: 'USD' },
    },
    {
      name: 'with nulls for what is not known',
      message: { refillId: 'r-1', at, amount: null, currency: null },
    },
    { name: 'with fields of its sender', message: { refillId: 'r-1', at, source: { till: 7 } } },
    { name: 'with a number for an id', message: { refillId: 4711, at }, refillId: '4711' },
    { name: 'with blanks around its id and time', message: { refillId: ' r-1\n', at: ` ${at} ` } },
    { name: 'with a time of another offset', message: { refillId: 'r-1', at: '2026-11-24T10:00:00+01:00' } },
    { name: 'with an offset without a colon', message: { refillId: 'r-1', at: '2026-11-24T10:00:00+0100' } },
    { name: 'with an offset of hours', message: { refillId: 'r-1', at: '2026-11-24T10:00:00+01' } },
    { name: 'with a time in lower case', message: { refillId: 'r-1', at: '2026-11-24t09:00:00z' } },
    { name: 'with a blank for the T', message: { refillId: 'r-1', at: '2026-11-24 09:00:00Z' } },
    {
      name: 'with a currency in lower case counts',
      message: { refillId: 'r-1', at, amount: 20, currency: 'usd' },
      notes: [/^currency: expected an ISO 4217 code such as "USD", found "usd"$/],
    },
    {
      name: 'with a thousands separator counts',
      message: { refillId: 'r-1', at, amount: '1,000.50' },
      notes: [/^amount: expected a decimal number, found "1,000.50"$/],
    },
    {
      name: 'with an amount and a currency of other types counts',
      message: { refillId: 'r-1', at, amount: { value: 20 }, currency: 840 },
      notes: [/^amount: .* found an object with value$/, /^currency: .* found 840$/],
    },
  ];
  for (const { name, message, notes = [], refillId = 'r-1' } of read) {
    it(`${name} is read`, () => {
      const { refill } = readRefill(message);
      assert.ok(refill);
      assert.deepEqual([refill.refillId, refill.at], [refillId, atMs]);
      assert.equal(refill.notes.length, notes.length);
      notes.forEach((note, index) => assert.match(refill.notes[index] ?? '', note));
    });
  }

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['nothing', undefined, /^expected \{ refillId, at \}, found nothing$/],
    ['null', null, /found null$/],
    ['a text', JSON.stringify({ refillId: 'r-1', at }), /found "\{/],
    ['a list', [{ refillId: 'r-1', at }], /found a list of 1$/],
    ['no id', { at }, /^refillId: .* found nothing$/],
    ['a blank id', { refillId: '  ', at }, /^refillId: .* found "  "$/],
    ['an id that is too long', { refillId: 'r'.repeat(256), at }, /^refillId: .* found 256 characters$/],
    [
      'a number that lost digits for an id',
      { refillId: 2 ** 60, at },
      /^refillId: .* found 1152921504606847000$/,
    ],
    ['a fraction for an id', { refillId: 1.5, at }, /^refillId: .* found 1.5$/],
    ['a list for an id', { refillId: ['r-1'], at }, /^refillId: .* found a list of 1$/],
    ['no time', { refillId: 'r-1' }, /^at: expected an ISO 8601 time with an offset .* found nothing$/],
    ['a time without an offset', { refillId: 'r-1', at: '2026-11-24T09:00:00' }, /^at: /],
    ['a date', { refillId: 'r-1', at: '2026-11-24' }, /^at: /],
    ['a date that no calendar has', { refillId: 'r-1', at: '2026-02-30T09:00:00Z' }, /^at: /],
    ['epoch seconds', { refillId: 'r-1', at: 1_795_000_000 }, /^at: .* found 1795000000$/],
    ['epoch milliseconds as text', { refillId: 'r-1', at: '1795000000000' }, /^at: /],
    ['words', { refillId: 'r-1', at: 'Tue, 24 Nov 2026 09:00:00 GMT' }, /^at: /],
    ['the zero of Unix', { refillId: 'r-1', at: '1970-01-01T00:00:00Z' }, /^at: /],
    ['the zero of .NET', { refillId: 'r-1', at: '0001-01-01T00:00:00Z' }, /^at: /],
    ['−50', { refillId: 'r-1', at, amount: -50 }, /^amount: expected an amount above 0, found -50$/],
    ['nothing added', { refillId: 'r-1', at, amount: '0.00' }, /^amount: expected an amount above 0/],
  ];
  for (const [name, message, problem] of refused) {
    it(`${name}: is refused with what was found`, () => {
      assert.match(readRefill(message).problem ?? 'it was read', problem);
    });
  }
});

describe('the amount of a refill', () => {
  const judged: Readonly<Record<ReturnType<typeof judgeRefillAmount>, readonly unknown[]>> = {
    positive: [20, '20', '0.00000001', ' 20.5 ', 1e-8, 1e21],
    'not-positive': [
      0,
      -0,
      -50,
      '-50',
      '-0.00',
      '0',
      '-1,000.50',
      '−50',
      '(50.00)',
      '50-',
      '$ -50',
      '-50 USD',
      '0,00',
      '0.00 EUR',
      '-1e3',
      -Infinity,
    ],
    unreadable: [
      '1,000.50',
      '1.000,50',
      '20 USD',
      '1e3',
      '',
      'many',
      Infinity,
      true,
      {},
      ['-50'],
      '2026-11-24',
    ],
  };
  for (const [judgement, amounts] of Object.entries(judged))
    for (const amount of amounts)
      it(`${typeof amount} ${JSON.stringify(amount)} is ${judgement}`, () => {
        assert.equal(judgeRefillAmount(amount), judgement);
      });
});
