/** The pause after a 429 whose headers name no readable one, milliseconds. */
const defaultPauseMs = 10_000;

const shortestPauseMs = 1_000;

/** No plan of a provider pauses longer; what names more has mistaken its unit. */
const longestPauseMs = 86_400_000;

/** Above this a number of seconds lies 1,100 years ahead: it counts milliseconds. */
const leastMilliseconds = 100_000_000_000;

/** Below this an instant lies in 2001 or before: it is a number of seconds from now. */
const leastInstantSeconds = 1_000_000_000;

/**
 * How long a 429 asks to wait: between a second and a day, always a number.
 * - `Retry-After` is a number of seconds or a date; `X-RateLimit-Reset` is an instant in epoch seconds. A value in the
 *   other's unit, or in milliseconds, is read as what it must mean; one that is not readable gives way to the next.
 * - Instants are compared with the answer's own `Date`, so that a clock of this machine that is wrong changes nothing.
 *
 * `headers` have lower-case names; `now` is epoch milliseconds.
 */
export function pauseOf(headers: Readonly<Record<string, string>>, now: number): number {
  const answeredAt = Date.parse(headers['date'] ?? '');
  const since = Number.isNaN(answeredAt) ? now : answeredAt;
  const pauseMs =
    fromNumber(headers['retry-after'], since) ??
    fromDate(headers['retry-after'], since) ??
    fromNumber(headers['x-ratelimit-reset'], since) ??
    fromDate(headers['x-ratelimit-reset'], since) ??
    defaultPauseMs;
  return Math.min(longestPauseMs, Math.max(shortestPauseMs, pauseMs));
}

function fromNumber(value: string | undefined, since: number): number | undefined {
  if (value === undefined || !/^\s*\d{1,20}(\.\d{1,20})?\s*$/.test(value)) return undefined;
  const number = Number(value);
  if (number >= leastMilliseconds) return number - since;
  return number >= leastInstantSeconds ? number * 1_000 - since : number * 1_000;
}

/** A date as HTTP writes it; `Date.parse` alone would take `-5` for a year. */
function fromDate(value: string | undefined, since: number): number | undefined {
  if (value === undefined || !/[a-z]{3}|\d{4}-\d{2}/i.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at - since;
}
