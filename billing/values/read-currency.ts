import currencies from 'currency-codes';
import { trimmedText } from './raw-text.js';

/** An ISO 4217 code in upper case; undefined where it is no currency. */
export function readCurrency(value: unknown): string | undefined {
  const code = trimmedText(value)?.toUpperCase();
  return code !== undefined && currencies.code(code) ? code : undefined;
}
