import type { ReadFor } from '../billing/billing.js';
import type { Queryable } from '../store/queryable.js';

const statement = `SELECT c.client_id, c.name, c.reseller_id, r.name AS reseller_name, c.profile_id, c.currency, c.balance, c.credit_limit,
    c.billing_email, c.status, c.prepaid, c.language, c.time_zone, c.created_at, c.last_charge_at, c.last_refill_at,
    r.manager_email, x.rate, u.login, u.email AS user_email
  FROM billing_client c
  LEFT JOIN billing_reseller r ON r.reseller_id = c.reseller_id
  LEFT JOIN billing_exchange_rate x ON x.from_currency = ? AND x.to_currency = c.currency
  LEFT JOIN billing_user u ON u.login IN (?) AND (u.reseller_id IS NULL OR u.reseller_id = c.reseller_id)
  WHERE c.client_id IN (?)`;

type BareRow = Readonly<Record<string, string | null>>;

/** What a check's read is held against: one join over tables that are as tidy as the contract, and their values believed. */
export function createBareReads(database: Queryable) {
  return async (ids: readonly string[], { currency, logins }: ReadFor) => {
    const byId = new Map<string, BareRow[]>();
    for (const row of await database.query<BareRow[]>(statement, [currency, logins, ids]))
      byId.set(row['client_id']!, [...(byId.get(row['client_id']!) ?? []), row]);
    return ids.map((id) => {
      const rows = byId.get(id);
      const row = rows?.[0];
      if (!rows || !row) return undefined;
      return {
        ...row,
        clientId: id,
        createdAt: instantOf(row['created_at']),
        lastChargeAt: instantOf(row['last_charge_at']),
        lastRefillAt: instantOf(row['last_refill_at']),
        prepaid: Number(row['prepaid']) === 1,
        users: Object.fromEntries(rows.map((each) => [each['login'], each['user_email']])),
        rate: row['currency'] === currency ? '1' : row['rate'],
      };
    });
  };
}

function instantOf(text: string | null | undefined): number | null {
  return text == null ? null : Date.parse(`${text.replace(' ', 'T')}Z`);
}
