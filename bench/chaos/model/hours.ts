import type { HoursTruth } from './truth.js';

// Rule 19 once more, by what a clock on the wall shows, minute by minute.

const minuteMs = 60_000;

/** Whether the hours are open; `zones`: IANA names, of which the first known one counts. */
export function isOpen({ from, to, days }: HoursTruth, zones: readonly string[], at: number): boolean {
  const { minutes, day } = wallClock(zones, at);
  const before = (day + 6) % 7;
  if (from < to) return days.includes(day) && minutes >= from && minutes < to;
  return (days.includes(day) && minutes >= from) || (days.includes(before) && minutes < to);
}

/** The instant after `at` at which closed hours open; undefined where that is not before `until`. */
export function nextOpening(
  hours: HoursTruth,
  zones: readonly string[],
  at: number,
  until: number,
): number | undefined {
  for (let minute = Math.floor(at / minuteMs + 1) * minuteMs; minute < until; minute += minuteMs)
    if (isOpen(hours, zones, minute)) return minute;
  return undefined;
}

/** Minutes after midnight, and the day of the week from 0, Monday. */
export function wallClock(zones: readonly string[], at: number): { minutes: number; day: number } {
  const parts = clockOf(zones.find(isKnown) ?? 'UTC').formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday'));
  return { minutes: Number(part('hour')) * 60 + Number(part('minute')), day };
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  clocks.set(timeZone, clock);
  return clock;
}

function isKnown(timeZone: string): boolean {
  try {
    clockOf(timeZone);
    return true;
  } catch {
    return false;
  }
}
