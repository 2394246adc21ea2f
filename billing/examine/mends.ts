import type { ClientColumn } from '../billing-views.js';

/** How to mend a view, by the column that cannot be read. */
export const mends: Readonly<Partial<Record<ClientColumn | 'rate' | 'manager_email' | 'email', string>>> = {
  client_id:
    'give each client one row and an id of 1 to 64 characters: a join that fans out needs GROUP BY, or a subquery',
  reseller_id: 'select the key of billing_reseller; NULL for clients without a reseller',
  profile_id:
    'write <reseller>/<slug> as `low-balance list` shows it, or NULL, and let appliesTo of the profiles choose',
  currency: "select the ISO 4217 code, such as UPPER(c.currency), or a constant 'USD'",
  balance: 'select a number, such as COALESCE(c.balance, 0) where NULL means nothing was ever charged',
  credit_limit: 'select a number: COALESCE(c.credit_limit, 0); 0 where prepaid clients have none',
  status: "translate it: CASE WHEN … THEN 'active' WHEN … THEN 'suspended' ELSE 'closed' END",
  prepaid: "select 1 or 0, such as c.billing_model = 'prepaid'; 1 where every client is prepaid",
  created_at: 'select a DATETIME in UTC, or NULL',
  last_charge_at:
    'select a DATETIME in UTC: CONVERT_TZ(…), FROM_UNIXTIME(…); NULL where nothing was ever charged',
  last_refill_at:
    'select a DATETIME in UTC: CONVERT_TZ(…), FROM_UNIXTIME(…); NULL where nothing was ever added',
  last_refill_amount: "select a number in the client's currency, or NULL",
  own_threshold: "select a number in the client's currency, or NULL where the client set none",
  daily_spend: "select a number in the client's currency, or NULL",
  billing_email: 'select addresses, with ; or , between them, or NULL',
  manager_email: 'select addresses, with ; or , between them, or NULL',
  email: 'select addresses, with ; or , between them',
  rate: 'one row a pair, from the currency of the profile to that of the client, with a number above 0',
};
