import type { DataFault } from '../domain/client.js';
import { withMaskedAddresses } from '../domain/masked-address.js';
import type { BillingView } from './billing-views.js';
import { rawText } from './values/raw-text.js';

const longestValue = 60;

/** What is wrong with a value, for pages and for `doctor`: shortened, printable and without an address. */
export function faultOf(view: BillingView, column: string, value: unknown, expected: string): DataFault {
  const text = rawText(value);
  return { view, column, value: text === null ? null : shortened(text), expected };
}

function shortened(text: string): string {
  const plain = withMaskedAddresses(text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '�'));
  return plain.length <= longestValue ? plain : `${plain.slice(0, longestValue - 1)}…`;
}
