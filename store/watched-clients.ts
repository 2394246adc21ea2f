import type { DataSource } from 'typeorm';
import type { ClientState } from '../domain/decide.js';
import type { EndReason } from '../domain/reading.js';
import type { WatchState } from '../domain/watch-state.js';
import { watchedClientEntity, type WatchedClientRow } from './rows.js';

/** What a check leaves behind of a client. Instants are epoch milliseconds. */
export interface Seen {
  readonly clientId: string;
  readonly profileId: string;
  readonly state: ClientState;
  readonly periodMs: number;
  readonly nextCheckAt: number;
  readonly seenAt: number;
  readonly watch: WatchState;
}

export interface WatchedClient {
  readonly clientId: string;
  readonly profileId: string;
  readonly periodMs: number;
  readonly nextCheckAt: number;
  readonly ended: boolean;
}

export interface WatchedClients {
  /** Written together with others a moment later: a lost row only makes reconciliation look once more. */
  seen(row: Seen): void;
  /** A workflow was started; its first check writes the rest. Never overwrites a row of a running workflow. */
  started(clientId: string, profileId: string, at: number): Promise<void>;
  /** The next check was planned anew by another Period. */
  replanned(clientId: string, profileId: string, periodMs: number): Promise<void>;
  ended(clientId: string, reason: EndReason, at: number): Promise<void>;
  /** Rows with `after < client_id`, and up to `upTo` where given, by id. */
  list(after: string, upTo: string | undefined, limit: number): Promise<readonly WatchedClient[]>;
  flush(): Promise<void>;
}

const flushEveryMs = 250;
const flushAtRows = 500;

export function createWatchedClients(
  database: DataSource,
  onError: (error: unknown) => void,
): WatchedClients {
  const waiting = new Map<string, Seen>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const rows = [...waiting.values()];
    waiting.clear();
    if (rows.length > 0) writing = writing.then(() => upsert(database, rows)).catch(onError);
    return writing;
  };

  return {
    seen(row) {
      waiting.set(row.clientId, row);
      if (waiting.size >= flushAtRows) void flush();
      else timer ??= setTimeout(() => void flush(), flushEveryMs);
    },
    async started(clientId, profileId, at) {
      // A minute stands in for the Period until the first check knows it: then reconciliation would look again.
      await database.query(
        `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch)
         VALUES (?, ?, 'ok', 60000, ?, ?, '{"acceptedAt":{}}')
         ON DUPLICATE KEY UPDATE next_check_at = GREATEST(next_check_at, VALUES(next_check_at)), ended_at = NULL, end_reason = NULL`,
        [clientId, profileId, at, at],
      );
    },
    async replanned(clientId, profileId, periodMs) {
      await database
        .getRepository(watchedClientEntity)
        .update({ clientId }, { profileId, periodMs: String(periodMs) });
    },
    async ended(clientId, reason, at) {
      waiting.delete(clientId);
      await database
        .getRepository(watchedClientEntity)
        .update({ clientId }, { endedAt: String(at), endReason: reason });
    },
    async list(after, upTo, limit) {
      const query = database
        .getRepository(watchedClientEntity)
        .createQueryBuilder('w')
        .where('w.clientId > :after', { after });
      if (upTo !== undefined) query.andWhere('w.clientId <= :upTo', { upTo });
      const rows = await query.orderBy('w.clientId').limit(limit).getMany();
      return rows.map(watchedOf);
    },
    flush,
  };
}

async function upsert(database: DataSource, rows: readonly Seen[]): Promise<void> {
  await database.getRepository(watchedClientEntity).upsert(
    rows.map((row) => ({
      clientId: row.clientId,
      profileId: row.profileId,
      state: row.state,
      periodMs: String(row.periodMs),
      nextCheckAt: String(row.nextCheckAt),
      seenAt: String(row.seenAt),
      watch: JSON.stringify(row.watch),
      endedAt: null,
      endReason: null,
    })),
    { conflictPaths: ['clientId'], skipUpdateIfNoValuesChanged: false },
  );
}

function watchedOf(row: WatchedClientRow): WatchedClient {
  return {
    clientId: row.clientId,
    profileId: row.profileId,
    periodMs: Number(row.periodMs),
    nextCheckAt: Number(row.nextCheckAt),
    ended: row.endedAt !== null,
  };
}
