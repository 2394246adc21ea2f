import { profileFields } from './profile/profile-fields.js';
import type { SendingHoursFile, Weekday } from './profile/profile-file.js';
import type { Audience } from './profile/written-rules.js';
import { instantOfLocal, localDayOf, type ZoneOffset } from './time-zone.js';

/** When a profile lets notices be sent (rule 19), by the client's clocks. */
export interface SendingHours {
  /** Minutes after midnight. */
  readonly from: number;
  /** Minutes after midnight, at most 1440; not after `from`: on the next day. */
  readonly to: number;
  /** The days on which the hours begin: 0 is Monday. */
  readonly days: readonly number[];
  readonly audiences: readonly Audience[];
}

/** The hours as a profile says them; by default every day, for staff and client. */
export function sendingHoursOf(written: SendingHoursFile): SendingHours {
  const { from, to, days = everyDay.default, audiences = everybody.default, ...rest } = written;
  return {
    from: minutesOf(from),
    to: minutesOf(to),
    days: days.map((day) => weekdays.indexOf(day)).sort((a, b) => a - b),
    audiences,
    ...(rest satisfies Readonly<Record<string, never>>),
  };
}

/** By their number: 0 is Monday. */
const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const { days: everyDay, audiences: everybody } = profileFields.sendingHours.fields;

/** Throws RangeError on a text that validation would have refused. */
function minutesOf(time: string): number {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(time) ?? [];
  if (hours === undefined) throw new RangeError(`"${time}" is not a time of the day, such as "08:00"`);
  return Number(hours) * 60 + Number(minutes);
}

const minutesOfDay = 1_440;
/** A week, with the day before that may reach into it. */
const daysToLookAt = 8;
const weekMs = 7 * 86_400_000;

/**
 * Rule 19: when the hours open next, where they are closed at `at`.
 * - They open when the clocks first show `from`, or jump over it, and close when the clocks then first show `to`.
 * - `from` equal to `to` is a whole day.
 */
export function closedUntil(
  hours: SendingHours,
  zone: ZoneOffset,
  at: number,
): { readonly until: number | undefined } | undefined {
  for (const { opens, closes } of hoursAround(hours, zone, at)) {
    if (opens > at) return { until: opens };
    if (at < closes) return undefined;
  }
  return { until: undefined };
}

/** When the hours close that are open at `at`; undefined where they are closed, or do not close. Hours that follow each other without a gap are one. */
export function openUntil(hours: SendingHours, zone: ZoneOffset, at: number): number | undefined {
  let until: number | undefined;
  for (const { opens, closes } of hoursAround(hours, zone, at)) {
    if (opens > (until ?? at)) break;
    if (closes > (until ?? at)) until = closes;
  }
  return until === undefined || until > at + weekMs ? undefined : until;
}

/** The hours of the days around an instant, in their order. */
function* hoursAround(
  hours: SendingHours,
  zone: ZoneOffset,
  at: number,
): Generator<{ readonly opens: number; readonly closes: number }> {
  const today = localDayOf(zone, at);
  for (let day = today - 1; day <= today + daysToLookAt; day += 1) {
    if (!hours.days.includes(weekdayOf(day))) continue;
    const opens = instantOfLocal(zone, day, hours.from, at);
    const to = hours.to > hours.from ? hours.to : hours.to + minutesOfDay;
    const closes = instantOfLocal(zone, day, to, at);
    if (closes > opens) yield { opens, closes };
  }
}

/** 0 is Monday; 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}
