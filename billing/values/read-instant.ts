import { trimmedText } from './raw-text.js';

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;
const longestOffsetMinutes = 14 * 60;

/**
 * A time in epoch milliseconds: DATETIME, TIMESTAMP and DATE as MySQL writes them, in UTC where they say no offset. Null where there is
 * none, which is also what zero dates such as `0000-00-00` mean; undefined where it is no time.
 */
export function readInstant(value: unknown): number | null | undefined {
  const text = trimmedText(value);
  if (text === null) return null;
  if (text.startsWith('0000-00-00') && /^0000-00-00([T ]00:00(:00(\.0+)?)?)?$/.test(text)) return null;
  const plain = plainDatetime(text);
  if (plain !== undefined) return plain;
  const found = pattern.exec(text);
  if (!found) return undefined;
  const offset = found[8] === undefined ? 0 : offsetMs(found[8]);
  if (offset === undefined) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => +(part ?? 0));
  const ms = found[7] === undefined ? 0 : +`${found[7]}00`.slice(0, 3);
  const at = instantOf(year!, month!, day!, hour!, minute!, second!);
  return at === undefined ? undefined : at + ms - offset;
}

/** `2026-02-03 04:05:06.000000`, as a DATETIME column says it: most texts are such, and each check reads several. */
function plainDatetime(text: string): number | undefined {
  const { length } = text;
  if ((length !== 19 && length !== 26) || text[4] !== '-' || text[7] !== '-' || text[10] !== ' ')
    return undefined;
  if (text[13] !== ':' || text[16] !== ':' || (length === 26 && text[19] !== '.')) return undefined;
  const year = two(text, 0) * 100 + two(text, 2);
  const micros = length === 26 ? two(text, 20) * 10_000 + two(text, 22) * 100 + two(text, 24) : 0;
  const at = instantOf(year, two(text, 5), two(text, 8), two(text, 11), two(text, 14), two(text, 17));
  return at === undefined || Number.isNaN(at + micros) ? undefined : at + Math.floor(micros / 1_000);
}

/** Two digits; NaN where there are none. */
function two(text: string, index: number): number {
  const [tens, ones] = [text.charCodeAt(index) - 48, text.charCodeAt(index + 1) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Undefined where no calendar or clock has it: `2026-02-30` must not become the 2nd of March. */
function instantOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || (day > 28 && day > daysOf(year, month))) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return utc(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1_000;
}

/** `Date.UTC` takes the years before 100 for those of the last century; 400 years have the same days each time. */
function utc(year: number, month: number, day: number): number {
  return year < 100
    ? Date.UTC(year + 400, month - 1, day) - daysOf400Years * dayMs
    : Date.UTC(year, month - 1, day);
}

const daysOf400Years = 146_097;
const dayMs = 86_400_000;

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Undefined where no zone has it. */
function offsetMs(zone: string): number | undefined {
  const found = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!found) return 0;
  const [hours, minutes] = [+found[2]!, +(found[3] ?? 0)];
  if (minutes > 59 || hours * 60 + minutes > longestOffsetMinutes) return undefined;
  return (found[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
