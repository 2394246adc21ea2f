import { described } from './described.js';
import { instantOf } from './instant.js';
import { judgeRefillAmount } from './refill-amount.js';

/** A refill as another system reported it, and what of it could not be read. */
export interface ReadRefill {
  readonly refillId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What was found wrong in fields that are only shown: the refill counts all the same. */
  readonly notes: readonly string[];
}

export type RefillReading =
  | { readonly refill: ReadRefill; readonly problem?: undefined }
  | { readonly refill?: undefined; readonly problem: string };

const longestId = 255;
/** Systems write the beginning of their time (1970, 1900, 0001) for a time that they do not know. */
const earliest = 366 * 86_400_000;

/**
 * Reads a refill message of any shape (rule 24). Only `refillId` and `at` are needed, and an amount that is no refill is
 * refused; whatever else is wrong is noted.
 */
export function readRefill(message: unknown): RefillReading {
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    return { problem: `expected { refillId, at }, found ${described(message)}` };
  const { refillId, at, amount, currency } = message as Readonly<Record<string, unknown>>;
  const id = idOf(refillId);
  if (id === undefined) {
    return {
      problem: `refillId: expected a text of 1 to ${longestId} characters or a whole number, found ${idDescribed(refillId)}`,
    };
  }
  const instant = typeof at === 'string' ? instantOf(at.trim()) : undefined;
  if (instant === undefined || instant < earliest) {
    return {
      problem: `at: expected an ISO 8601 time with an offset such as "2026-11-24T09:00:00Z", found ${described(at)}`,
    };
  }
  if (isMissing(amount)) return { refill: { refillId: id, at: instant, notes: currencyNotes(currency) } };
  const judged = judgeRefillAmount(amount);
  if (judged === 'not-positive')
    return { problem: `amount: expected an amount above 0, found ${described(amount)}` };
  const notes =
    judged === 'unreadable' ? [`amount: expected a decimal number, found ${described(amount)}`] : [];
  return { refill: { refillId: id, at: instant, notes: [...notes, ...currencyNotes(currency)] } };
}

/** Ids are often numbers in the system that sends them. One that lost digits on its way is not that id any more. */
function idOf(refillId: unknown): string | undefined {
  if (typeof refillId === 'number') return Number.isSafeInteger(refillId) ? String(refillId) : undefined;
  const id = typeof refillId === 'string' ? refillId.trim() : '';
  return id.length >= 1 && id.length <= longestId ? id : undefined;
}

function idDescribed(refillId: unknown): string {
  return typeof refillId === 'string' && refillId.length > longestId
    ? `${refillId.length} characters`
    : described(refillId);
}

function currencyNotes(currency: unknown): readonly string[] {
  if (isMissing(currency) || (typeof currency === 'string' && /^[A-Z]{3}$/.test(currency))) return [];
  return [`currency: expected an ISO 4217 code such as "USD", found ${described(currency)}`];
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}
