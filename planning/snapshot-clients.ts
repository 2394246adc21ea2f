import { createFleetReader, type FleetPage } from '../billing/mysql/fleet-reader.js';
import { watchedWith, type Assigner } from '../domain/assignment.js';
import { isUnclear } from '../domain/client.js';
import type { CostlyFact } from '../domain/costly-fact.js';
import type { RuleKey } from '../domain/profile/profile.js';
import type { AcceptedNotice } from '../domain/cycle/told.js';
import type { WatchState } from '../domain/cycle/watch-state.js';
import type { Queryable } from '../store/queryable.js';
import type { ClientAtPlan, WatchedAtPlan } from './impact.js';
import type { Snapshot } from './snapshot.js';

/** A client that a plan is about; `atPlan` is undefined where its billing data cannot be understood. */
export interface PlannedClient {
  readonly clientId: string;
  /** The profile it has without the sync and after it, whether there is one of that id or not; undefined: it has none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly atPlan: ClientAtPlan | undefined;
}

/** What a plan changes of who has which profile, and of which profiles. */
export interface PlanScope {
  readonly before: Assigner;
  readonly after: Assigner;
  readonly changed: readonly string[];
  readonly costly: readonly CostlyFact[];
}

/** A page is small enough to be held, large enough that the queries do not count. */
const pageSize = 10_000;

/** The clients, prepaid and not closed, that have a changed profile or get another one, page by page. */
export async function* clientsOfPlan(
  { own, billing }: Snapshot,
  { before, after, changed, costly }: PlanScope,
): AsyncGenerator<readonly PlannedClient[]> {
  const unnamed = before.appliesToAny || after.appliesToAny;
  if (changed.length === 0 && !unnamed) return;
  const concerned = new Set<string | undefined>(changed);
  const fleet = createFleetReader(billing);
  const named = { profiles: changed, unnamed };
  const read = async (last: string): Promise<PageOfPlan> => {
    const page: FleetPage = await fleet.page({ after: last, limit: pageSize, costly, named });
    const planned = page.clients.flatMap((client) => {
      const [from, to] = [watchedWith(client, before), watchedWith(client, after)];
      return from === to && (from === undefined || !concerned.has(from)) ? [] : [{ client, from, to }];
    });
    const watched = await readWatchedAtPlan(
      own,
      planned.map(({ client }) => client.clientId),
    );
    const clients = planned.map(({ client, from, to }) => ({
      clientId: client.clientId,
      before: from,
      after: to,
      atPlan: isUnclear(client) ? undefined : { client, watched: watched.get(client.clientId) },
    }));
    return { clients, ...(page.next === undefined ? {} : { next: page.next }) };
  };
  for (let reading: Promise<PageOfPlan> | undefined = read(''); reading;) {
    const { clients, next }: PageOfPlan = await reading;
    // MySQL works on the next page while this one is decided.
    reading = next === undefined ? undefined : read(next);
    reading?.catch(() => {});
    yield clients;
  }
}

interface PageOfPlan {
  readonly clients: readonly PlannedClient[];
  readonly next?: string;
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

interface AcceptedRow {
  readonly client_id: string;
  readonly check_at: string;
  readonly rules: string;
  readonly recovered: string | null;
  readonly accepted_at: string;
  readonly instant: string | null;
}

/** The row is written by the check, before its notices are accepted: the ledger knows those. */
async function readAcceptedSince(
  own: Queryable,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, WatchedAtPlan['acceptedSince']>> {
  const rows = await own.query<AcceptedRow[]>(
    `SELECT n.client_id, n.check_at, n.rules, n.recovered, n.accepted_at, n.instant
     FROM low_balance_watched_client w JOIN low_balance_notice n
       ON n.client_id = w.client_id AND n.check_at >= w.seen_at AND n.profile_id = w.profile_id
     WHERE w.client_id IN (?) AND w.ended_at IS NULL AND n.accepted_at IS NOT NULL
     ORDER BY n.client_id, n.accepted_at`,
    [clientIds],
  );
  const byClient = new Map<string, AcceptedNotice[]>();
  for (const row of rows) {
    const notices = byClient.get(row.client_id) ?? [];
    notices.push({
      rules: JSON.parse(row.rules) as RuleKey[],
      ...(row.recovered === null ? {} : { recovered: JSON.parse(row.recovered) as RuleKey[] }),
      at: Number(row.accepted_at),
      checkAt: Number(row.check_at),
      ...(row.instant === null ? {} : { instant: Number(row.instant) }),
    });
    byClient.set(row.client_id, notices);
  }
  return byClient;
}
