import type { ClientFacts, ClientIdentity, DataFault, UnclearClient } from '../domain/client.js';
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
  const { clientId, resellerId, currency, status, prepaid } = identity;
  const balance = readDecimal(row.balance);
  const creditLimit = readDecimal(row.credit_limit);
  const lastRefillAt = readInstant(row.last_refill_at);
  const unclear =
    currency === undefined ||
    status === undefined ||
    prepaid === undefined ||
    typeof balance !== 'string' ||
    typeof creditLimit !== 'string' ||
    lastRefillAt === undefined;
  if (unclear || rows.length > 1 || resellers.length > 1) {
    const faults = [...valueFaults(row, identity), ...rowFaults(rows, resellerId, resellers)];
    if (unclear || faults.length > 0) return { ...identity, faults };
  }
  const reseller = resellerId === null ? undefined : resellers[0];
  const createdAt = readInstant(row.created_at);
  const lastChargeAt = readInstant(row.last_charge_at);
  const lastRefillAmount = readDecimal(row.last_refill_amount);
  const ownThreshold = readDecimal(row.own_threshold);
  const dailySpend = readDecimal(row.daily_spend);
  return {
    clientId,
    resellerId,
    profileId: identity.profileId,
    group: identity.group,
    currency,
    status,
    prepaid,
    balance,
    creditLimit,
    lastRefillAt,
    name: trimmedText(row.name) ?? clientId,
    resellerName: trimmedText(reseller?.name) ?? resellerId ?? '',
    managerEmail: trimmedText(reseller?.manager_email),
    billingEmail: trimmedText(row.billing_email),
    language: trimmedText(row.language),
    timeZone: trimmedText(row.time_zone),
    createdAt: createdAt ?? null,
    lastChargeAt: lastChargeAt ?? null,
    lastRefillAmount: lastRefillAmount ?? null,
    ownThreshold: ownThreshold ?? null,
    dailySpend: dailySpend ?? null,
    doubts: doubtsOf(row, { createdAt, lastChargeAt, lastRefillAmount, ownThreshold, dailySpend }),
  };
}

const aTime = 'a time in UTC or NULL';
const anAmount = 'a decimal number';

/** What of a row every check needs and cannot read. */
function valueFaults(row: ClientRow, { status, prepaid, currency }: ClientIdentity): readonly DataFault[] {
  const fault = (column: ClientColumn, expected: string) =>
    faultOf('billing_client', column, row[column], expected);
  return [
    ...(status === undefined ? [fault('status', 'active, suspended or closed')] : []),
    ...(prepaid === undefined ? [fault('prepaid', '1 or 0')] : []),
    ...(currency === undefined ? [fault('currency', 'an ISO 4217 code such as USD')] : []),
    ...(typeof readDecimal(row.balance) === 'string' ? [] : [fault('balance', anAmount)]),
    ...(typeof readDecimal(row.credit_limit) === 'string' ? [] : [fault('credit_limit', anAmount)]),
    ...(readInstant(row.last_refill_at) === undefined ? [fault('last_refill_at', aTime)] : []),
  ];
}

/** Where the client or its reseller has several rows that say different things. */
function rowFaults(
  rows: readonly ClientRow[],
  resellerId: string | null,
  resellers: readonly ResellerRow[],
): readonly DataFault[] {
  const differing = differingColumn(rows);
  const expected = `one row of it, found ${rows.length} which differ in ${differing}`;
  return [
    ...(differing === undefined
      ? []
      : [faultOf('billing_client', 'client_id', rows[0]?.client_id, expected)]),
    ...resellerFaults(resellerId, resellers),
  ];
}

interface DoubtfulValues {
  readonly createdAt: unknown;
  readonly lastChargeAt: unknown;
  readonly lastRefillAmount: unknown;
  readonly ownThreshold: unknown;
  readonly dailySpend: unknown;
}

const noDoubts: readonly DataFault[] = [];

/** What only some rules need. A value that could not be read is undefined. */
function doubtsOf(row: ClientRow, read: DoubtfulValues): readonly DataFault[] {
  const { createdAt, lastChargeAt, lastRefillAmount, ownThreshold, dailySpend } = read;
  const known = [createdAt, lastChargeAt, lastRefillAmount, ownThreshold, dailySpend];
  if (!known.includes(undefined)) return noDoubts;
  const doubt = (value: unknown, column: ClientColumn, expected: string) =>
    value === undefined ? [faultOf('billing_client', column, row[column], expected)] : [];
  return [
    ...doubt(createdAt, 'created_at', aTime),
    ...doubt(lastChargeAt, 'last_charge_at', aTime),
    ...doubt(lastRefillAmount, 'last_refill_amount', `${anAmount} or NULL`),
    ...doubt(ownThreshold, 'own_threshold', `${anAmount} or NULL`),
    ...doubt(dailySpend, 'daily_spend', `${anAmount} or NULL`),
  ];
}

/** Two rows of one client are one where they say the same. */
function differingColumn(rows: readonly ClientRow[]): string | undefined {
  if (rows.length < 2) return undefined;
  const [first, ...others] = rows;
  const columns = Object.keys(first ?? {}) as ClientColumn[];
  const differing = columns.filter((column) =>
    others.some((other) => rawText(other[column]) !== rawText(first?.[column])),
  );
  return differing.length === 0 ? undefined : differing.join(', ');
}

function resellerFaults(id: string | null, resellers: readonly ResellerRow[]): readonly DataFault[] {
  if (resellers.length < 2) return [];
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
