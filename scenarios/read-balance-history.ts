import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { parseDuration } from '../domain/duration.js';
import { writtenInstant } from '../domain/written-instant.js';
import { isDecimal, toDecimal, type Decimal } from '../domain/money.js';
import { isRefill } from '../domain/refill-amount.js';
import type { BalanceHistory, BalanceStep } from './balance-history.js';

export interface ReadHistory {
  readonly history: BalanceHistory;
  /** Epoch milliseconds of the first row, where rows say instants. */
  readonly startAt: number | undefined;
}

/** A row says something else than a time and a balance, or a time, a kind and an amount. The message names the row. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}

interface Row {
  readonly at: unknown;
  readonly balance?: unknown;
  readonly kind?: unknown;
  readonly amount?: unknown;
}

/**
 * A balance history from a file's text.
 * - CSV with a header line: `at,balance` or `at,kind,amount`.
 * - JSON: a list of `{ at, balance }` or `{ at, kind, amount }`; kind is charge, refill or adjustment.
 * - `at` is an offset such as `25h`, or an ISO 8601 time; the history starts with its first row.
 * Throws HistoryError.
 */
export function readBalanceHistory(text: string): ReadHistory {
  const rows = /^\s*[[/]/.test(text) ? jsonRows(text) : csvRows(text);
  const [first] = rows;
  if (!first) throw new HistoryError('expected at least one row, found none');
  const instants = rows.map(({ at }, index) => instantOf(at, index));
  const isOffset = typeof first.at === 'string' && parseDuration(first.at) !== undefined;
  const startAt = isOffset ? 0 : instants[0]!;
  const steps = rows
    .map((row, index) => stepOf(row, index, instants[index]! - startAt))
    .sort((a, b) => a.atMs - b.atMs);
  const startBalance = steps[0]?.kind === 'balance' ? steps[0].amount : '0';
  const untilMs = steps.at(-1)?.atMs ?? 0;
  if ((steps[0]?.atMs ?? 0) < 0) throw new HistoryError('the first row must be the earliest one');
  return { history: { startBalance, steps, untilMs }, startAt: isOffset ? undefined : startAt };
}

function jsonRows(text: string): readonly Row[] {
  const errors: ParseError[] = [];
  const rows: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error)
    throw new HistoryError(
      `expected JSON, found ${printParseErrorCode(error.error)} at offset ${error.offset}`,
    );
  if (!Array.isArray(rows)) throw new HistoryError('expected a JSON list of rows');
  return rows.map((row: unknown, index) => {
    if (typeof row === 'object' && row !== null && 'at' in row) return row;
    throw rowError(index, 'expected { at, balance } or { at, kind, amount }');
  });
}

function csvRows(text: string): readonly Row[] {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const names = cellsOf(header);
  const known = ['at,balance', 'at,kind,amount'];
  if (!known.includes(names.join(',')))
    throw new HistoryError(
      `expected the header ${known.join(' or ')}, found ${JSON.stringify(header.slice(0, 80))}`,
    );
  return lines.map((line, index) => {
    const cells = cellsOf(line);
    if (cells.length !== names.length)
      throw rowError(index, `expected ${names.length} cells, found ${cells.length}`);
    return Object.fromEntries(names.map((name, at) => [name, cells[at]])) as unknown as Row;
  });
}

function cellsOf(line: string): readonly string[] {
  return line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

function stepOf({ balance, kind, amount }: Row, index: number, atMs: number): BalanceStep {
  if (balance !== undefined) return { atMs, kind: 'balance', amount: decimalOf(balance, index) };
  if (kind !== 'charge' && kind !== 'refill' && kind !== 'adjustment')
    throw rowError(index, `kind: expected charge, refill or adjustment, found ${JSON.stringify(kind)}`);
  const read = decimalOf(amount, index);
  if (kind === 'refill' && !isRefill(read))
    throw rowError(index, `a refill of ${read}: expected an amount above 0; less is an adjustment`);
  return { atMs, kind, amount: read };
}

function decimalOf(value: unknown, index: number): Decimal {
  if (typeof value === 'number' && Number.isFinite(value)) return toDecimal(value);
  if (isDecimal(value)) return toDecimal(value);
  throw rowError(index, `expected an amount such as 12.50, found ${JSON.stringify(value)}`);
}

function instantOf(at: unknown, index: number): number {
  const instant = typeof at === 'string' ? (parseDuration(at) ?? writtenInstant(at)) : undefined;
  if (instant === undefined)
    throw rowError(
      index,
      `at: expected an offset such as "25h" or an ISO 8601 time (UTC without an offset), found ${JSON.stringify(at)}`,
    );
  return instant;
}

function rowError(index: number, message: string): HistoryError {
  return new HistoryError(`row ${index + 1}: ${message}`);
}
