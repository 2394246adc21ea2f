import type { CostlyFact } from '../domain/costly-fact.js';

/** What a column of the billing views holds; each kind has one reader in `values/`. */
export type ColumnKind =
  'id' | 'text' | 'currency' | 'amount' | 'rate' | 'status' | 'yes-no' | 'instant' | 'addresses';

export interface BillingColumn {
  readonly kind: ColumnKind;
  /** The type of the contract; what else is understood follows from the kind. */
  readonly type: string;
  /** A view may lack the column, which is the same as NULL in each row. */
  readonly optional?: true;
  /**
   * Costly where a view works it out of call records: read only for clients whose rules ask for it.
   */
  readonly costly?: true;
}

/** The views that the service reads: their names, columns and types. docs/billing-views.md describes them. */
export const billingViews = {
  billing_client: {
    client_id: { kind: 'id', type: 'VARCHAR(64)' },
    name: { kind: 'text', type: 'VARCHAR(255)', optional: true },
    reseller_id: { kind: 'id', type: 'VARCHAR(64)', optional: true },
    profile_id: { kind: 'text', type: 'VARCHAR(191)', optional: true },
    client_group: { kind: 'text', type: 'VARCHAR(64)', optional: true },
    currency: { kind: 'currency', type: 'CHAR(3)' },
    balance: { kind: 'amount', type: 'DECIMAL(24,8)' },
    credit_limit: { kind: 'amount', type: 'DECIMAL(24,8)' },
    billing_email: { kind: 'addresses', type: 'VARCHAR(320)', optional: true },
    status: { kind: 'status', type: 'VARCHAR(16)' },
    prepaid: { kind: 'yes-no', type: 'TINYINT' },
    language: { kind: 'text', type: 'VARCHAR(16)', optional: true },
    time_zone: { kind: 'text', type: 'VARCHAR(64)', optional: true },
    created_at: { kind: 'instant', type: 'DATETIME(6)', optional: true },
    last_charge_at: { kind: 'instant', type: 'DATETIME(6)', costly: true },
    last_refill_at: { kind: 'instant', type: 'DATETIME(6)' },
    last_refill_amount: { kind: 'amount', type: 'DECIMAL(24,8)', optional: true, costly: true },
    own_threshold: { kind: 'amount', type: 'DECIMAL(24,8)', optional: true },
    daily_spend: { kind: 'amount', type: 'DECIMAL(24,8)', optional: true, costly: true },
  },
  billing_reseller: {
    reseller_id: { kind: 'id', type: 'VARCHAR(64)' },
    name: { kind: 'text', type: 'VARCHAR(255)' },
    manager_email: { kind: 'addresses', type: 'VARCHAR(320)' },
  },
  billing_user: {
    login: { kind: 'id', type: 'VARCHAR(64)' },
    reseller_id: { kind: 'id', type: 'VARCHAR(64)' },
    email: { kind: 'addresses', type: 'VARCHAR(320)' },
  },
  billing_exchange_rate: {
    from_currency: { kind: 'currency', type: 'CHAR(3)' },
    to_currency: { kind: 'currency', type: 'CHAR(3)' },
    rate: { kind: 'rate', type: 'DECIMAL(24,12)' },
  },
  billing_entry: {
    client_id: { kind: 'id', type: 'VARCHAR(64)' },
    at: { kind: 'instant', type: 'DATETIME(6)' },
    kind: { kind: 'text', type: 'VARCHAR(16)' },
    amount: { kind: 'amount', type: 'DECIMAL(24,8)' },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, BillingColumn>>>>;

export type BillingView = keyof typeof billingViews;
export type ClientColumn = keyof (typeof billingViews)['billing_client'];

export const clientColumns = Object.keys(billingViews.billing_client) as readonly ClientColumn[];

/** By these a client is identified and gets its profile; reading them must be cheap in any view. */
export const identityColumns = [
  'client_id',
  'reseller_id',
  'profile_id',
  'client_group',
  'currency',
  'status',
  'prepaid',
] as const satisfies readonly ClientColumn[];

export function isCostly(column: ClientColumn): column is CostlyFact {
  const found: BillingColumn = billingViews.billing_client[column];
  return found.costly === true;
}

/** Only `backtest` needs it. */
export const optionalViews: ReadonlySet<string> = new Set<BillingView>(['billing_entry']);
