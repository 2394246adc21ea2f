import type { ClientFacts, UnclearClient } from '../../domain/client.js';
import type { CostlyFact } from '../../domain/costly-fact.js';
import { groupedBy } from '../../store/grouped-by.js';
import type { Queryable } from '../../store/queryable.js';
import { gateClient, gateIdentity, idOf, type ResellerRow } from '../client-gate.js';
import { gateRate, gateUsers, type RateRow, type UserRow } from '../profile-facts.js';
import type { SharedFacts } from '../shared-facts.js';
import { askViews } from './ask-views.js';
import { columnsFor, isLogin, type Statement } from './client-statements.js';
import { readPageRows } from './page-rows.js';
import { asText, type ViewColumns } from './view-columns.js';

export interface PageOptions {
  /** The last client of the page before; "" for the first. */
  readonly after: string;
  readonly limit: number;
  /** The costly facts to read. */
  readonly costly: readonly CostlyFact[];
  /** Only clients for which the billing data names one of these profiles, or none where `unnamed`; every client when absent. */
  readonly named?: { readonly profiles: readonly string[]; readonly unnamed: boolean } | undefined;
}

export interface FleetPage {
  /** By id, each once, also one that has two rows. */
  readonly clients: readonly (ClientFacts | UnclearClient)[];
  /** What the next page comes after; absent at the end. */
  readonly next?: string;
}

/** Reads many clients, for plans and for `doctor`, through the same gate as a check. */
export interface FleetReader {
  page(options: PageOptions): Promise<FleetPage>;
  /** The texts of `profile_id`, each once, with leading blanks where they have some. */
  namedProfiles(): Promise<readonly string[]>;
  sharedFacts(logins: readonly string[]): Promise<SharedFacts>;
  /** Those that `billing_reseller` has. */
  resellerIds(): Promise<ReadonlySet<string>>;
}

/** A page of a view that works each client out of call records may take a while. */
const pageLimitMs = 120_000;

export function createFleetReader(database: Queryable): FleetReader {
  const views = askViews(database);
  let resellers: Promise<ReadonlyMap<string, readonly ResellerRow[]>> | undefined;

  const ask = <T>(statement: Statement): Promise<readonly T[]> => views.rows<T>(() => statement, pageLimitMs);

  const readResellers = async (): Promise<ReadonlyMap<string, readonly ResellerRow[]>> => {
    const rows = await ask<ResellerRow>({
      sql: 'SELECT reseller_id, name, manager_email FROM billing_reseller',
      values: [],
    });
    return groupedBy(rows, ({ reseller_id }) => idOf(reseller_id) ?? '');
  };

  const knownResellers = () => (resellers ??= readResellers());

  return {
    resellerIds: async () => new Set((await knownResellers()).keys()),
    async page({ after, limit, costly, named }) {
      const { rows, faults, next } = await readPageRows(views, {
        wanted: columnsFor({ costly }),
        after,
        limit,
        filterOf: (columns) => named && namedFilter(named, columns),
        limitMs: pageLimitMs,
      });
      const ofReseller = await knownResellers();
      const byId = groupedBy(rows, ({ client_id }) => idOf(client_id) ?? '');
      const clients = [...byId].map(([id, own]) => {
        const resellerId = idOf(own[0]?.reseller_id);
        const failing = faults.get(id);
        if (failing) return { ...gateIdentity(own[0]!), faults: failing };
        return gateClient(own, resellerId === null ? [] : (ofReseller.get(resellerId) ?? []));
      });
      return { clients, ...(next === undefined ? {} : { next }) };
    },
    async namedProfiles() {
      if (!(await views.columns()).readable(['profile_id']).includes('profile_id')) return [];
      const rows = await views.rows<{ profile_id: string }>((columns) => {
        const profile = asText('profile_id', columns.of('billing_client', 'profile_id'));
        const sql = `SELECT DISTINCT ${profile} AS profile_id FROM billing_client WHERE profile_id IS NOT NULL`;
        return { sql, values: [] };
      }, pageLimitMs);
      return rows.map(({ profile_id }) => profile_id).filter((id) => id.trim() !== '');
    },
    async sharedFacts(logins) {
      const rates = await ask<RateRow>({
        sql: 'SELECT from_currency, to_currency, rate FROM billing_exchange_rate',
        values: [],
      });
      const users =
        logins.length === 0
          ? []
          : await views.rows<UserRow>((columns) => {
              const login = isLogin('login', [...new Set(logins)], columns);
              const sql = `SELECT login, reseller_id, email FROM billing_user WHERE ${login.sql}`;
              return { sql, values: login.values };
            }, pageLimitMs);
      return sharedFactsOf(rates, users);
    },
  };
}

/** At least those clients; the caller judges. A view without the column names no profile. */
export function namedFilter(
  { profiles, unnamed }: NonNullable<PageOptions['named']>,
  columns: ViewColumns,
): Statement | undefined {
  if (!columns.readable(['profile_id']).includes('profile_id'))
    return unnamed ? undefined : { sql: 'FALSE', values: [] };
  const column = columns.of('billing_client', 'profile_id');
  const conditions = [
    ...(profiles.length > 0 ? [`${trimmedProfile(column?.collation)} IN (?)`] : []),
    ...(unnamed ? ['profile_id IS NULL', `${asText('profile_id', column)} = ''`] : []),
  ];
  return { sql: `(${conditions.join(' OR ') || 'FALSE'})`, values: profiles.length > 0 ? [profiles] : [] };
}

/** A column with a collation that pads blanks is compared as it is, so that its index serves. */
function trimmedProfile(collation: string | null | undefined): string {
  if (collation === undefined) return 'profile_id';
  return collation !== null && !/_0900_|nopad|^binary$/.test(collation)
    ? 'profile_id'
    : asText('profile_id', { type: '', collation, length: null });
}

function sharedFactsOf(rates: readonly RateRow[], users: readonly UserRow[]): SharedFacts {
  const found = new Map<string, ReturnType<SharedFacts['rate']>>();
  const byLogin = groupedBy(users, ({ login }) => idOf(login) ?? '');
  return {
    rate(from, to) {
      const pair = `${from}>${to}`;
      const rate = found.get(pair) ?? gateRate(rates, from, to);
      found.set(pair, rate);
      return rate;
    },
    users: (logins, resellerId) =>
      gateUsers(
        logins.flatMap((login) => byLogin.get(login) ?? []),
        logins,
        resellerId,
      ),
  };
}
