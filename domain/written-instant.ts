import { instantOf } from './instant.js';

const date = /^\d{4}-\d{2}-\d{2}$/;
const withoutOffset = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,12})?)?$/;

/**
 * Epoch milliseconds of an ISO 8601 date or time as people write it: `2026-11-24`, `2026-11-24T09:00`,
 * `2026-11-24 09:00:30+02:00`. Without an offset it is UTC, whatever the machine's zone is. Undefined for anything else.
 */
export function writtenInstant(text: string): number | undefined {
  if (date.test(text)) return instantOf(`${text}T00:00Z`);
  return instantOf(withoutOffset.test(text) ? `${text}Z` : text);
}
