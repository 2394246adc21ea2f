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
}

/** Rules whose notices a look must not ask for again. */
export interface UnsettledNotices {
  /** A notice is on its way. */
  readonly pending: boolean;
  /** Rules whose notice was refused for good since the last planned check: the next one decides afresh (rule 4). */
  readonly failed: readonly RuleKey[];
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
  unsettledOf(clients: readonly LookedClient[]): Promise<ReadonlyMap<string, UnsettledNotices>>;
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
      }[]
    >(
      `SELECT client_id, watch, planned_at, next_check_at, period_ms FROM low_balance_watched_client
       WHERE client_id IN (?) AND ${condition} AND ended_at IS NULL AND missing_since IS NULL
         AND state NOT IN ('starting', 'held') AND next_check_at > ?`,
      [clientIds, now],
    );
    return rows.map((row) => ({
      clientId: row.client_id,
      watch: JSON.parse(row.watch) as WatchState,
      plannedAt: Number(row.planned_at ?? Number(row.next_check_at) - Number(row.period_ms)),
    }));
  };
  return {
    profiles: () => readLookedProfiles(database),
    rowsOf: (clientIds, now) => read(clientIds, now, 'TRUE'),
    unrecoveredOf: (clientIds, now) => read(clientIds, now, 'unrecovered = 1'),
    async unsettledOf(clients) {
      if (clients.length === 0) return new Map();
      const plannedAt = new Map(clients.map((client) => [client.clientId, client.plannedAt]));
      const rows = await database.query<
        { client_id: string; state: string; check_at: string; rules: string; recovered: string | null }[]
      >(
        `SELECT client_id, state, check_at, rules, recovered FROM low_balance_notice
         WHERE client_id IN (?) AND state IN ('pending', 'failed') AND (state = 'pending' OR check_at >= ?)`,
        [[...plannedAt.keys()], Math.min(...plannedAt.values())],
      );
      const found = new Map<string, UnsettledNotices>();
      for (const row of rows) {
        const known = found.get(row.client_id) ?? { pending: false, failed: [] };
        if (row.state === 'pending') found.set(row.client_id, { ...known, pending: true });
        else if (Number(row.check_at) >= (plannedAt.get(row.client_id) ?? 0))
          found.set(row.client_id, { ...known, failed: [...known.failed, ...rulesOf(row)] });
      }
      return found;
    },
  };
}

function rulesOf({
  rules,
  recovered,
}: {
  readonly rules: string;
  readonly recovered: string | null;
}): readonly RuleKey[] {
  return [...(JSON.parse(rules) as RuleKey[]), ...(JSON.parse(recovered ?? '[]') as RuleKey[])];
}
