import type { DataFault, ProfileFacts } from '../domain/client.js';
import { isDecimal, isPositive, type Decimal } from '../domain/money.js';
import { idOf } from './client-gate.js';
import { faultOf } from './data-fault.js';
import { trimmedText } from './values/raw-text.js';
import { readCurrency } from './values/read-currency.js';
import { decimalOfDouble, readDecimal } from './values/read-decimal.js';

/** A row of `billing_exchange_rate`. */
export interface RateRow {
  readonly from_currency: unknown;
  readonly to_currency: unknown;
  readonly rate: unknown;
}

/** A row of `billing_user`. */
export interface UserRow {
  readonly login: unknown;
  readonly reseller_id: unknown;
  readonly email: unknown;
}

/**
 * The rate of a pair. Rows of other pairs are passed over, and so are those whose rate is NULL. A rate that is no number above zero, and
 * two that differ, are in doubt: the amounts that need them are unknown.
 */
export function gateRate(
  rows: readonly RateRow[],
  from: string,
  to: string,
): Pick<ProfileFacts, 'rate' | 'rateDoubt'> {
  if (from === to) return { rate: '1' };
  const found = rows.filter(
    (row) =>
      readCurrency(row.from_currency) === from &&
      readCurrency(row.to_currency) === to &&
      trimmedText(row.rate) !== null,
  );
  const rates = new Set<Decimal>();
  for (const { rate } of found) {
    const read = readRate(rate);
    if (read === undefined) return { rate: null, rateDoubt: rateFault(rate, from, to, 'a number above 0') };
    rates.add(read);
  }
  const [rate = null] = rates;
  if (rates.size < 2) return { rate };
  return {
    rate: null,
    rateDoubt: rateFault([...rates].sort().join(' and '), from, to, 'one rate'),
  };
}

/** A DOUBLE's noise is cut at 15 digits; a rate may be smaller than the 8 places of an amount. */
function readRate(value: unknown): Decimal | undefined {
  const rate = typeof value === 'number' ? decimalOfDouble(value) : readDecimal(value);
  return isDecimal(rate) && isPositive(rate) ? rate : undefined;
}

function rateFault(value: unknown, from: string, to: string, expected: string): DataFault {
  return faultOf('billing_exchange_rate', 'rate', value, `${expected} from ${from} to ${to}`);
}

/**
 * Login → e-mail of these logins. A user of the client's reseller comes before one of every reseller (`reseller_id` NULL); several of the
 * same are all notified.
 */
export function gateUsers(
  rows: readonly UserRow[],
  logins: readonly string[],
  resellerId: string | null,
): Readonly<Record<string, string>> {
  const found: (readonly [login: string, emails: string])[] = [];
  for (const login of new Set(logins)) {
    const own: string[] = [];
    const general: string[] = [];
    for (const row of rows) {
      const email = idOf(row.login) === login ? trimmedText(row.email) : null;
      if (email === null) continue;
      const reseller = idOf(row.reseller_id);
      if (reseller === null) general.push(email);
      else if (reseller === resellerId) own.push(email);
    }
    const told = own.length > 0 ? own : general;
    if (told.length > 0) found.push([login, [...new Set(told)].join('; ')]);
  }
  return Object.fromEntries(found);
}
