import type { DataFault } from '../domain/client.js';
import { withMaskedAddresses } from '../domain/masked-address.js';
import type { BillingView } from './billing-views.js';
import { rawText } from './values/raw-text.js';

const longestValue = 60;

/** What was expected where the view fails for a client. */
export const workedOut = 'a value that the view can work out';

/** What is wrong with a value, for pages and for `doctor`: shortened, printable and without an address. */
export function faultOf(view: BillingView, column: string, value: unknown, expected: string): DataFault {
  const text = rawText(value);
  return { view, column, value: text === null ? null : shownValue(text), expected };
}

/** Shortened, and without an address. */
export function shownValue(text: string): string {
  const plain = withMaskedAddresses(visible(text));
  return plain.length <= longestValue ? plain : `${plain.slice(0, longestValue - 1)}…`;
}

/** With a sign for each character that nobody sees. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '�');
}
