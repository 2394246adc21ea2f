import { workedOut } from '../data-fault.js';
import type { ClientColumn } from '../billing-views.js';
import type { Trouble } from './trouble.js';

/** How to correct a view. */
export function mendOf({
  view,
  column,
  problem,
}: Pick<Trouble, 'view' | 'column' | 'problem'>): string | undefined {
  if (problem === `expected ${workedOut}`)
    return `SELECT ${column} FROM ${view} for such a client says why: a subquery that may find several rows needs MAX(…) or LIMIT 1, and a number out of range a CAST to SIGNED or DECIMAL`;
  if (problem.startsWith('expected one row of it'))
    return view === 'billing_reseller'
      ? 'give each reseller one row'
      : 'give each client one row: a join that fans out needs GROUP BY, or a subquery';
  return mends[column as keyof typeof mends];
}

const mends: Readonly<Partial<Record<ClientColumn | 'rate' | 'manager_email' | 'email' | 'login', string>>> =
  {
    client_id:
      'select the key of the table below as it is, or without what does not belong to it: TRIM(c.code)',
    reseller_id: 'select the key of billing_reseller; NULL for clients without a reseller',
    profile_id:
      'write <reseller>/<slug> as `low-balance list` shows it, or NULL, and let appliesTo of the profiles choose',
    currency: "select the ISO 4217 code, such as UPPER(c.currency), or a constant 'USD'",
    balance: 'select a number, such as COALESCE(c.balance, 0) where NULL means nothing was ever charged',
    credit_limit: 'select a number from 0 on: COALESCE(c.credit_limit, 0); 0 where prepaid clients have none',
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
    login:
      'select the logins as the profiles write them, and reseller_id as billing_client has it; NULL for users of every reseller',
    email: 'select addresses, with ; or , between them',
    rate: 'one row a pair, from the currency of the profile to that of the client, with a number above 0',
  };
