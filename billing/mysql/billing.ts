import type { Client, UnclearClient } from '../../domain/client.js';
import { isUnclear } from '../../domain/client.js';
import type { Queryable } from '../../store/queryable.js';
import { BillingTimeoutError, type Billing, type ClientRead, type ReadFor } from '../billing.js';
import { identityColumns } from '../billing-views.js';
import { gateClient, gateIdentity, idOf, type ClientRow } from '../client-gate.js';
import { gateRate, gateUsers } from '../profile-facts.js';
import {
  identifyStatement,
  mayHideIds,
  pageStatement,
  readStatement,
  type Statement,
} from './client-statements.js';
import { isStatementTimeout, withLimit } from './statement-limit.js';
import { createViewColumns } from './known-view-columns.js';
import type { ViewColumns } from './view-columns.js';

/** A statement of the fleet's pages may take as long as an activity that reads them. */
const pageLimitMs = 20_000;
/** Of a read whose caller says nothing. */
const readLimitMs = 25_000;

/** The views in a MySQL or MariaDB database. */
export function createBilling(database: Queryable): Billing {
  const known = createViewColumns(database);

  async function ask<T>(statementOf: (columns: ViewColumns) => Statement, limitMs: number): Promise<T[]> {
    return await known.use(async (columns) => {
      const { sql, values } = statementOf(columns);
      try {
        return await database.query<T[]>(withLimit(sql, limitMs, columns.server), values);
      } catch (error) {
        if (!isStatementTimeout(error)) throw error;
        throw new BillingTimeoutError(
          `the billing views took longer than ${Math.ceil(limitMs)} ms to answer; docs/billing-views.md says how to make them fast`,
          { cause: error },
        );
      }
    });
  }

  /** By id. Ids that the column's index does not find are looked for once more, where trailing blanks may hide them. */
  async function rowsOf<T extends ClientRow>(
    ids: readonly string[],
    statementOf: (ids: readonly string[], columns: ViewColumns, byKey: boolean) => Statement,
    limitMs: number,
  ): Promise<ReadonlyMap<string, readonly T[]>> {
    const byId = new Map<string, T[]>();
    const add = (rows: readonly T[]) => {
      for (const row of rows) {
        const id = idOf(row.client_id) ?? '';
        byId.set(id, [...(byId.get(id) ?? []), row]);
      }
    };
    if (ids.length === 0) return byId;
    add(await ask<T>((columns) => statementOf(ids, columns, true), limitMs));
    const missing = ids.filter((id) => !byId.has(id));
    if (missing.length > 0 && (await known.use((columns) => Promise.resolve(mayHideIds(columns)))))
      add(await ask<T>((columns) => statementOf(missing, columns, false), limitMs));
    return byId;
  }

  const readClients: Billing['readClients'] = async (clientIds, needed) => {
    const rows = await rowsOf<ReadRow>(
      clientIds,
      (ids, columns, byKey) => readStatement(ids, needed, columns, byKey),
      needed.withinMs ?? readLimitMs,
    );
    return clientIds.map((id) => {
      const own = rows.get(id);
      return own && clientOf(own, needed);
    });
  };

  return {
    readClients,
    async readClient(clientId, needed) {
      const [client] = await readClients([clientId], needed);
      if (client instanceof Error) throw client;
      return client;
    },
    async identify(clientId) {
      const rows = await rowsOf(clientId === '' ? [] : [clientId], identifyStatement, readLimitMs);
      const [row] = rows.get(clientId) ?? [];
      return row && gateIdentity(row);
    },
    async identifyAll(clientIds) {
      const rows = await rowsOf(clientIds, identifyStatement, pageLimitMs);
      return clientIds.flatMap((id) => {
        const [row] = rows.get(id) ?? [];
        return row ? [gateIdentity(row)] : [];
      });
    },
    async listClients(after, limit) {
      const rows = await ask<ClientRow>(
        (columns) => pageStatement(identityColumns, after, limit, columns),
        pageLimitMs,
      );
      return rows.map(gateIdentity);
    },
  };
}

/** A client's row with what was joined to it. */
interface ReadRow extends ClientRow {
  readonly r_reseller_id?: unknown;
  readonly r_name?: unknown;
  readonly r_manager_email?: unknown;
  readonly x_from?: unknown;
  readonly x_to?: unknown;
  readonly x_rate?: unknown;
  readonly u_login?: unknown;
  readonly u_reseller_id?: unknown;
  readonly u_email?: unknown;
}

/** The rows that joins made of one client, taken apart again and read by the gate. */
function clientOf(rows: readonly ReadRow[], { currency, logins }: ReadFor): ClientRead {
  const resellerId = idOf(rows[0]?.reseller_id);
  const resellers = rows
    .filter((row) => resellerId !== null && idOf(row.r_reseller_id) === resellerId)
    .map((row) => ({ reseller_id: row.r_reseller_id, name: row.r_name, manager_email: row.r_manager_email }));
  const facts = gateClient(rows.length === 1 ? rows : distinctClients(rows), resellers);
  if (isUnclear(facts)) return facts satisfies UnclearClient;
  const rates = rows.map((row) => ({ from_currency: row.x_from, to_currency: row.x_to, rate: row.x_rate }));
  const users = rows.map((row) => ({
    login: row.u_login,
    reseller_id: row.u_reseller_id,
    email: row.u_email,
  }));
  return {
    ...facts,
    ...(currency === null ? { rate: null } : gateRate(rates, currency, facts.currency)),
    users: logins.length === 0 ? {} : gateUsers(users, logins, facts.resellerId),
  } satisfies Client;
}

/** The client's own columns of each row, each once: joins repeat them. */
function distinctClients(rows: readonly ReadRow[]): readonly ClientRow[] {
  const own = rows.map((row): ClientRow => {
    const columns = Object.entries(row).filter(([name]) => !/^[rxu]_/.test(name));
    return Object.fromEntries(columns);
  });
  return [...new Map(own.map((row) => [JSON.stringify(row), row])).values()];
}
