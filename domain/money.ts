import Big from 'big.js';

/**
 * An exact decimal number in plain notation, such as `"12.5"` or `"-0.00000001"`.
 * Amounts stay strings everywhere outside this file, so that no float ever rounds money.
 */
export type Decimal = string;

const decimalPattern = /^-?\d{1,30}(\.\d{1,30})?$/;

/** True for plain decimal notation: an optional minus, digits, optionally a point and digits. No exponent. */
export function isDecimal(value: unknown): value is Decimal {
  return typeof value === 'string' && decimalPattern.test(value);
}

/**
 * The plain decimal notation of a number or numeric string: `1e-8` gives `"0.00000001"`, `"1.50"` gives `"1.5"`.
 * Throws RangeError for what is not a finite decimal number.
 */
export function toDecimal(value: string | number): Decimal {
  try {
    return plain(new Big(value));
  } catch {
    throw new RangeError(
      `not a decimal number: ${typeof value === 'string' ? JSON.stringify(value) : value}`,
    );
  }
}

/** As `plain` writes it. */
const plainPattern = /^(?:0|-?(?:[1-9]\d{0,29}(?:\.\d{0,29}[1-9])?|0\.\d{0,29}[1-9]))$/;

/** So few characters are exact as a double, and in the same order: what a plan asks most is answered without `Big`. */
const exactLength = 15;

export function add(a: Decimal, b: Decimal): Decimal {
  if (b === '0' && plainPattern.test(a)) return a;
  return plain(new Big(a).plus(b));
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return plain(new Big(a).minus(b));
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  if (b === '1' && plainPattern.test(a)) return a;
  return plain(new Big(a).times(b));
}

/** Negative when `a < b`, 0 when equal (`"1.0"` equals `"1"`), positive when `a > b`. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (isExact(a) && isExact(b)) {
    const [left, right] = [Number(a), Number(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return new Big(a).cmp(b);
}

function isExact(value: Decimal): boolean {
  return value.length <= exactLength && decimalPattern.test(value);
}

export function isBelow(a: Decimal, b: Decimal): boolean {
  return compare(a, b) < 0;
}

/** `divide('10', '4')` gives `"2.5"`; rounded half up, by default to 12 decimals, which is beyond what any balance has. */
export function divide(a: Decimal, b: Decimal, decimals = 12): Decimal {
  const exact = new Big(a);
  const precise = Big();
  precise.DP = decimals;
  return plain(new precise(exact).div(b));
}

/** A limit as people read it: no balance has more than 8 decimals. */
export function shownLimit(limit: Decimal): Decimal {
  return plain(new Big(limit).round(8));
}

export function percentOf(whole: Decimal, percent: Decimal): Decimal {
  return multiply(multiply(whole, percent), '0.01');
}

export function isPositive(value: Decimal): boolean {
  return compare(value, '0') > 0;
}

function plain(value: Big): Decimal {
  // A zero may carry a sign in big.js; "-0" would be a second spelling of the same amount.
  return value.eq(0) ? '0' : value.toFixed();
}
