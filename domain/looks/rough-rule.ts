import { findCondition } from '../conditions/conditions.js';
import type { Condition, ConditionKind, LimitFacts } from '../conditions/condition.js';
import type { Decimal } from '../money.js';

/** What a look reads of every client, as numbers: null where there is none, NaN where it is no number. */
export interface RoughFacts {
  readonly balance: number | null;
  readonly creditLimit: number | null;
  readonly lastRefillAmount: number | null;
  readonly dailySpend: number | null;
  readonly ownThreshold: number | null;
}

/**
 * The fact that a limit is in proportion to; null: it is the same for all clients of a currency. A client without the fact, or with none
 * above 0, has no limit of that kind, except for its own threshold.
 */
const takenFrom = {
  amount: null,
  percentOfCreditLimit: 'creditLimit',
  percentOfLastRefill: 'lastRefillAmount',
  lasts: 'dailySpend',
  own: 'ownThreshold',
} as const satisfies Record<ConditionKind, Exclude<keyof RoughFacts, 'balance'> | null>;

/** A rule's condition in numbers. */
export interface RoughRule {
  readonly above: boolean;
  readonly from: Exclude<keyof RoughFacts, 'balance'> | null;
  /** The limit for each unit of the fact. */
  readonly factor: number;
  /** The limit without the fact; null: there is none. */
  readonly constant: number | null;
}

/** Large enough that what a limit is rounded to does not show in the factor. */
const probe = '1000000000000';

/** `rate`: from the profile's currency to the client's; null: there is none. */
export function roughRule(condition: Condition, profileCurrency: string, rate: Decimal | null): RoughRule {
  const from = takenFrom[condition.threshold.kind];
  const limitOf = (facts: Partial<LimitFacts>): number | null => {
    const { limit } = findCondition(condition, '0', { ...withoutFacts, profileCurrency, rate, ...facts });
    return limit === undefined ? null : Number(limit);
  };
  const ofProbe = from === null ? null : limitOf({ [from]: probe });
  return {
    above: condition.when === 'above',
    from,
    factor: (ofProbe ?? 0) / Number(probe),
    constant: from === null || from === 'ownThreshold' ? limitOf({}) : null,
  };
}

const withoutFacts = {
  creditLimit: '0',
  lastRefillAmount: null,
  dailySpend: null,
  ownThreshold: null,
} as const satisfies Partial<LimitFacts>;

/** Amounts that come as DOUBLE are rounded to 8 places when they are read exactly. */
const leastSlack = 1e-7;
const relativeSlack = 1e-9;

/**
 * Whether a rule's condition may be met: true wherever the exact decision finds it met, and for a client whose balance is within a billionth
 * of the limit too. A value that is no number says nothing, and the answer is true.
 */
export function mayBeMet({ above, from, factor, constant }: RoughRule, facts: RoughFacts): boolean {
  let limit = constant;
  let scale = 1;
  if (from !== null) {
    const fact = facts[from];
    if (from !== 'ownThreshold') {
      if (fact === null || fact <= 0) return false;
      limit = fact * factor;
      scale += factor;
    } else if (fact !== null) limit = fact;
  }
  if (limit === null) return false;
  const { balance, creditLimit } = facts;
  if (balance === null || creditLimit === null) return false;
  const available = balance + creditLimit;
  const slack =
    leastSlack * scale + relativeSlack * (Math.abs(balance) + Math.abs(creditLimit) + Math.abs(limit));
  // Written so that NaN answers true.
  return above ? !(available <= limit - slack) : !(available >= limit + slack);
}
