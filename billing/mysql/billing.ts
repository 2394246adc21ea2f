import type { Client, ClientIdentity, UnclearClient } from '../../domain/client.js';
import { isUnclear } from '../../domain/client.js';
import type { Queryable } from '../../store/queryable.js';
import { slowlyRemembered } from '../../store/remembered.js';
import { BillingDataError, type Billing, type ClientRead, type ReadFor } from '../billing.js';
import { identityColumns, type ClientColumn } from '../billing-views.js';
import { gateClient, gateIdentity, idOf, type ClientRow } from '../client-gate.js';
import { gateRate, gateUsers } from '../profile-facts.js';
import { askViews } from './ask-views.js';
import {
  columnsFor,
  identifyStatement,
  mayHideIds,
  oddRatesStatement,
  readStatement,
  type Statement,
} from './client-statements.js';
import { readPageRows } from './page-rows.js';
import { createColumnFaults, readApart } from './rows-apart.js';
import type { ViewColumns } from './view-columns.js';

/** A statement of the fleet's pages may take as long as an activity that reads them. */
const pageLimitMs = 20_000;
const ratesKnownForMs = 60_000;
const ratesLimitMs = 1_000;
/** Of a read whose caller says nothing. */
const readLimitMs = 25_000;

/** The views in a MySQL or MariaDB database. */
export function createBilling(database: Queryable): Billing {
  const views = askViews(database);

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
    add(await views.rows<T>((columns) => statementOf(ids, columns, true), limitMs));
    const missing = ids.filter((id) => !byId.has(id));
    if (missing.length > 0 && mayHideIds(await views.columns()))
      add(await views.rows<T>((columns) => statementOf(missing, columns, false), limitMs));
    return byId;
  }

  const identify = async (clientId: string, limitMs: number): Promise<ClientIdentity | undefined> => {
    const rows = await rowsOf(clientId === '' ? [] : [clientId], identifyStatement, limitMs);
    const [row] = rows.get(clientId) ?? [];
    return row && gateIdentity(row);
  };

  /** Which column fails; the error where the view does not even say who the client is, or where what is joined to it fails. */
  async function unclearClients(
    failed: ReadonlyMap<string, BillingDataError>,
    wanted: readonly ClientColumn[],
    leftMs: () => number,
  ): Promise<ReadonlyMap<string, UnclearClient | Error>> {
    const columnFaults = createColumnFaults(views, wanted);
    const unclear = new Map<string, UnclearClient | Error>();
    for (const [id, error] of failed) {
      const faults = await columnFaults(id, leftMs);
      const identity = await identify(id, leftMs()).catch(() => undefined);
      unclear.set(id, identity && faults.length > 0 ? { ...identity, faults } : error);
    }
    return unclear;
  }

  /** Some system's rates are written with blanks before a currency, or in mixed case: their own index finds none of these. */
  const ratesAreOdd = slowlyRemembered(ratesKnownForMs, async () => {
    try {
      return (await views.rows(oddRatesStatement, ratesLimitMs)).length > 0;
    } catch {
      // What is wrong with the view the read itself says.
      return false;
    }
  });

  const readClients: Billing['readClients'] = async (clientIds, needed) => {
    const limitMs = needed.withinMs ?? readLimitMs;
    const until = performance.now() + limitMs;
    const leftMs = () => until - performance.now();
    const oddRates = needed.currency !== null && (await ratesAreOdd());
    const read = (some: readonly string[], withinMs: number) =>
      rowsOf<ReadRow>(
        some,
        (ids, columns, byKey) => readStatement(ids, { ...needed, oddRates }, columns, byKey),
        withinMs,
      );
    const answers = (rows: ReadonlyMap<string, readonly ReadRow[]>) =>
      clientIds.map((id) => {
        const own = rows.get(id);
        return own && clientOf(own, needed);
      });
    try {
      return answers(await read(clientIds, leftMs()));
    } catch (error) {
      if (!(error instanceof BillingDataError)) throw error;
    }
    const { rows, failed } = await readApart(clientIds, async (some) => [...(await read(some, leftMs()))]);
    const unclear = await unclearClients(failed, columnsFor(needed), leftMs);
    return answers(new Map(rows)).map((client, index) => unclear.get(clientIds[index]!) ?? client);
  };

  return {
    readClients,
    async readClient(clientId, needed) {
      const [client] = await readClients([clientId], needed);
      if (client instanceof Error) throw client;
      return client;
    },
    identify: (clientId) => identify(clientId, readLimitMs),
    async identifyAll(clientIds) {
      const rows = await rowsOf(clientIds, identifyStatement, pageLimitMs);
      return clientIds.flatMap((id) => {
        const [row] = rows.get(id) ?? [];
        return row ? [gateIdentity(row)] : [];
      });
    },
    async listClients(after, limit) {
      const page = { wanted: identityColumns, after, limit, limitMs: pageLimitMs };
      return (await readPageRows(views, page)).rows.map(gateIdentity);
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
