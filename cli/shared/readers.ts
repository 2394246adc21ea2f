import { knownCurrency } from '../../authoring/currencies.js';
import { longestClientId } from '../../domain/client-id.js';
import { parseDuration } from '../../domain/duration.js';
import { writtenInstant } from '../../domain/written-instant.js';
import { isDecimal, toDecimal, type Decimal } from '../../domain/money.js';
import { isTimeZone } from '../../domain/time-zone.js';
import { isRefill } from '../../domain/refill-amount.js';

/** How the text of one argument or option becomes a value. */
export interface Reader<T> {
  /** Throws InvalidValue, which says what was expected. */
  readonly read: (text: string) => T;
  /** All texts that are valid, where they are few; a shell completes them. */
  readonly choices?: readonly string[];
  /** What a shell completes. */
  readonly completes?: 'file' | 'folder';
}

/** What is expected of a value, without its name: `expected a whole number from 1 to 10`. */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
}

/** Any text but an empty one. */
export const text: Reader<string> = {
  read: (written) => (written.trim() === '' ? invalid('a text that is not empty') : written),
};

/** The same, where a column holds so many characters. */
export function textUpTo(longest: number): Reader<string> {
  return {
    read: (written) =>
      written.trim() === '' || written.length > longest
        ? invalid(`a text of 1 to ${longest} characters`)
        : written,
  };
}

export const file: Reader<string> = {
  read: (written) => (written.trim() === '' ? invalid('the path of a file') : written),
  completes: 'file',
};

export const folder: Reader<string> = {
  read: (written) => (written.trim() === '' ? invalid('the path of a folder') : written),
  completes: 'folder',
};

export function choice<const T extends string>(...choices: readonly T[]): Reader<T> {
  return {
    choices,
    read: (written) => choices.find((each) => each === written) ?? invalid(`one of ${choices.join(', ')}`),
  };
}

export function wholeNumber(least: number, most: number): Reader<number> {
  return {
    read(written) {
      const number = /^-?\d{1,15}$/.test(written) ? Number(written) : Number.NaN;
      return number >= least && number <= most ? number : invalid(`a whole number from ${least} to ${most}`);
    },
  };
}

/** An exact amount of money in plain notation; at least `least` where it is given. */
export function amount(least?: number): Reader<Decimal> {
  const expected =
    least === undefined ? 'an amount such as 12.50' : `an amount such as 12.50, at least ${least}`;
  return {
    read: (written) =>
      isDecimal(written) && (least === undefined || Number(written) >= least)
        ? toDecimal(written)
        : invalid(expected),
  };
}

/** An amount that a refill can have. */
export const refillAmount: Reader<Decimal> = {
  read: (written) =>
    isDecimal(written) && isRefill(written) ? toDecimal(written) : invalid('an amount above 0 such as 12.50'),
};

/** An exchange rate: a decimal number above 0. */
export const rate: Reader<Decimal> = {
  read: (written) =>
    isDecimal(written) && Number(written) > 0 ? toDecimal(written) : invalid('a rate above 0 such as 0.92'),
};

export const currency: Reader<string> = {
  read: (written) => (knownCurrency(written) ? written : invalid('an ISO 4217 code in capitals such as USD')),
};

/** In milliseconds. */
export function duration(leastMs = 0): Reader<number> {
  return {
    read(written) {
      const ms = parseDuration(written);
      if (ms !== undefined && ms >= leastMs) return ms;
      const least = leastMs > 0 ? `at least ${leastMs / 1_000}s and ` : '';
      return invalid(`digits and s, m, h, d or w, such as 24h or 1d12h, ${least}at most 3650d`);
    },
  };
}

/** A duration as it was written. */
export function durationText(leastMs = 0): Reader<string> {
  const { read } = duration(leastMs);
  return {
    read(written) {
      read(written);
      return written;
    },
  };
}

/** A refill at an offset from the start: `10d=50`. */
export const refillOnDay: Reader<{ readonly atMs: number; readonly amount: Decimal }> = {
  read(written) {
    const [at = '', sum = '', ...more] = written.split('=');
    const atMs = parseDuration(at);
    if (atMs === undefined || !isDecimal(sum) || !isRefill(sum) || more.length > 0)
      return invalid('an offset and an amount above 0, such as 10d=50');
    return { atMs, amount: toDecimal(sum) };
  },
};

/** In epoch milliseconds. A time without an offset is UTC. */
export const instant: Reader<number> = {
  read: (written) =>
    writtenInstant(written) ??
    invalid('an ISO 8601 time such as 2026-11-24T09:00 (UTC) or 2026-11-24T09:00+02:00'),
};

/** In epoch milliseconds: a length of time before now, or a time in the past. */
export const pastInstant: Reader<number> = {
  read(written) {
    const now = Date.now();
    const agoMs = parseDuration(written);
    const at = agoMs === undefined ? writtenInstant(written) : now - agoMs;
    if (at !== undefined && at <= now) return at;
    return invalid(
      'a duration before now such as 24h, or an ISO 8601 time in the past such as 2026-11-24T09:00 (UTC)',
    );
  },
};

/** In epoch milliseconds. */
export const futureInstant: Reader<number> = {
  read(written) {
    const at = instant.read(written);
    return at > Date.now() ? at : invalid('a time in the future');
  },
};

export const clientId: Reader<string> = {
  read: (written) =>
    written.trim() === '' || Array.from(written).length > longestClientId
      ? invalid('the id of a client, 1 to 64 characters')
      : written,
};

export const resellerId: Reader<string> = {
  read: (written) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(written)
      ? written
      : invalid('letters, digits, ".", "_" and "-", such as acme'),
};

/** `<reseller>/<slug>`, whether or not a file has it. */
export const profileId: Reader<string> = {
  read: (written) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/[A-Za-z0-9][A-Za-z0-9._-]{0,125}$/.test(written)
      ? written
      : invalid('<reseller>/<slug> such as acme/prepaid-usd'),
};

export const ruleKey: Reader<string> = {
  read: (written) =>
    /^(user|client|advanced:.+)$/s.test(written) ? written : invalid('user, client or advanced:<name>'),
};

export const languageTag: Reader<string> = {
  read(written) {
    try {
      return Intl.getCanonicalLocales(written)[0] ?? invalid('a language tag such as de-AT');
    } catch {
      return invalid('a language tag such as de-AT');
    }
  },
};

export const timeZone: Reader<string> = {
  read: (written) => (isTimeZone(written) ? written : invalid('a time zone such as Europe/Vienna')),
};

/** `<reseller>/<slug>`, or the path of a profile's file. Whether it exists is for the verb to say. */
export const profileName: Reader<string> = {
  read: (written) =>
    written.trim() === ''
      ? invalid('<reseller>/<slug> such as acme/prepaid-usd, or the path of a profile')
      : written,
  completes: 'file',
};

export const revisionNumber: Reader<string> = {
  read: (written) =>
    /^\d{1,18}$/.test(written) ? written : invalid('a number that `low-balance history` shows'),
};

/** True, or what was expected: as questions on a terminal want it. */
export function readable(reader: Reader<unknown>, written: string): true | string {
  try {
    reader.read(written);
    return true;
  } catch (error) {
    if (error instanceof InvalidValue) return error.message;
    throw error;
  }
}

/** Throws. */
export function invalid(expected: string): never {
  throw new InvalidValue(`expected ${expected}`);
}
