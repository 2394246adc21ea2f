import { nearest } from '../../authoring/nearest.js';

/** What somebody may have meant by a value, by the problem that `validate` has with it; undefined where nobody can say. */
export function meantValue(code: string, value: unknown, message: string): unknown {
  if (typeof value === 'number') return isWantedInQuotes(message) ? String(value) : undefined;
  if (value === false && message === 'expected true') return true;
  if (typeof value !== 'string') return undefined;
  switch (code) {
    case 'wrong-value':
      return /^[0-9a-f]{6}$/i.test(value) && message.includes('#rrggbb')
        ? `#${value}`
        : oneOf(value, quotedIn(message));
    case 'unknown-webhook':
      return /\(perhaps "([^"]+)"\)/.exec(message)?.[1];
    case 'invalid-time-of-day':
      return timeOfDay(value);
    case 'unknown-time-zone':
      return timeZone(value);
    default:
      return undefined;
  }
}

/** A name or an id: what has a form of its own would be as wrong in quotes. */
function isWantedInQuotes(message: string): boolean {
  return /^expected .* in quotes/.test(message) && !/duration|time|address|currency|language/.test(message);
}

/** The words that a message says are expected. */
function quotedIn(message: string): readonly string[] {
  return /^expected (?:one of )?"|Valid values: "/.test(message)
    ? [...message.matchAll(/"([^"]+)"/g)].map(([, word]) => word!)
    : [];
}

/** `Monday` is `mon`, `abov` is `above`. */
function oneOf(value: string, words: readonly string[]): string | undefined {
  const beginning = words.filter((word) => value.toLowerCase().startsWith(word.toLowerCase()));
  return beginning.length === 1 ? beginning[0] : nearest(value, words);
}

/** `8:00` and `8.00` are `08:00`. */
function timeOfDay(value: string): string | undefined {
  const [, hour, minute = '00'] = /^(\d{1,2})(?:[:.](\d{2}))?$/.exec(value.trim()) ?? [];
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined;
  return `${hour.padStart(2, '0')}:${minute}`;
}

/** `Vienna` is `Europe/Vienna`. */
function timeZone(value: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone');
  const city = value.trim().replaceAll(' ', '_').toLowerCase();
  const found = zones.filter((zone) => zone.toLowerCase().endsWith(`/${city}`));
  return found.length === 1 ? found[0] : nearest(value, zones);
}
