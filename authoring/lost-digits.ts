import { compare, isDecimal, toDecimal, type Decimal } from '../domain/money.js';

export interface LostDigits {
  readonly code: 'out-of-range' | 'inexact-number';
  /** Continues the sentence "the threshold …". */
  readonly message: string;
}

/**
 * What a number loses when a JSON parser makes a double of it; undefined where that is exactly the number as written.
 * Said of the text, because the double no longer knows: `1e400` is Infinity, and `0.10000000000000000001` is 0.1.
 */
export function lostDigits(written: string): LostDigits | undefined {
  const exact = decimalOf(written);
  const kept = decimalOf(Number(written));
  if (!isDecimal(exact) || !isDecimal(kept)) {
    const message = `is ${written}: expected at most 30 digits before and after the point`;
    return { code: 'out-of-range', message };
  }
  if (compare(exact, kept) === 0) return undefined;
  return {
    code: 'inexact-number',
    message: `${written} would be read as ${kept}: expected at most 15 digits`,
  };
}

function decimalOf(value: string | number): Decimal | undefined {
  try {
    return toDecimal(value);
  } catch {
    return undefined;
  }
}
