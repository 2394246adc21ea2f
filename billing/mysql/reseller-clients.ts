import type { Queryable } from '../../store/queryable.js';
import { idOf } from '../client-gate.js';
import { isOneOf, readViewColumns } from './view-columns.js';

/** How many clients the billing data has of these resellers; null: those without a reseller. */
export async function countClientsOf(
  billing: Queryable,
  billingIds: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, number>> {
  if (billingIds.length === 0) return new Map();
  const named = billingIds.filter((id) => id !== null);
  const column = (await readViewColumns(billing)).of('billing_client', 'reseller_id');
  const oneOf = isOneOf('reseller_id', named, column);
  const conditions = [
    ...(named.length > 0 ? [oneOf.sql] : []),
    ...(named.length < billingIds.length ? ['reseller_id IS NULL', "reseller_id = ''"] : []),
  ];
  const rows = await billing.query<{ reseller_id: unknown; clients: string | number }[]>(
    `SELECT reseller_id, COUNT(*) AS clients FROM billing_client WHERE ${conditions.join(' OR ')} GROUP BY reseller_id`,
    named.length > 0 ? oneOf.values : [],
  );
  const counts = new Map<string | null, number>();
  for (const { reseller_id, clients } of rows) {
    const id = idOf(reseller_id) ?? null;
    counts.set(id, (counts.get(id) ?? 0) + Number(clients));
  }
  return counts;
}
