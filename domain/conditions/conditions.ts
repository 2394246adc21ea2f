import { compare, type Decimal } from '../money.js';
import type { CostlyFact } from '../costly-fact.js';
import { amount } from './amount.js';
import type {
  Condition,
  ConditionKind,
  Figures,
  KindOfCondition,
  LimitFacts,
  Threshold,
  When,
} from './condition.js';
import { lasts } from './lasts.js';
import { own } from './own.js';
import { percentOfCreditLimit } from './percent-of-credit-limit.js';
import { percentOfLastRefill } from './percent-of-last-refill.js';

/** Every kind of threshold. A new one is a file beside these, a member of `Threshold` and of `Figures`, and a line here. */
const kinds = { amount, percentOfCreditLimit, percentOfLastRefill, lasts, own } as const satisfies {
  readonly [Kind in ConditionKind]: KindOfCondition<Kind>;
};

/** What a condition comes to for one client. */
export interface ConditionFound {
  /** In the client's currency; undefined where there is none. */
  readonly limit: Decimal | undefined;
  /** Whether the available balance is beyond the limit, on the condition's side. */
  readonly met: boolean | 'unknown' | 'no-basis';
}

/** Rules 1 and 16: the limit of a condition, and whether the available balance is strictly below it, or above it. */
export function findCondition(
  { threshold, when }: Condition,
  availableBalance: Decimal,
  facts: LimitFacts,
): ConditionFound {
  const limit = kindOf(threshold).limit(threshold, facts);
  if ('missing' in limit) return { limit: undefined, met: limit.missing };
  return { limit: limit.amount, met: isBeyond(availableBalance, limit.amount, when) };
}

/** What the limit of a condition was made of. */
export function figuresOf({ threshold }: Condition, facts: LimitFacts): Figures {
  return kindOf(threshold).figures(threshold, facts);
}

/** Equal is on neither side. */
function isBeyond(availableBalance: Decimal, limit: Decimal, when: When): boolean {
  const side = compare(availableBalance, limit);
  return when === 'below' ? side < 0 : side > 0;
}

/** What a limit of this kind is taken from, where that is costly to find out. */
export function costlyFactOf({ kind }: Threshold): CostlyFact | undefined {
  const needing: Readonly<Record<ConditionKind, { readonly needs?: CostlyFact }>> = kinds;
  return needing[kind].needs;
}

/** What a limit was made of, in words for operators: `20% of the credit limit, 500 USD`. */
export function figuresText(figures: Figures, clientCurrency: string): string {
  const kind = kinds[figures.kind] as unknown as { words(figures: Figures, currency: string): string };
  return kind.words(figures, clientCurrency);
}

/** A threshold as a profile says it, for people: `100 USD`, `3d of spending`. */
export function thresholdText(threshold: Threshold, profileCurrency: string): string {
  return kindOf(threshold).text(threshold, profileCurrency);
}

/** The compiler cannot tie a value's kind to the entry of the table that is looked up by it. */
function kindOf(threshold: Threshold): {
  limit(threshold: Threshold, facts: LimitFacts): ReturnType<KindOfCondition<ConditionKind>['limit']>;
  figures(threshold: Threshold, facts: LimitFacts): Figures;
  text(threshold: Threshold, profileCurrency: string): string;
} {
  return kinds[threshold.kind];
}
