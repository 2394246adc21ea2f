import type { ReadFor } from '../billing.js';
import { clientColumns, identityColumns, isCostly, type ClientColumn } from '../billing-views.js';
import {
  asText,
  comparable,
  equal,
  isAscii,
  isOneOf,
  keyValue,
  padsBlanks,
  type ViewColumns,
} from './view-columns.js';

export interface Statement {
  readonly sql: string;
  readonly values: unknown[];
}

/** The columns of a full read: all but the costly ones that nobody asked for. */
export function columnsFor({ costly }: Pick<ReadFor, 'costly'>): readonly ClientColumn[] {
  return clientColumns.filter(
    (column) => !isCostly(column) || costly === undefined || costly.includes(column),
  );
}

/**
 * Clients with their resellers, rates and users, by one statement. It finds at least those that belong to each: what belongs is judged by the
 * gate. `byKey` asks by the columns's own index; otherwise ids are compared as text, which reads every client.
 */
export function readStatement(
  ids: readonly string[],
  needed: ReadFor & { readonly oddRates?: boolean },
  columns: ViewColumns,
  byKey: boolean,
): Statement {
  const client = (name: string) => columns.of('billing_client', name);
  const chosen = columns.readable(columnsFor(needed));
  const withReseller = chosen.includes('reseller_id');
  const select = [
    ...chosen.map((column) => `lb_c.${column}`),
    ...(withReseller
      ? ['lb_r.reseller_id AS r_reseller_id', 'lb_r.name AS r_name', 'lb_r.manager_email AS r_manager_email']
      : []),
  ];
  const joins: string[] = [];
  const values: unknown[] = [];
  if (withReseller) {
    const on = equal(
      ['lb_r.reseller_id', columns.of('billing_reseller', 'reseller_id')],
      ['lb_c.reseller_id', client('reseller_id')],
    );
    joins.push(`LEFT JOIN billing_reseller lb_r ON ${on}`);
  }
  if (needed.currency !== null) {
    select.push('lb_x.from_currency AS x_from', 'lb_x.to_currency AS x_to', 'lb_x.rate AS x_rate');
    const from = needed.oddRates
      ? `UPPER(${asText('lb_x.from_currency', columns.of('billing_exchange_rate', 'from_currency'))}) LIKE ?`
      : 'lb_x.from_currency IN (?)';
    joins.push(
      `LEFT JOIN billing_exchange_rate lb_x ON ${from} AND ${sameCurrency(columns, needed.oddRates ?? false)}`,
    );
    values.push(needed.oddRates ? `%${needed.currency}%` : [needed.currency, needed.currency.toLowerCase()]);
  }
  if (needed.logins.length > 0) {
    select.push('lb_u.login AS u_login', 'lb_u.reseller_id AS u_reseller_id', 'lb_u.email AS u_email');
    const own = withReseller
      ? ` OR ${equal(['lb_u.reseller_id', columns.of('billing_user', 'reseller_id')], ['lb_c.reseller_id', client('reseller_id')])}`
      : '';
    const login = isLogin('lb_u.login', needed.logins, columns);
    joins.push(
      `LEFT JOIN billing_user lb_u ON ${login.sql} AND (lb_u.reseller_id IS NULL OR ${asText('lb_u.reseller_id', columns.of('billing_user', 'reseller_id'))} = ''${own})`,
    );
    values.push(...login.values);
  }
  const where = whereIds('lb_c.client_id', ids, columns, byKey);
  values.push(...where.values);
  return {
    sql: `SELECT ${select.join(', ')} FROM billing_client lb_c ${joins.join(' ')} WHERE ${where.sql}`,
    values,
  };
}

/** Currencies in any case; where collations do not ignore it, both are written in upper case. With odd ones at least those. */
function sameCurrency(columns: ViewColumns, odd: boolean): string {
  const [to, own] = [
    columns.of('billing_exchange_rate', 'to_currency'),
    columns.of('billing_client', 'currency'),
  ];
  if (!odd && comparable(to, own) && !/_bin$|_cs$|_as_cs/.test(to?.collation ?? ''))
    return 'lb_x.to_currency = TRIM(lb_c.currency)';
  const [rate, client] = [
    `UPPER(TRIM(${asText('lb_x.to_currency', to)}))`,
    `UPPER(TRIM(${asText('lb_c.currency', own)}))`,
  ];
  return odd ? `${rate} LIKE CONCAT('%', ${client}, '%')` : `${rate} = ${client}`;
}

