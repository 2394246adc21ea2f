import { percentOf } from '../money.js';
import { limitFrom, type KindOfCondition } from './condition.js';

/** A share of what the client paid in last. Before its first refill it has no limit of this kind. */
export const percentOfLastRefill: KindOfCondition<'percentOfLastRefill'> = {
  needs: 'last_refill_amount',
  limit: ({ percent }, { lastRefillAmount }) =>
    limitFrom(lastRefillAmount, (whole) => percentOf(whole, percent)),
  figures: (threshold, { lastRefillAmount = null }) => ({ ...threshold, lastRefillAmount }),
  text: ({ percent }) => `${percent}% of the last refill`,
  words: ({ percent, lastRefillAmount }, currency) =>
    `${percent}% of the last refill, ${lastRefillAmount === null ? 'not known' : `${lastRefillAmount} ${currency}`}`,
};
