import assert from 'node:assert/strict';
import type { LimitFacts, Threshold, When } from '../../domain/conditions/condition.js';
import { figuresOf, figuresText, findCondition, thresholdText } from '../../domain/conditions/conditions.js';
import { thresholdOf } from '../../domain/conditions/read-threshold.js';
import { aLimit } from './builders.js';

interface Case {
  readonly name: string;
  readonly threshold: Threshold;
  readonly facts?: Partial<LimitFacts>;
  readonly when?: When;
  readonly balance: string;
  readonly limit: string | undefined;
  readonly met: boolean | 'unknown' | 'no-basis';
  readonly words: string;
}

const own = (otherwise: string | null): Threshold => ({ kind: 'own', otherwise });
const lastsDays = (days: number): Threshold => ({ kind: 'lasts', lastsMs: days * 86_400_000 });

const cases: readonly Case[] = [
  {
    name: 'an amount is converted',
    threshold: { kind: 'amount', amount: '100' },
    facts: { rate: '0.9' },
    balance: '89.99999999',
    limit: '90',
    met: true,
    words: '100 USD at 0.9',
  },
  {
    name: 'an amount without a rate is not known',
    threshold: { kind: 'amount', amount: '100' },
    facts: { rate: null },
    balance: '0',
    limit: undefined,
    met: 'unknown',
    words: '100 USD without a rate to EUR',
  },
  {
    name: 'above is strict too',
    threshold: { kind: 'amount', amount: '100' },
    when: 'above',
    balance: '100',
    limit: '100',
    met: false,
    words: '100 USD at 1',
  },
  {
    name: 'above a negative amount',
    threshold: { kind: 'amount', amount: '-10' },
    when: 'above',
    balance: '-9.99',
    limit: '-10',
    met: true,
    words: '-10 USD at 1',
  },
  {
    name: 'a share of the credit limit is exact',
    threshold: { kind: 'percentOfCreditLimit', percent: '12.5' },
    facts: { creditLimit: '0.3', rate: null },
    balance: '0.0375',
    limit: '0.0375',
    met: false,
    words: '12.5% of the credit limit, 0.3 EUR',
  },
  {
    name: 'a credit limit of 0 is no basis',
    threshold: { kind: 'percentOfCreditLimit', percent: '20' },
    balance: '-1',
    limit: undefined,
    met: 'no-basis',
    words: '20% of the credit limit, 0 EUR',
  },
  {
    name: 'a credit limit below 0 is no basis',
    threshold: { kind: 'percentOfCreditLimit', percent: '20' },
    facts: { creditLimit: '-100' },
    balance: '-50',
    limit: undefined,
    met: 'no-basis',
    words: '20% of the credit limit, -100 EUR',
  },
  {
    name: 'a share of the last refill',
    threshold: { kind: 'percentOfLastRefill', percent: '10' },
    facts: { lastRefillAmount: '50' },
    balance: '4.99',
    limit: '5',
    met: true,
    words: '10% of the last refill, 50 EUR',
  },
  {
    name: 'before the first refill there is no basis',
    threshold: { kind: 'percentOfLastRefill', percent: '10' },
    balance: '0',
    limit: undefined,
    met: 'no-basis',
    words: '10% of the last refill, not known',
  },
  {
    name: 'an amount of the last refill that cannot be read is not known',
    threshold: { kind: 'percentOfLastRefill', percent: '10' },
    facts: { lastRefillAmount: undefined },
    balance: '0',
    limit: undefined,
    met: 'unknown',
    words: '10% of the last refill, not known',
  },
  {
    name: 'what is spent in some days',
    threshold: lastsDays(3),
    facts: { dailySpend: '12.5' },
    balance: '37.5',
    limit: '37.5',
    met: false,
    words: 'what is spent in 3d at 12.5 EUR a day',
  },
  {
    name: 'what is spent in an hour is rounded far beyond cents',
    threshold: { kind: 'lasts', lastsMs: 3_600_000 },
    facts: { dailySpend: '1' },
    balance: '0.041666666666',
    limit: '0.041666666667',
    met: true,
    words: 'what is spent in 1h at 1 EUR a day',
  },
  {
    name: 'who spends nothing has no basis',
    threshold: lastsDays(3),
    facts: { dailySpend: '0' },
    balance: '-5',
    limit: undefined,
    met: 'no-basis',
    words: 'what is spent in 3d at 0 EUR a day',
  },
  {
    name: 'the own threshold is in the client’s currency',
    threshold: own('50'),
    facts: { ownThreshold: '30', rate: null },
    balance: '29',
    limit: '30',
    met: true,
    words: 'its own threshold, 30 EUR',
  },
  {
    name: 'an own threshold of 0 is one',
    threshold: own('50'),
    facts: { ownThreshold: '0' },
    balance: '20',
    limit: '0',
    met: false,
    words: 'its own threshold, 0 EUR',
  },
  {
    name: 'without an own threshold the amount of the profile, converted',
    threshold: own('50'),
    facts: { rate: '2' },
    balance: '99',
    limit: '100',
    met: true,
    words: '50 USD at 2',
  },
  {
    name: 'without both there is no basis',
    threshold: own(null),
    balance: '0',
    limit: undefined,
    met: 'no-basis',
    words: 'no threshold of its own',
  },
];

describe('kinds of threshold (rule 16)', () => {
  for (const { name, threshold, facts, when = 'below', balance, limit, met, words } of cases) {
    it(name, () => {
      const [condition, limits] = [{ threshold, when }, aLimit(facts)];
      const found = findCondition(condition, balance, limits);
      assert.equal(found.limit, limit);
      assert.equal(found.met, met);
      assert.equal(figuresText(figuresOf(condition, limits), 'EUR'), words);
    });
  }

  it('are named as a profile says them', () => {
    const written = [
      [100, '100 EUR'],
      [{ percentOfCreditLimit: 20 }, '20% of the credit limit'],
      [{ percentOfLastRefill: 10 }, '10% of the last refill'],
      [{ lasts: '3d' }, '3d of spending'],
      [{ own: true }, 'its own threshold'],
      [{ own: true, otherwise: 50 }, 'its own threshold, or 50 EUR'],
    ] as const;
    for (const [threshold, words] of written)
      assert.equal(thresholdText(thresholdOf(threshold), 'EUR'), words);
  });

  it('are read from what a profile says', () => {
    assert.deepEqual(thresholdOf(1e-7), { kind: 'amount', amount: '0.0000001' });
    assert.deepEqual(thresholdOf({ percentOfCreditLimit: 20 }), {
      kind: 'percentOfCreditLimit',
      percent: '20',
    });
    assert.deepEqual(thresholdOf({ percentOfLastRefill: 10 }), {
      kind: 'percentOfLastRefill',
      percent: '10',
    });
    assert.deepEqual(thresholdOf({ lasts: '1d12h' }), { kind: 'lasts', lastsMs: 129_600_000 });
    assert.deepEqual(thresholdOf({ own: true }), own(null));
    assert.deepEqual(thresholdOf({ own: true, otherwise: 50 }), own('50'));
    assert.throws(() => thresholdOf({} as never), /not a threshold/);
  });
});
