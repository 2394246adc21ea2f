import type { ReadFor } from '../billing.js';
import { clientColumns, identityColumns, isCostly, type ClientColumn } from '../billing-views.js';
import { asText, comparable, equal, keyValue, type ViewColumns } from './view-columns.js';

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
  needed: ReadFor,
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
    joins.push(
      `LEFT JOIN billing_exchange_rate lb_x ON lb_x.from_currency IN (?) AND ${sameCurrency(columns)}`,
    );
    values.push([needed.currency, needed.currency.toLowerCase()]);
  }
  if (needed.logins.length > 0) {
    select.push('lb_u.login AS u_login', 'lb_u.reseller_id AS u_reseller_id', 'lb_u.email AS u_email');
    const own = withReseller
      ? ` OR ${equal(['lb_u.reseller_id', columns.of('billing_user', 'reseller_id')], ['lb_c.reseller_id', client('reseller_id')])}`
      : '';
    joins.push(
      `LEFT JOIN billing_user lb_u ON lb_u.login IN (?) AND (lb_u.reseller_id IS NULL OR ${asText('lb_u.reseller_id', columns.of('billing_user', 'reseller_id'))} = ''${own})`,
    );
    values.push(needed.logins);
  }
  const where = whereIds('lb_c.client_id', ids, columns, byKey);
  values.push(...where.values);
  return {
    sql: `SELECT ${select.join(', ')} FROM billing_client lb_c ${joins.join(' ')} WHERE ${where.sql}`,
    values,
  };
}

/** Currencies in any case; where collations do not ignore it, both are written in upper case. */
function sameCurrency(columns: ViewColumns): string {
  const [to, own] = [
    columns.of('billing_exchange_rate', 'to_currency'),
    columns.of('billing_client', 'currency'),
  ];
  if (comparable(to, own) && !/_bin$|_cs$|_as_cs/.test(to?.collation ?? ''))
    return 'lb_x.to_currency = lb_c.currency';
  return `UPPER(TRIM(${asText('lb_x.to_currency', to)})) = UPPER(TRIM(${asText('lb_c.currency', own)}))`;
}

/** Who these clients are. */
export function identifyStatement(ids: readonly string[], columns: ViewColumns, byKey: boolean): Statement {
  const where = whereIds('client_id', ids, columns, byKey);
  return {
    sql: `SELECT ${columns.readable(identityColumns).join(', ')} FROM billing_client WHERE ${where.sql}`,
    values: where.values,
  };
}

/** A page of all clients. An INT column has no place for the empty text before the first page. */
export function pageStatement(
  wanted: readonly ClientColumn[],
  after: string,
  limit: number,
  columns: ViewColumns,
  filter?: Statement,
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

function whereIds(column: string, ids: readonly string[], columns: ViewColumns, byKey: boolean): Statement {
  const found = columns.of('billing_client', 'client_id');
  return byKey
    ? { sql: `${column} IN (?)`, values: [ids.map((id) => keyValue(id, found))] }
    : { sql: `${asText(column, found)} IN (?)`, values: [ids] };
}

/** Whether an id that the column's own index does not find may be there all the same, with trailing blanks. */
export function mayHideIds(columns: ViewColumns): boolean {
  const found = columns.of('billing_client', 'client_id');
  if (!found) return false;
  return /^(var)?binary$/.test(found.type) || /_0900_|nopad/.test(found.collation ?? '');
}
