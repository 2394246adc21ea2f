import currencies from 'currency-codes';
import { trimmedText } from './raw-text.js';

/** The package looks a code up in a list; a fleet has few currencies and many clients. */
const known = new Map<string, string | undefined>();
const mostKnown = 1_000;

/** An ISO 4217 code in upper case; undefined where it is no currency. */
export function readCurrency(value: unknown): string | undefined {
  const text = trimmedText(value);
  if (text === null || text.length > 8) return undefined;
  if (known.has(text)) return known.get(text);
  const upper = text.toUpperCase();
  const code = currencies.code(upper) ? upper : undefined;
  if (known.size < mostKnown) known.set(text, code);
  return code;
}
