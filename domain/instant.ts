const isoInstant =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?(?:[Zz]|([+-])(\d{2})(?::?(\d{2}))?)$/;

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/**
 * Epoch milliseconds of an ISO 8601 time with an offset, such as `2026-11-24T09:00:00Z`, `2026-11-24 10:00:00.5+0100` or
 * `2026-11-24t10:00+01`; undefined for anything else. A time without an offset could be any of a day, so it is not read; nor
 * is a date that no calendar has.
 */
export function instantOf(text: unknown): number | undefined {
  const parts = typeof text === 'string' ? isoInstant.exec(text) : null;
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const [fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = parts.slice(7);
  if (!isDate(year!, month!, day!) || !isTimeOfDay(hour!, minute!, second!)) return undefined;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const offsetMs =
    (sign === '-' ? -1 : 1) * (Number(offsetHours) * hourMs + Number(offsetMinutes) * minuteMs);
  const timeMs =
    hour! * hourMs + minute! * minuteMs + second! * 1_000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return daysSinceEpoch(year!, month!, day!) * dayMs + timeMs - offsetMs;
}

/** The end of a day may be written as `24:00:00`. */
function isTimeOfDay(hour: number, minute: number, second: number): boolean {
  return (hour <= 23 && minute <= 59 && second <= 59) || (hour === 24 && minute === 0 && second === 0);
}

function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Of the proleptic Gregorian calendar, counted in years that begin in March, so that a leap day is the last of its year. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const century = Math.floor(marchYear / 100);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    marchYear * 365 + Math.floor(marchYear / 4) - century + Math.floor(century / 4) + dayOfYear - 719_468
  );
}
