import { isPositive, type Decimal } from '../money.js';
import type { CostlyFact } from '../costly-fact.js';

/** On which side of its limit a rule's condition is met. */
export type When = 'below' | 'above';

/** What a profile takes a rule's limit from (rule 16). Amounts are in the profile's currency. */
export type Threshold =
  | { readonly kind: 'amount'; readonly amount: Decimal }
  | { readonly kind: 'percentOfCreditLimit'; readonly percent: Decimal }
  | { readonly kind: 'percentOfLastRefill'; readonly percent: Decimal }
  | { readonly kind: 'lasts'; readonly lastsMs: number }
  /** `otherwise`: for a client that has no threshold of its own; null: such a client has none. */
  | { readonly kind: 'own'; readonly otherwise: Decimal | null };

export type ConditionKind = Threshold['kind'];
export type ThresholdOf<Kind extends ConditionKind> = Extract<Threshold, { readonly kind: Kind }>;

/** When a rule is met: its limit, and the side of it. */
export interface Condition {
  readonly threshold: Threshold;
  readonly when: When;
}

/** What limits are taken from. Amounts are in the client's currency unless said otherwise; null: there is none. */
export interface LimitFacts {
  /** The profile's, of amounts that the profile says. */
  readonly profileCurrency: string;
  /** From the profile's currency to the client's. */
  readonly rate: Decimal | null;
  readonly creditLimit: Decimal;
  readonly lastRefillAmount: MaybeKnown;
  /** What the client spends in a day. */
  readonly dailySpend: MaybeKnown;
  readonly ownThreshold: MaybeKnown;
}

/** Null: there is none. Undefined: the billing data has a value that cannot be read. */
export type MaybeKnown = Decimal | null | undefined;

/**
 * What a limit was made of, as mails and operators read it: the threshold as the profile says it, and what it was taken from.
 * Plain JSON; amounts are in the client's currency unless said otherwise.
 */
export type Figures =
  /** `amount` in `currency`, the profile's; `rate` to the client's, null where they are the same or there is none. */
  | (ThresholdOf<'amount'> & { readonly currency: string; readonly rate: Decimal | null })
  | (ThresholdOf<'percentOfCreditLimit'> & { readonly creditLimit: Decimal })
  | (ThresholdOf<'percentOfLastRefill'> & { readonly lastRefillAmount: Decimal | null })
  | (ThresholdOf<'lasts'> & { readonly dailySpend: Decimal | null })
  /** The client's own threshold; where it has none, an amount of the profile is taken and has the figures of one. */
  | { readonly kind: 'own'; readonly ownThreshold: Decimal | null };

export type FiguresOf<Kind extends ConditionKind> = Extract<Figures, { readonly kind: Kind }>;

/** The limit in the client's currency, or why there is none: `unknown` without a rate, `no-basis` without what it is taken from. */
export type Limit = { readonly amount: Decimal } | { readonly missing: 'unknown' | 'no-basis' };

/** A limit that is taken from a fact of the client: `unknown` where the fact cannot be read, `no-basis` where it is missing or not above 0. */
export function limitFrom(fact: MaybeKnown, limit: (fact: Decimal) => Decimal): Limit {
  if (fact === undefined) return { missing: 'unknown' };
  return fact === null || !isPositive(fact) ? { missing: 'no-basis' } : { amount: limit(fact) };
}

/** One kind of threshold: everything that the core knows of it. */
export interface KindOfCondition<Kind extends ConditionKind> {
  /** What it is taken from, where some billing systems can only work that out of their call records. */
  readonly needs?: CostlyFact;
  limit(threshold: ThresholdOf<Kind>, facts: LimitFacts): Limit;
  figures(threshold: ThresholdOf<Kind>, facts: LimitFacts): Figures;
  /** The threshold without a client: `100 USD`, `20% of the credit limit`. */
  text(threshold: ThresholdOf<Kind>, profileCurrency: string): string;
  /** Such as `100 USD` or `20% of the credit limit`, for operators. */
  words(figures: FiguresOf<Kind>, clientCurrency: string): string;
}
