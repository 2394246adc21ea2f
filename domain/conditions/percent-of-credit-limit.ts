import { percentOf } from '../money.js';
import { limitFrom, type KindOfCondition } from './condition.js';

/** A share of the client's credit limit. A client without one has no limit of this kind. */
export const percentOfCreditLimit: KindOfCondition<'percentOfCreditLimit'> = {
  limit: ({ percent }, { creditLimit }) => limitFrom(creditLimit, (whole) => percentOf(whole, percent)),
  figures: (threshold, { creditLimit }) => ({ ...threshold, creditLimit }),
  text: ({ percent }) => `${percent}% of the credit limit`,
  words: ({ percent, creditLimit }, currency) =>
    `${percent}% of the credit limit, ${creditLimit} ${currency}`,
};
