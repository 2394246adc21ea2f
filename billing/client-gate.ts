import type { ClientFacts, ClientIdentity, DataFault, UnclearClient } from '../domain/client.js';
import type { Decimal } from '../domain/money.js';
import type { ClientColumn } from './billing-views.js';
import { rawText, trimmedText } from './values/raw-text.js';
import { readCurrency } from './values/read-currency.js';
import { readDecimal } from './values/read-decimal.js';
import { readInstant } from './values/read-instant.js';
import { readStatus } from './values/read-status.js';
import { readYesNo } from './values/read-yes-no.js';
import { faultOf } from './data-fault.js';

/** A row of `billing_client` as the driver answers it; columns that were not read, or that the view lacks, are not there. */
export type ClientRow = Readonly<Partial<Record<ClientColumn, unknown>>>;

/** A row of `billing_reseller`. */
export interface ResellerRow {
  readonly reseller_id: unknown;
  readonly name: unknown;
  readonly manager_email: unknown;
}

/** The one spelling of an id, whatever the column's type. */
export function idOf(value: unknown): string | null {
  const text = rawText(value);
  return text === '' ? null : text;
}

/** Who a client is, as far as its row says. Every statement about which clients are watched, and by what, is made of it. */
export function gateIdentity(row: ClientRow): ClientIdentity {
  return {
    clientId: rawText(row.client_id) ?? '',
    resellerId: idOf(row.reseller_id),
    profileId: trimmedText(row.profile_id),
    group: trimmedText(row.client_group),
    currency: readCurrency(row.currency),
    status: readStatus(row.status),
    prepaid: readYesNo(row.prepaid),
  };
}

/**
 * The gate through which billing data comes in, for checks, plans, lists, looks and `doctor` alike: the facts of one client, or why it
 * is `unknown` (rule 24). `rows` are those of its id, one at least; `resellers` those of its reseller's id. Never throws.
 */
export function gateClient(
  rows: readonly ClientRow[],
  resellers: readonly ResellerRow[],
): ClientFacts | UnclearClient {
  const [row] = rows;
  if (!row) throw new Error('expected a row of the client');
  const identity = gateIdentity(row);
  const read = readerOf(row);
  const balance = read.required('balance', readDecimal, 'a decimal number');
  const creditLimit = read.required('credit_limit', readDecimal, 'a decimal number');
  const lastRefillAt = read.sure('last_refill_at', readInstant, 'a time in UTC or NULL');
  const differing = differingColumn(rows);
  const faults = [
    ...(identity.status === undefined
      ? [faultOf('billing_client', 'status', row.status, 'active, suspended or closed')]
      : []),
    ...(identity.prepaid === undefined ? [faultOf('billing_client', 'prepaid', row.prepaid, '1 or 0')] : []),
    ...(identity.currency === undefined
      ? [faultOf('billing_client', 'currency', row.currency, 'an ISO 4217 code such as USD')]
      : []),
    ...read.faults,
    ...(differing === undefined
      ? []
      : [
          faultOf(
            'billing_client',
            'client_id',
            row.client_id,
            `one row of it, found ${rows.length} which differ in ${differing}`,
          ),
        ]),
    ...resellerFaults(identity.resellerId, resellers),
  ];
  const { currency, status, prepaid } = identity;
  if (
    faults.length > 0 ||
    currency === undefined ||
    status === undefined ||
    prepaid === undefined ||
    balance === undefined ||
    creditLimit === undefined
  ) {
    return { ...identity, faults };
  }
  const doubtful = readerOf(row);
  const [reseller] = identity.resellerId === null ? [] : resellers;
  return {
    ...identity,
    currency,
    status,
    prepaid,
    balance,
    creditLimit,
    lastRefillAt: lastRefillAt ?? null,
    name: trimmedText(row.name) ?? identity.clientId,
    resellerName: trimmedText(reseller?.name) ?? identity.resellerId ?? '',
    managerEmail: trimmedText(reseller?.manager_email),
    billingEmail: trimmedText(row.billing_email),
    language: trimmedText(row.language),
    timeZone: trimmedText(row.time_zone),
    createdAt: doubtful.sure('created_at', readInstant, 'a time in UTC or NULL') ?? null,
    lastChargeAt: doubtful.sure('last_charge_at', readInstant, 'a time in UTC or NULL') ?? null,
    lastRefillAmount: doubtful.sure('last_refill_amount', readDecimal, 'a decimal number or NULL') ?? null,
    ownThreshold: doubtful.sure('own_threshold', readDecimal, 'a decimal number or NULL') ?? null,
    dailySpend: doubtful.sure('daily_spend', readDecimal, 'a decimal number or NULL') ?? null,
    doubts: doubtful.faults,
  };
}

/** Reads columns of a row, and keeps what cannot be read. */
function readerOf(row: ClientRow) {
  const faults: DataFault[] = [];
  /** Null: there is no value, as the column is allowed to say. */
  const sure = <T>(
    column: ClientColumn,
    reader: (value: unknown) => T | null | undefined,
    expected: string,
  ): T | null | undefined => {
    const value = reader(row[column]);
    if (value === undefined) faults.push(faultOf('billing_client', column, row[column], expected));
    return value;
  };
  const required = (
    column: ClientColumn,
    reader: (value: unknown) => Decimal | null | undefined,
    expected: string,
  ): Decimal | undefined => {
    const value = reader(row[column]);
    if (value !== null && value !== undefined) return value;
    faults.push(faultOf('billing_client', column, row[column], expected));
    return undefined;
  };
  return { faults, sure, required };
}

/** Two rows of one client are one where they say the same. */
function differingColumn(rows: readonly ClientRow[]): string | undefined {
  const [first, ...others] = rows;
  const columns = Object.keys(first ?? {}) as ClientColumn[];
  const differing = columns.filter((column) =>
    others.some((other) => rawText(other[column]) !== rawText(first?.[column])),
  );
  return differing.length === 0 ? undefined : differing.join(', ');
}

function resellerFaults(id: string | null, resellers: readonly ResellerRow[]): readonly DataFault[] {
  const said = new Set(
    resellers.map(({ name, manager_email }) =>
      JSON.stringify([trimmedText(name), trimmedText(manager_email)]),
    ),
  );
  return said.size < 2
    ? []
    : [
        faultOf(
          'billing_reseller',
          'reseller_id',
          id,
          `one row of it, found ${resellers.length} which differ`,
        ),
      ];
}
