import { compare, isDecimal, toDecimal, type Decimal } from './money.js';

/** Whether money was added: zero or less is a correction or a charge, and starts no new cycle. */
export function isRefill(amount: Decimal): boolean {
  return compare(amount, '0') > 0;
}

/**
 * The amount of a refill as another system wrote it. `unreadable` says nothing against the refill; `not-positive` does, in
 * whatever notation: `-50`, `"-1.234,50"`, `"(20.00)"`, `"50-"`, `"0,00 EUR"`.
 */
export function judgeRefillAmount(amount: unknown): 'positive' | 'not-positive' | 'unreadable' {
  if (typeof amount === 'number') return judgeNumber(amount);
  if (typeof amount !== 'string') return 'unreadable';
  const text = amount.trim();
  if (isDecimal(text)) return isRefill(text) ? 'positive' : 'not-positive';
  return isNegativeOrZero(text) ? 'not-positive' : 'unreadable';
}

/** JSON may hold a number that is too large for a double. */
function judgeNumber(amount: number): 'positive' | 'not-positive' | 'unreadable' {
  if (Number.isFinite(amount)) return isRefill(toDecimal(amount)) ? 'positive' : 'not-positive';
  return amount < 0 ? 'not-positive' : 'unreadable';
}

/** Of a text with thousands separators, a decimal comma, a currency or an accountant's brackets. */
function isNegativeOrZero(text: string): boolean {
  const digits = text.replaceAll(/[^\d]/g, '');
  if (digits === '' || text.length > 100) return false;
  const bare = text.replaceAll(/[\p{L}\p{Sc}\s'’]/gu, '');
  return /^0+$/.test(digits) || /^[-−–(]/u.test(bare) || /[-−–]$/u.test(bare);
}
