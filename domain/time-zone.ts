const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How far the clocks of a zone are ahead of UTC at an instant, milliseconds. */
export type ZoneOffset = (at: number) => number;

/** The clocks of the first of these IANA zones that is known. */
export type ZoneOf = (...names: readonly (string | null | undefined)[]) => ZoneOffset;

/** UTC itself. */
export const utc: ZoneOffset = () => 0;

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** The clocks of the first of these IANA zones that is known, through their changes; UTC where none is. */
export function zoneOffsetOf(...names: readonly (string | null | undefined)[]): ZoneOffset {
  for (const name of names) {
    const format = name ? formatOf(name) : undefined;
    if (format) return (at) => offsetMsOf(format, at);
  }
  return utc;
}

export function isTimeZone(name: string): boolean {
  return formatOf(name) !== undefined;
}

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(name)) formats.set(name, newFormat(name));
  return formats.get(name);
}

function newFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const options = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, second: 'numeric', hourCycle: 'h23', timeZone });
  } catch {
    return undefined;
  }
}

function offsetMsOf(format: Intl.DateTimeFormat, at: number): number {
  const whole = Math.floor(at / 1_000) * 1_000;
  const field: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(whole)) field[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = field;
  return (daysSince1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000 - whole;
}

/** Days from 1970-01-01 to a day of the Gregorian calendar; months count from 1. */
export function daysSince1970(year: number, month: number, day: number): number {
  // Years begin in March, so that the leap day is the last of its year.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The local day that an instant falls in, as days since 1970-01-01. */
export function localDayOf(zone: ZoneOffset, at: number): number {
  return Math.floor((at + zone(at)) / dayMs);
}

/**
 * The first instant at which the clocks of a zone show this time of this local day, or have jumped over it. `day` is in
 * days since 1970-01-01; `minutes` after midnight may lie in the next day. `near` is any instant some days around it.
 */
export function instantOfLocal(zone: ZoneOffset, day: number, minutes: number, near: number): number {
  const local = day * dayMs + minutes * 60_000;
  const about = local - zone(near);
  const before = zone(about - dayMs);
  const after = zone(about + dayMs);
  const candidates = [local - before, local - after].sort((a, b) => a - b);
  const shown = candidates.find((at) => at + zone(at) === local);
  if (shown !== undefined) return shown;
  // The clocks jump over it: between these two they are put forward.
  let [early, late] = candidates as [number, number];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (middle + zone(middle) < local) early = middle;
    else late = middle;
  }
  return late;
}
