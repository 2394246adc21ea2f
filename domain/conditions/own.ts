import { amount } from './amount.js';
import type { KindOfCondition } from './condition.js';

/** The threshold that the billing data holds for the client, in its currency; where there is none, an amount of the profile. */
export const own: KindOfCondition<'own'> = {
  limit({ otherwise }, facts) {
    if (facts.ownThreshold === undefined) return { missing: 'unknown' };
    if (facts.ownThreshold !== null) return { amount: facts.ownThreshold };
    if (otherwise === null) return { missing: 'no-basis' };
    return amount.limit({ kind: 'amount', amount: otherwise }, facts);
  },
  figures({ otherwise }, facts) {
    const { ownThreshold } = facts;
    return ownThreshold === null && otherwise !== null
      ? amount.figures({ kind: 'amount', amount: otherwise }, facts)
      : { kind: 'own', ownThreshold: ownThreshold ?? null };
  },
  text: ({ otherwise }, currency) =>
    `its own threshold${otherwise === null ? '' : `, or ${otherwise} ${currency}`}`,
  words: ({ ownThreshold }, currency) =>
    ownThreshold === null ? 'no threshold of its own' : `its own threshold, ${ownThreshold} ${currency}`,
};
