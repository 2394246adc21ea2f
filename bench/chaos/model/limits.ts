import { assertNever } from '../../../domain/assert-never.js';
import type { ClientRow, RuleTruth, ThresholdTruth } from './truth.js';

// Rules 1 and 16 once more. Limits are exact in ten-thousandths of the currency, balances in hundredths.

const perCent = 100;

/** What a threshold comes to for a client, in ten-thousandths; undefined where there is nothing to take it from (rule 16). */
export function limitOf(threshold: ThresholdTruth, row: ClientRow): number | undefined {
  switch (threshold.kind) {
    case 'amount':
      return threshold.cents * perCent;
    case 'percentOfCreditLimit':
      return partOf(row.creditCents, threshold.percent);
    case 'percentOfLastRefill':
      return partOf(row.lastRefillCents, threshold.percent);
    case 'lasts':
      return partOf(row.spendCents, threshold.halfDays * 50);
    case 'own': {
      const cents = row.ownCents ?? threshold.otherwiseCents;
      return cents === null ? undefined : cents * perCent;
    }
    default:
      return assertNever(threshold);
  }
}

/** A part of nothing is no limit. */
function partOf(cents: number | null, percent: number): number | undefined {
  return cents === null || cents <= 0 ? undefined : cents * percent;
}

/** In hundredths. */
export function availableOf({ cents, creditCents }: ClientRow): number {
  return cents + creditCents;
}

/** Whether the balance is on the rule's side of its limit, strictly; undefined where there is no limit. */
export function isMet({ threshold, when }: RuleTruth, row: ClientRow): boolean | undefined {
  const limit = limitOf(threshold, row);
  if (limit === undefined) return undefined;
  const available = availableOf(row) * perCent;
  return when === 'below' ? available < limit : available > limit;
}

/** `"12.345"` → 123450 ten-thousandths; throws where a decimal has more places than that. */
export function tenThousandths(decimal: string): number {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,4})0*)?$/.exec(decimal) ?? [];
  if (whole === undefined) throw new Error(`expected a decimal of at most four places, found ${decimal}`);
  const amount = Number(whole) * 10_000 + Number(fraction.padEnd(4, '0'));
  return sign === '-' ? -amount : amount;
}
