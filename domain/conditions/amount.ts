import { multiply } from '../money.js';
import type { KindOfCondition } from './condition.js';

/** An amount in the profile's currency (rule 2): converted where the client's is another; without a rate nothing is known. */
export const amount: KindOfCondition<'amount'> = {
  limit: ({ amount }, { rate }) =>
    rate === null ? { missing: 'unknown' } : { amount: multiply(amount, rate) },
  figures: (threshold, { profileCurrency, rate }) => ({ ...threshold, currency: profileCurrency, rate }),
  text: ({ amount }, currency) => `${amount} ${currency}`,
  words: ({ amount, currency, rate }, clientCurrency) =>
    currency === clientCurrency
      ? `${amount} ${currency}`
      : `${amount} ${currency} ${rate === null ? `without a rate to ${clientCurrency}` : `at ${rate}`}`,
};
