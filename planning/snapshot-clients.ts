import type { BillingFacts, ClientAtPlan, WatchedAtPlan } from './impact.js';
import { toDecimal, type Decimal } from '../domain/money.js';
import type { RuleKey } from '../domain/profile/profile.js';
import type { WatchState } from '../domain/watch-state.js';
import { clientOf, type ClientRow } from '../billing/mysql/billing.js';
import type { Snapshot } from './snapshot.js';
import type { Queryable } from '../store/queryable.js';

/** A client of one of the profiles asked for; `atPlan` is undefined where its billing data cannot be understood. */
export interface PlannedClient {
  readonly clientId: string;
  readonly profileId: string;
  readonly atPlan: ClientAtPlan | undefined;
}

/** A page is small enough to be held, large enough that the queries do not count. */
const pageSize = 10_000;

/** The clients that these profiles are assigned to, prepaid and not closed, page by page. */
export async function* clientsOfProfiles(
  { own, billing }: Snapshot,
  profileIds: readonly string[],
): AsyncGenerator<readonly PlannedClient[]> {
  if (profileIds.length === 0) return;
  const wanted = new Set(profileIds);
  for (let after = ''; ;) {
    const rows = await billing.query<AssignedRow[]>(
      `SELECT c.client_id, c.name, c.reseller_id, r.name AS reseller_name, c.profile_id, c.currency, c.balance, c.credit_limit,
         c.billing_email, c.status, c.prepaid, c.language, c.time_zone, c.created_at, c.last_charge_at, c.last_refill_at, r.manager_email
       FROM billing_client c LEFT JOIN billing_reseller r ON r.reseller_id = c.reseller_id
       WHERE c.client_id > ? AND c.profile_id IN (?) AND c.prepaid = 1 AND c.status <> 'closed'
       ORDER BY c.client_id LIMIT ${pageSize}`,
      [after, profileIds],
    );
    // The views' collation may know fewer letters than the service, which compares ids bytewise.
    const assigned = rows.filter(({ profile_id }) => wanted.has(profile_id));
    const watched = await readWatchedAtPlan(
      own,
      assigned.map(({ client_id }) => client_id),
    );
    yield assigned.map((row) => ({
      clientId: row.client_id,
      profileId: row.profile_id,
      atPlan: clientAtPlan(row, watched.get(row.client_id)),
    }));
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    after = last.client_id;
  }
}

interface AssignedRow extends Omit<ClientRow, 'rate' | 'login' | 'user_email'> {
  readonly profile_id: string;
}

function clientAtPlan(row: AssignedRow, watched: WatchedAtPlan | undefined): ClientAtPlan | undefined {
  try {
    return { client: clientOf({ ...row, rate: null, login: null, user_email: null }, [], null), watched };
  } catch {
    return undefined;
  }
}

/** What the workflows of these clients last wrote down; those without a running workflow are not in the answer. */
export async function readWatchedAtPlan(
  own: Queryable,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, WatchedAtPlan>> {
  if (clientIds.length === 0) return new Map();
  const rows = await own.query<
    { client_id: string; watch: string; next_check_at: string; period_ms: string }[]
  >(
    `SELECT client_id, watch, next_check_at, period_ms FROM low_balance_watched_client
     WHERE client_id IN (?) AND ended_at IS NULL`,
    [clientIds],
  );
  const accepted = await readAcceptedSince(own, clientIds);
  return new Map(
    rows.map((row) => [
      row.client_id,
      {
        watch: JSON.parse(row.watch) as WatchState,
        nextCheckAt: Number(row.next_check_at),
        periodMs: Number(row.period_ms),
        acceptedSince: accepted.get(row.client_id) ?? [],
      },
    ]),
  );
}

/** The row is written by the check, before its notices are accepted: the ledger knows those. */
async function readAcceptedSince(
  own: Queryable,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, WatchedAtPlan['acceptedSince']>> {
  const rows = await own.query<{ client_id: string; check_at: string; rules: string; accepted_at: string }[]>(
    `SELECT n.client_id, n.check_at, n.rules, n.accepted_at
     FROM low_balance_watched_client w JOIN low_balance_notice n
       ON n.client_id = w.client_id AND n.check_at >= w.seen_at AND n.profile_id = w.profile_id
     WHERE w.client_id IN (?) AND w.ended_at IS NULL AND n.accepted_at IS NOT NULL
     ORDER BY n.client_id, n.accepted_at`,
    [clientIds],
  );
  // A rule that two notices of one check named counts once, from the first.
  const seen = new Set<string>();
  const byClient = new Map<string, { rules: readonly RuleKey[]; at: number }[]>();
  for (const row of rows) {
    const rules = (JSON.parse(row.rules) as RuleKey[]).filter((rule) => {
      const key = JSON.stringify([row.client_id, row.check_at, rule]);
      return seen.has(key) ? false : seen.add(key);
    });
    const notices = byClient.get(row.client_id) ?? [];
    if (rules.length > 0) byClient.set(row.client_id, [...notices, { rules, at: Number(row.accepted_at) }]);
  }
  return byClient;
}

/** Exchange rates, and the users of those logins. */
export async function readBillingFacts(billing: Queryable, logins: readonly string[]): Promise<BillingFacts> {
  const rates = await billing.query<{ from_currency: string; to_currency: string; rate: string }[]>(
    'SELECT from_currency, to_currency, rate FROM billing_exchange_rate WHERE rate IS NOT NULL',
  );
  const rateByPair = new Map<string, Decimal>(
    rates.map(({ from_currency, to_currency, rate }) => [`${from_currency}>${to_currency}`, toDecimal(rate)]),
  );
  const users = await billing.query<{ login: string; reseller_id: string | null; email: string }[]>(
    'SELECT login, reseller_id, email FROM billing_user WHERE login IN (?)',
    [logins.length > 0 ? [...new Set(logins)] : ['']],
  );
  const usersByLogin = new Map<string, { readonly reseller: string | null; readonly email: string }[]>();
  for (const { login, reseller_id, email } of users)
    usersByLogin.set(login, [...(usersByLogin.get(login) ?? []), { reseller: reseller_id, email }]);
  return {
    rate: (from, to) => rateByPair.get(`${from}>${to}`) ?? null,
    users: (asked, resellerId) =>
      Object.fromEntries(
        asked.flatMap((login) =>
          (usersByLogin.get(login) ?? [])
            .filter(({ reseller, email }) => email && (reseller === null || reseller === resellerId))
            .map(({ email }) => [login, email]),
        ),
      ),
  };
}
