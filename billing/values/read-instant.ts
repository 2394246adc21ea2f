import { trimmedText } from './raw-text.js';

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * A time in epoch milliseconds: DATETIME, TIMESTAMP and DATE as MySQL writes them, in UTC where they say no offset. Null where there is
 * none, which is also what zero dates such as `0000-00-00` mean; undefined where it is no time.
 */
export function readInstant(value: unknown): number | null | undefined {
  const text = trimmedText(value);
  if (text === null || /^0000-00-00([T ]00:00(:00(\.0+)?)?)?$/.test(text)) return null;
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = found;
  const ms = Number(`${fraction}000`.slice(0, 3));
  const at = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second, ms);
  const read = new Date(at);
  // `2026-02-30` is no day, and must not become the 2nd of March.
  const isDay = read.getUTCDate() === +day! && read.getUTCMonth() === +month! - 1;
  if ((+hour < 24 && !isDay) || +hour > 23 || +minute > 59 || +second > 59) return undefined;
  return at - offsetMs(zone);
}

function offsetMs(zone: string | undefined): number {
  const found = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (!found) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  return (found[1] === '-' ? -minutes : minutes) * 60_000;
}
