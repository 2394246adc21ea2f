import type { WatchState } from '../domain/cycle/watch-state.js';
import type { RuleKey } from '../domain/profile/profile.js';
import {
  noNotices,
  withNotice,
  type LookedClient,
  type NoticeAtLook,
  type NoticesOfLooked,
} from '../domain/looks/known-notices.js';
import type { LookedProfile } from '../domain/looks/looked-profile.js';
import { readLookedProfiles } from './profiles.js';
import type { Queryable } from './queryable.js';

/**
 * What looks read of the service's own tables (rule 18). Clients that end, are missing, were just started or whose planned check is due
 * are not in the answers: they are checked without a look.
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
        state: string;
        planned_at: string | null;
        next_check_at: string;
        period_ms: string;
        seen_at: string;
      }[]
    >(
      `SELECT client_id, watch, state, planned_at, next_check_at, period_ms, seen_at FROM low_balance_watched_client
       WHERE client_id IN (?) AND ${condition} AND ended_at IS NULL AND missing_since IS NULL
         AND state <> 'starting' AND next_check_at > ?`,
      [clientIds, now],
    );
    return rows.map((row) => ({
      clientId: row.client_id,
      watch: JSON.parse(row.watch) as WatchState,
      plannedAt: Number(row.planned_at ?? Number(row.next_check_at) - Number(row.period_ms)),
      seenAt: Number(row.seen_at),
      held: row.state === 'held',
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
        found.set(row.client_id, withNotice(found.get(row.client_id) ?? noNotices, noticeOf(row), client));
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

function noticeOf(row: NoticeOfLookedRow): NoticeAtLook {
  const number = (value: string | null) => (value === null ? null : Number(value));
  return {
    profileId: row.profile_id,
    state: row.state,
    checkAt: Number(row.check_at),
    instant: number(row.instant),
    rules: rulesOf(row.rules),
    recovered: rulesOf(row.recovered ?? '[]'),
    acceptedAt: number(row.accepted_at),
  };
}

function rulesOf(json: string): readonly RuleKey[] {
  return JSON.parse(json) as RuleKey[];
}
