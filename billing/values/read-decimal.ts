import { isDecimal, toDecimal, type Decimal } from '../../domain/money.js';
import { trimmedText } from './raw-text.js';

/** The smallest part of an amount that the views' contract knows, `DECIMAL(24,8)`. */
const places = 8;

/**
 * An amount as an exact decimal; undefined where it is no number, null where there is none. What comes as a DOUBLE or FLOAT is rounded
 * to what it can mean: 15 digits, and 8 decimal places, so that `0.1 + 0.2` is `0.3`.
 */
export function readDecimal(value: unknown): Decimal | null | undefined {
  if (typeof value === 'number') return rounded(value);
  const text = trimmedText(value);
  if (text === null) return null;
  // What a DECIMAL column says, without the detour over a number.
  if (/^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?$/.test(text)) {
    const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
    return short === '-0' ? '0' : short;
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text)) return undefined;
  const decimal = toDecimal(
    text
      .replace(/^\+/, '')
      .replace(/^(-?)\./, '$10.')
      .replace(/\.(?=e|$)/i, ''),
  );
  return isDecimal(decimal) ? decimal : undefined;
}

/** A DOUBLE without its noise; undefined for one that is no number, or becomes infinite by that, as the largest one does. */
export function decimalOfDouble(value: number): Decimal | undefined {
  const short = Number(value.toPrecision(15));
  return Number.isFinite(short) ? toDecimal(short) : undefined;
}

function rounded(value: number): Decimal | undefined {
  const decimal = decimalOfDouble(value);
  if (decimal === undefined) return undefined;
  const fraction = decimal.split('.')[1] ?? '';
  // Above 1e21 `toFixed` would answer an exponent; such an amount has no places to round.
  const short = fraction.length > places ? toDecimal(Number(decimal).toFixed(places)) : decimal;
  return isDecimal(short) ? short : undefined;
}
