import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clientColumns } from '../../billing/billing-views.js';
import { gateClient, type ClientRow } from '../../billing/client-gate.js';
import { formatsOf } from '../../delivery/email/amounts-and-times.js';
import { chooseLanguage } from '../../delivery/email/languages.js';
import { isUnclear } from '../../domain/client.js';
import { durationPattern, formatDuration, parseDuration } from '../../domain/duration.js';
import { add, compare, isBelow, isDecimal, multiply, subtract, toDecimal } from '../../domain/money.js';
import { countOf } from '../../domain/cycle/counters.js';
import { noteRefill } from '../../domain/cycle/refills.js';
import { freshWatch, type WatchState } from '../../domain/cycle/watch-state.js';
import { readEvents } from '../../delivery/sendgrid/sendgrid-events.js';
import { readRefill } from '../../domain/refill-message.js';
import { bounceEvent, fuzzRuns, like, textLike } from './mutations.js';

const runs = { numRuns: fuzzRuns };
const places = 8;
const scale = 10n ** BigInt(places);
/** A decimal as people write it, and the same in units of 10^-8. */
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat(places))
  .map(([units, shown]) => {
    const rounded = units - (units % 10n ** BigInt(places - shown));
    const digits = (rounded < 0n ? -rounded : rounded).toString().padStart(places + 1, '0');
    const fraction = digits.slice(-places).slice(0, shown);
    return {
      text: `${rounded < 0n ? '-' : ''}${digits.slice(0, -places)}${fraction === '' ? '' : `.${fraction}`}`,
      units: rounded,
    };
  });
const unitsOf = (decimal: string): bigint => {
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(2 * places, '0'));
  return decimal.startsWith('-') ? -units : units;
};

describe(`fuzzing values (${fuzzRuns} cases each)`, function () {
  this.timeout(0);

  it('money is exact: sum, difference, product and order are those of whole numbers', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        assert.equal(unitsOf(add(a.text, b.text)), (a.units + b.units) * scale);
        assert.equal(unitsOf(subtract(a.text, b.text)), (a.units - b.units) * scale);
        assert.equal(unitsOf(multiply(a.text, b.text)), a.units * b.units);
        assert.equal(isBelow(a.text, b.text), a.units < b.units);
        assert.equal(compare(a.text, b.text), a.units < b.units ? -1 : a.units > b.units ? 1 : 0);
      }),
      runs,
    );
  });

  it('what is no decimal is refused, and what is taken is a number', () => {
    const texts = fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[-+0-9.eE, ]{0,12}$/));
    fc.assert(
      fc.property(texts, (text) => {
        if (!isDecimal(text)) return;
        assert.match(text, /^-?\d+(\.\d+)?$/);
        assert.equal(compare(toDecimal(text), text), 0);
      }),
      runs,
    );
  });

  it('durations: what is written is read, anything else is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 315_360_000 }), (seconds) => {
        assert.equal(parseDuration(formatDuration(seconds * 1_000)), seconds * 1_000);
      }),
      runs,
    );
    const texts = fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[0-9smhdwSMHDW. -]{0,14}$/));
    fc.assert(
      fc.property(texts, (text) => {
        const ms = parseDuration(text);
        if (!durationPattern.test(text)) assert.equal(ms, undefined);
        else assert.ok(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0));
      }),
      runs,
    );
  });

  const message = { refillId: 'r-1', at: '2026-11-24T09:00:00Z', amount: '20.5', currency: 'USD' };

  it('refill messages: each is taken or refused with a reason', () => {
    fc.assert(
      fc.property(fc.oneof(like([message]), fc.anything()), (candidate) => {
        const { refill, problem } = readRefill(candidate);
        if (problem !== undefined) return assert.match(problem, /expected .*found /s);
        assert.ok(Number.isSafeInteger(refill.at));
        assert.ok(refill.refillId.trim() !== '');
        for (const note of refill.notes) assert.match(note, /^(amount|currency): expected .*found /s);
      }),
      runs,
    );
  });

  it('the same refills in any order, any number of times, give the same counters', () => {
    const refill = fc.record({
      refillId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      at: fc.integer({ min: 0, max: 2_000 }),
    });
    const told = fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.uniqueArray(refill, { selector: ({ refillId }) => refillId }),
        told,
        fc.infiniteStream(fc.nat()),
        (refills, acceptedAt, order) => {
          const before: WatchState = {
            ...freshWatch,
            acceptedAt: { client: [...acceptedAt].sort((a, b) => a - b) },
          };
          const play = (list: typeof refills) =>
            list.reduce<WatchState>((watch, each) => noteRefill(watch, each, 1_000), before);
          const shuffled = [...refills, ...refills]
            .map((each) => ({ each, key: order.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ each }) => each);
          const [once, often] = [play(refills), play(shuffled)];
          assert.equal(countOf(often, 'client'), countOf(once, 'client'));
          assert.equal(often.lastRefillAt, once.lastRefillAt);
        },
      ),
      runs,
    );
  });

  it('rows of billing data: facts that a mail can say, or faults with their column, never a throw', () => {
    const usual = {
      client_id: '1',
      currency: 'USD',
      balance: '1',
      credit_limit: 0,
      status: 'active',
      prepaid: 1,
    } satisfies ClientRow;
    const values = fc.oneof(fc.double(), fc.string(), fc.uint8Array(), fc.anything());
    fc.assert(
      fc.property(fc.constantFrom(...clientColumns), values, (column, value) => {
        const client = gateClient([{ ...usual, [column]: value }], []);
        if (isUnclear(client)) {
          assert.deepEqual(
            client.faults.map((fault) => fault.column),
            [column],
          );
          return;
        }
        const { locale } = chooseLanguage(client.language, ['de', 'en']);
        const formats = formatsOf(locale, client.timeZone);
        for (const amount of [client.balance, client.creditLimit, client.ownThreshold, client.dailySpend])
          if (amount !== null) formats.amount(amount, client.currency);
        for (const at of [client.lastRefillAt, client.lastChargeAt, client.createdAt])
          if (at !== null) formats.time(at);
      }),
      runs,
    );
  });

  it('webhook bodies: reports or nothing, never a throw', () => {
    const bodies = fc.oneof(
      textLike([[bounceEvent], [bounceEvent, bounceEvent]]),
      fc.string({ maxLength: 200 }),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        for (const { address, at, eventId } of readEvents(body, 2_000_000_000_000)?.reports ?? []) {
          assert.equal(typeof address, 'string');
          assert.equal(typeof eventId, 'string');
          assert.ok(address.length <= 320 && eventId.length <= 255);
          assert.ok(at > 0 && at <= 2_000_000_000_000 && Number.isInteger(at), String(at));
        }
      }),
      runs,
    );
  });
});
