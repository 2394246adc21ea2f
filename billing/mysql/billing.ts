import { toDecimal } from '../../domain/money.js';
import type { Client } from '../../domain/reading.js';
import type { Queryable } from '../../store/queryable.js';

/** What a profile needs to know of a client beside the client itself. */
export interface ReadFor {
  /** The profile's currency, for the exchange rate. */
  readonly currency: string | null;
  /** The logins that the profile names. */
  readonly logins: readonly string[];
}

/** The billing system's views (docs/billing-views.md). Only read. */
export interface Billing {
  /** One client with everything a check needs, by one query; undefined where there is none. */
  readClient(clientId: string, needed: ReadFor): Promise<Client | undefined>;
  /** The same for several, in their order; an Error in place of one whose data is wrong. */
  readClients(
    clientIds: readonly string[],
    needed: ReadFor,
  ): Promise<readonly (Client | Error | undefined)[]>;
  /** Clients that should be watched (prepaid, not closed, with a profile), by id, at most `limit` after `after`. */
  listAssigned(after: string, limit: number): Promise<readonly AssignedClient[]>;
  /** Those of these clients that should be watched. */
  assignedOf(clientIds: readonly string[]): Promise<readonly AssignedClient[]>;
}

export interface AssignedClient {
  readonly clientId: string;
  readonly profileId: string;
}

/** A client as the query of `readClient` answers it; without rate and users where a plan reads many. */
export interface ClientRow {
  client_id: string;
  name: string;
  reseller_id: string;
  reseller_name: string | null;
  profile_id: string | null;
  currency: string;
  balance: string;
  credit_limit: string;
  billing_email: string | null;
  status: string;
  prepaid: number | string;
  language: string | null;
  time_zone: string | null;
  created_at: string;
  last_charge_at: string | null;
  last_refill_at: string | null;
  manager_email: string | null;
  rate: string | null;
  login: string | null;
  user_email: string | null;
}

const readClientSql = `SELECT c.client_id, c.name, c.reseller_id, r.name AS reseller_name, c.profile_id, c.currency, c.balance, c.credit_limit,
    c.billing_email, c.status, c.prepaid, c.language, c.time_zone, c.created_at, c.last_charge_at, c.last_refill_at,
    r.manager_email, x.rate, u.login, u.email AS user_email
  FROM billing_client c
  LEFT JOIN billing_reseller r ON r.reseller_id = c.reseller_id
  LEFT JOIN billing_exchange_rate x ON x.from_currency = ? AND x.to_currency = c.currency
  LEFT JOIN billing_user u ON u.login IN (?) AND (u.reseller_id IS NULL OR u.reseller_id = c.reseller_id)
  WHERE c.client_id IN (?)`;

/** Rule 13. */
const assigned = "profile_id IS NOT NULL AND prepaid = 1 AND status <> 'closed'";

interface AssignedClientRow {
  client_id: string;
  profile_id: string;
}

function assignedClientOf(row: AssignedClientRow): AssignedClient {
  return { clientId: row.client_id, profileId: row.profile_id };
}

export function createBilling(database: Queryable): Billing {
  async function readClient(clientId: string, needed: ReadFor): Promise<Client | undefined> {
    const rows = await readRows(database, [clientId], needed);
    return rows[0] && clientOf(rows[0], rows, needed.currency);
  }
  return {
    readClient,
    async readClients(clientIds, needed) {
      const byId = new Map<string, ClientRow[]>();
      for (const row of await readRows(database, clientIds, needed)) {
        byId.set(row.client_id, [...(byId.get(row.client_id) ?? []), row]);
      }
      return await Promise.all(
        clientIds.map(async (id) => {
          const rows = byId.get(id);
          // The database may take two ids for the same that are not the same here.
          if (!rows) return await readClient(id, needed).catch((error: unknown) => error as Error);
          try {
            return clientOf(rows[0]!, rows, needed.currency);
          } catch (error) {
            return error as Error;
          }
        }),
      );
    },
    async listAssigned(after, limit) {
      const rows = await database.query<AssignedClientRow[]>(
        `SELECT client_id, profile_id FROM billing_client
         WHERE client_id > ? AND ${assigned} ORDER BY client_id LIMIT ${Math.trunc(limit)}`,
        [after],
      );
      return rows.map(assignedClientOf);
    },
    async assignedOf(clientIds) {
      if (clientIds.length === 0) return [];
      const rows = await database.query<AssignedClientRow[]>(
        `SELECT client_id, profile_id FROM billing_client WHERE client_id IN (?) AND ${assigned}`,
        [clientIds],
      );
      return rows.map(assignedClientOf);
    },
  };
}

function readRows(
  database: Queryable,
  clientIds: readonly string[],
  { currency, logins }: ReadFor,
): Promise<ClientRow[]> {
  // An empty IN list is not SQL; no login is the empty string.
  const asked = [currency ?? '', logins.length > 0 ? logins : [''], clientIds];
  return database.query<ClientRow[]>(readClientSql, asked);
}

/** Throws an Error where a time is none. */
export function clientOf(row: ClientRow, rows: readonly ClientRow[], profileCurrency: string | null): Client {
  return {
    clientId: row.client_id,
    name: row.name,
    resellerId: row.reseller_id,
    resellerName: row.reseller_name ?? row.reseller_id,
    profileId: row.profile_id,
    currency: row.currency,
    balance: toDecimal(row.balance),
    creditLimit: toDecimal(row.credit_limit),
    status: row.status === 'closed' || row.status === 'suspended' ? row.status : 'active',
    prepaid: Number(row.prepaid) === 1,
    language: row.language,
    timeZone: row.time_zone,
    createdAt: instantOf(row.created_at),
    lastChargeAt: row.last_charge_at === null ? null : instantOf(row.last_charge_at),
    lastRefillAt: row.last_refill_at === null ? null : instantOf(row.last_refill_at),
    billingEmail: row.billing_email,
    managerEmail: row.manager_email,
    users: Object.fromEntries(
      rows.flatMap(({ login, user_email }) => (login && user_email ? [[login, user_email]] : [])),
    ),
    rate: profileCurrency === row.currency ? '1' : row.rate === null ? null : toDecimal(row.rate),
  };
}

/** DATETIME(6) in UTC, such as `2026-11-24 09:00:00.123456`, in epoch milliseconds. */
export function instantOf(text: string): number {
  const at = Date.parse(`${text.replace(' ', 'T').slice(0, 23)}Z`);
  if (Number.isNaN(at)) throw new Error(`not a UTC time in the billing data: "${text}"`);
  return at;
}
