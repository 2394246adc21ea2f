import { watchedWith, type Assigner } from '../../domain/assignment.js';
import { faultsText } from '../../domain/client.js';
import type { Decimal } from '../../domain/money.js';
import { isRefill } from '../../domain/refill-amount.js';
import type { Queryable } from '../../store/queryable.js';
import { faultOf } from '../data-fault.js';
import { trimmedText } from '../values/raw-text.js';
import { readDecimal } from '../values/read-decimal.js';
import { readInstant } from '../values/read-instant.js';
import { createBilling } from './billing.js';
import { isOneOf, readViewColumns } from './view-columns.js';

/** One recorded change of a balance, from the optional view `billing_entry`. */
export interface BillingEntry {
  /** epoch milliseconds */
  readonly at: number;
  readonly kind: 'charge' | 'refill' | 'adjustment';
  /** Charges are positive amounts that lower the balance; adjustments have a sign. */
  readonly amount: Decimal;
}

interface EntryRow {
  readonly at: unknown;
  readonly kind: unknown;
  readonly amount: unknown;
}

/** A history with a row that cannot be read would answer what never was. */
export class BillingEntryError extends Error {
  override readonly name = 'BillingEntryError';
}

/** All entries of a client from an instant on, by time. Throws BillingEntryError where one cannot be read. */
export async function readEntries(
  billing: Queryable,
  clientId: string,
  since: number,
): Promise<readonly BillingEntry[]> {
  const own = await ofClient(billing, clientId);
  const rows = await billing.query<EntryRow[]>(
    `SELECT at, kind, amount FROM billing_entry WHERE ${own.sql} AND at >= ? ORDER BY at`,
    [...own.values, sqlTime(since)],
  );
  return rows.map(entryOf);
}

function entryOf({ at, kind, amount }: EntryRow): BillingEntry {
  const [instant, decimal] = [readInstant(at), readDecimal(amount)];
  const word = trimmedText(kind)?.toLowerCase();
  if (typeof instant !== 'number') throw unreadable('at', at, 'a time in UTC');
  if (typeof decimal !== 'string') throw unreadable('amount', amount, 'a decimal number');
  return { at: instant, kind: kindOf(word, decimal), amount: decimal };
}

/** A recorded refill of zero or less is a correction: it changes the balance and starts no new cycle. */
function kindOf(word: string | undefined, amount: Decimal): BillingEntry['kind'] {
  if (word === 'charge') return word;
  return word === 'refill' && isRefill(amount) ? word : 'adjustment';
}

function unreadable(column: string, value: unknown, expected: string): BillingEntryError {
  return new BillingEntryError(faultsText([faultOf('billing_entry', column, value, expected)]));
}

const kind = 'LOWER(TRIM(CONVERT(kind USING utf8mb4)))';

async function ofClient(billing: Queryable, clientId: string): Promise<ReturnType<typeof isOneOf>> {
  const columns = await readViewColumns(billing);
  return isOneOf('client_id', [clientId], columns.of('billing_entry', 'client_id'));
}

/** A client's last charge and last refill before an instant; null where there was none. */
export interface LastBefore {
  /** Epoch milliseconds. */
  readonly chargeAt: number | null;
  readonly refillAt: number | null;
  /** In the client's currency. */
  readonly refillAmount: Decimal | null;
}

export async function readLastBefore(
  billing: Queryable,
  clientId: string,
  before: number,
): Promise<LastBefore> {
  const own = await ofClient(billing, clientId);
  // `kindOf`, in SQL.
  const rows = await billing.query<EntryRow[]>(
    `(SELECT kind, at, amount FROM billing_entry WHERE ${own.sql} AND at < ? AND ${kind} = 'charge' ORDER BY at DESC LIMIT 1)
     UNION ALL
     (SELECT kind, at, amount FROM billing_entry WHERE ${own.sql} AND at < ? AND ${kind} = 'refill' AND amount > 0 ORDER BY at DESC LIMIT 1)`,
    [...own.values, sqlTime(before), ...own.values, sqlTime(before)],
  );
  const lastOf = (kind: string) => rows.find((each) => trimmedText(each.kind)?.toLowerCase() === kind);
  const atOf = (row: EntryRow | undefined) => (row ? (readInstant(row.at) ?? null) : null);
  const refill = lastOf('refill');
  const amount = refill && readDecimal(refill.amount);
  return {
    chargeAt: atOf(lastOf('charge')),
    refillAt: atOf(refill),
    refillAmount: typeof amount === 'string' ? amount : null,
  };
}

/** The clients of a profile that are watched, by id, at most `limit`. */
export async function clientsOf(
  billing: Queryable,
  assigner: Assigner,
  profileId: string,
  limit: number,
): Promise<readonly string[]> {
  const source = createBilling(billing);
  const found = new Set<string>();
  for (let after = ''; ;) {
    const page = await source.listClients(after, pageSize);
    for (const client of page) if (watchedWith(client, assigner) === profileId) found.add(client.clientId);
    const last = page.at(-1);
    if (!last || page.length < pageSize || found.size >= limit) return [...found].slice(0, limit);
    after = last.clientId;
  }
}

const pageSize = 5_000;

/** UTC, as the views have it. */
function sqlTime(at: number): string {
  return new Date(at).toISOString().slice(0, 23).replace('T', ' ');
}