/** A row where a currency of the rates is written so that only a comparison as text finds it. */
export function oddRatesStatement(columns: ViewColumns): Statement {
  const isOdd = (name: string) => {
    const text = asText(name, columns.of('billing_exchange_rate', name));
    return `(${text} REGEXP '^[[:space:]]*[A-Za-z]{3}[[:space:]]*$' AND ${text} NOT REGEXP '^([A-Z]{3}|[a-z]{3})$')`;
  };
  return {
    sql: `SELECT 1 FROM billing_exchange_rate WHERE ${isOdd('from_currency')} OR ${isOdd('to_currency')} LIMIT 1`,
    values: [],
  };
}

/** These columns of these clients, without joins. */
export function selectStatement(wanted: readonly ClientColumn[]) {
  return (ids: readonly string[], columns: ViewColumns, byKey: boolean): Statement => {
    const where = whereIds('client_id', ids, columns, byKey);
    return {
      sql: `SELECT ${columns.readable(wanted).join(', ')} FROM billing_client WHERE ${where.sql}`,
      values: where.values,
    };
  };
}

/** Who these clients are. */
export const identifyStatement = selectStatement(identityColumns);

/** A part of the fleet, in the order of the database. */
export interface PageOf {
  /** What the last page ended with; "" for the first: an INT column has no place for the empty text. */
  readonly after: string;
  readonly limit: number;
  readonly filter?: Statement | undefined;
}

export function pageStatement(
  wanted: readonly ClientColumn[],
  { after, limit, filter }: PageOf,
  columns: ViewColumns,
): Statement {
  const conditions = [
    ...(after === '' ? [] : ['client_id > ?']),
    ...(filter === undefined ? [] : [filter.sql]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')} `;
  return {
    sql: `SELECT ${columns.readable(wanted).join(', ')} FROM billing_client ${where}ORDER BY client_id LIMIT ${Math.trunc(limit)}`,
    values: [
      ...(after === '' ? [] : [keyValue(after, columns.of('billing_client', 'client_id'))]),
      ...(filter?.values ?? []),
    ],
  };
}

/** All rows that the database takes for those of the id that a page ended with. */
export function endStatement(
  wanted: readonly ClientColumn[],
  end: unknown,
  { filter }: PageOf,
  columns: ViewColumns,
): Statement {
  return {
    sql: `SELECT ${columns.readable(wanted).join(', ')} FROM billing_client WHERE client_id = ?${filter === undefined ? '' : ` AND ${filter.sql}`}`,
    values: [end, ...(filter?.values ?? [])],
  };
}

function whereIds(column: string, ids: readonly string[], columns: ViewColumns, byKey: boolean): Statement {
  const found = columns.of('billing_client', 'client_id');
  return byKey ? isOneOf(column, ids, found) : { sql: `${asText(column, found)} IN (?)`, values: [ids] };
}

/** Users of these logins, at least; also where the column counts trailing blanks. Neither hides its index. */
export function isLogin(expression: string, logins: readonly string[], columns: ViewColumns): Statement {
  const column = columns.of('billing_user', 'login');
  const exact = isOneOf(expression, logins, column);
  if (!column || column.collation === null || padsBlanks(column.collation)) return exact;
  // A text that the column's character set does not know would be refused, and so the whole statement.
  const blanks = logins
    .filter((login) => isAscii(login) || column.collation!.startsWith('utf8mb4'))
    .map((login) => `${login.replaceAll(/[!%_]/g, '!$&')} %`);
  return {
    sql: `(${[exact.sql, ...blanks.map(() => `${expression} LIKE ? ESCAPE '!'`)].join(' OR ')})`,
    values: [...exact.values, ...blanks],
  };
}

/** Whether an id that the column's own index does not find may be there all the same, with trailing blanks. */
export function mayHideIds(columns: ViewColumns): boolean {
  const found = columns.of('billing_client', 'client_id');
  if (!found) return false;
  return /^(var)?binary$/.test(found.type) || /_0900_|nopad/.test(found.collation ?? '');
}
