import type { AcceptedNotice } from '../domain/cycle/told.js';
import type { WatchState } from '../domain/cycle/watch-state.js';
import type { RuleKey } from '../domain/profile/profile.js';
import type { LookedProfile } from '../domain/looks/looked-profile.js';
import { readLookedProfiles } from './profiles.js';
import type { Queryable } from './queryable.js';

/** What a look needs of a client's row. Instants are epoch milliseconds. */
export interface LookedClient {
  readonly clientId: string;
  readonly watch: WatchState;
  /** A planned check of its grid. */
  readonly plannedAt: number;
  /** When the row was written. */
  readonly seenAt: number;
}

/** What the ledger knows of a client, and its row does not. */
export interface NoticesOfLooked {
  /** A notice is on its way. */
  readonly pending: boolean;
  /** Rules whose notice was refused for good since the last planned check: the next one decides afresh (rule 4). */
  readonly failed: readonly RuleKey[];
  /** Accepted since the check that wrote the row. */
  readonly accepted: readonly AcceptedNotice[];
}

/**
 * What looks read of the service's own tables (rule 18). Clients that end, are missing, were just started, are held by the brake or whose
 * planned check is due are not in the answers: they are checked without a look.
 */
export interface LookedClients {
  /** The profiles that say `checkEvery`. */
  profiles(): Promise<readonly LookedProfile[]>;
  rowsOf(clientIds: readonly string[], now: number): Promise<readonly LookedClient[]>;
  /** Only those with a rule that was notified and whose recovery was not (rule 20). */
  unrecoveredOf(clientIds: readonly string[], now: number): Promise<readonly LookedClient[]>;
  /** Only clients that have such notices. */
  noticesOf(clients: readonly LookedClient[]): Promise<ReadonlyMap<string, NoticesOfLooked>>;
}

export function createLookedClients(database: Queryable): LookedClients {
  const read = async (clientIds: readonly string[], now: number, condition: string) => {
    if (clientIds.length === 0) return [];
    const rows = await database.query<
      {
        client_id: string;
        watch: string;
        planned_at: string | null;
        next_check_at: string;
        period_ms: string;
        seen_at: string;
      }[]
    >(
      `SELECT client_id, watch, planned_at, next_check_at, period_ms, seen_at FROM low_balance_watched_client
       WHERE client_id IN (?) AND ${condition} AND ended_at IS NULL AND missing_since IS NULL
         AND state NOT IN ('starting', 'held') AND next_check_at > ?`,
      [clientIds, now],
    );
    return rows.map((row) => ({
      clientId: row.client_id,
      watch: JSON.parse(row.watch) as WatchState,
      plannedAt: Number(row.planned_at ?? Number(row.next_check_at) - Number(row.period_ms)),
      seenAt: Number(row.seen_at),
    }));
  };
  return {
    profiles: () => readLookedProfiles(database),
    rowsOf: (clientIds, now) => read(clientIds, now, 'TRUE'),
    unrecoveredOf: (clientIds, now) => read(clientIds, now, 'unrecovered = 1'),
    async noticesOf(clients) {
      if (clients.length === 0) return new Map();
      const byId = new Map(clients.map((client) => [client.clientId, client]));
      const since = Math.min(...clients.flatMap(({ plannedAt, seenAt }) => [plannedAt, seenAt]));
      const rows = await database.query<NoticeOfLookedRow[]>(
        `SELECT client_id, profile_id, state, check_at, rules, recovered, accepted_at, instant FROM low_balance_notice
         WHERE client_id IN (?) AND (state = 'pending' OR check_at >= ?)`,
        [[...byId.keys()], since],
      );
      const found = new Map<string, NoticesOfLooked>();
      for (const row of rows) {
        const client = byId.get(row.client_id);
        if (!client) continue;
        const known = found.get(row.client_id) ?? { pending: false, failed: [], accepted: [] };
        found.set(row.client_id, withNotice(known, row, client));
      }
      return found;
    },
  };
}

interface NoticeOfLookedRow {
  readonly client_id: string;
  readonly profile_id: string;
  readonly state: string;
  readonly check_at: string;
  readonly rules: string;
  readonly recovered: string | null;
  readonly accepted_at: string | null;
  readonly instant: string | null;
}

function withNotice(
  known: NoticesOfLooked,
  row: NoticeOfLookedRow,
  { plannedAt, seenAt, watch }: LookedClient,
): NoticesOfLooked {
  const checkAt = Number(row.check_at);
  const rules = rulesOf(row.rules);
  const recovered = rulesOf(row.recovered ?? '[]');
  if (row.state === 'pending') return { ...known, pending: true };
  if (row.accepted_at !== null && checkAt >= seenAt && row.profile_id === watch.profileId) {
    const instant = row.instant === null ? {} : { instant: Number(row.instant) };
    const notice = { rules, recovered, at: Number(row.accepted_at), checkAt, ...instant };
    return { ...known, accepted: [...known.accepted, notice] };
  }
  return row.state === 'failed' && checkAt >= plannedAt
    ? { ...known, failed: [...known.failed, ...rules, ...recovered] }
    : known;
}

function rulesOf(json: string): readonly RuleKey[] {
  return JSON.parse(json) as RuleKey[];
}
