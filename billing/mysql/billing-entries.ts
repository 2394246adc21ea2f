import { toDecimal, type Decimal } from '../../domain/money.js';
import { instantOf } from './billing.js';
import type { Queryable } from '../../store/queryable.js';

/** One recorded change of a balance, from the optional view `billing_entry`. */
export interface BillingEntry {
  /** epoch milliseconds */
  readonly at: number;
  readonly kind: 'charge' | 'refill' | 'adjustment';
  /** Charges are positive amounts that lower the balance; adjustments have a sign. */
  readonly amount: Decimal;
}

interface EntryRow {
  at: string;
  kind: string;
  amount: string;
}

/** All entries of a client from an instant on, by time. */
export async function readEntries(
  billing: Queryable,
  clientId: string,
  since: number,
): Promise<readonly BillingEntry[]> {
  const rows = await billing.query<EntryRow[]>(
    'SELECT at, kind, amount FROM billing_entry WHERE client_id = ? AND at >= ? ORDER BY at',
    [clientId, sqlTime(since)],
  );
  return rows.map(({ at, kind, amount }) => ({
    at: instantOf(at),
    kind: kind === 'charge' || kind === 'refill' ? kind : 'adjustment',
    amount: toDecimal(amount),
  }));
}

/** When a client's last charge and last refill before an instant were; null where there was none. */
export async function readLastBefore(
  billing: Queryable,
  clientId: string,
  before: number,
): Promise<{ readonly chargeAt: number | null; readonly refillAt: number | null }> {
  const rows = await billing.query<{ kind: string; at: string }[]>(
    "SELECT kind, MAX(at) AS at FROM billing_entry WHERE client_id = ? AND at < ? AND kind IN ('charge', 'refill') GROUP BY kind",
    [clientId, sqlTime(before)],
  );
  const lastOf = (kind: string): number | null => {
    const row = rows.find((each) => each.kind === kind);
    return row ? instantOf(row.at) : null;
  };
  return { chargeAt: lastOf('charge'), refillAt: lastOf('refill') };
}

/** The clients of a profile, by id. */
export async function clientsOf(
  billing: Queryable,
  profileId: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await billing.query<{ client_id: string }[]>(
    `SELECT client_id FROM billing_client WHERE profile_id = ? AND prepaid = 1 AND status <> 'closed'
     ORDER BY client_id LIMIT ${Math.trunc(limit)}`,
    [profileId],
  );
  return rows.map((row) => row.client_id);
}

/** UTC, as the views have it. */
function sqlTime(at: number): string {
  return new Date(at).toISOString().slice(0, 23).replace('T', ' ');
}
