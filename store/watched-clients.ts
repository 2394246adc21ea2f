import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import type { EndReason } from '../domain/reading.js';
import type { WatchState } from '../domain/cycle/watch-state.js';
import { mayRecover } from '../domain/looks/looked-profile.js';
import { readEarlier, readFleet, readWatchedAfter, readWatchedRows } from './read-watched.js';
import { watchedClientEntity } from './rows.js';
import type { EarlierWatch, Fleet, WatchedClient, WatchedRow } from './watched-row.js';
import { insertStarted, upsertChecked, type StartedRow } from './write-watched.js';

export interface WatchedClients {
  /**
   * Written together with others a moment later: resolves once it is written, or was given up and handed to `onError`. Never
   * rejects. A row that is lost with its process is made good by the client's next check. `soon`: somebody waits for it.
   */
  seen(row: WatchedRow, soon?: 'soon'): Promise<void>;
  /** A workflow was started; its first check writes the rest. Never overwrites a row of a running workflow. */
  started(clientId: string, profileId: string, at: number): Promise<void>;
  /** The next check was planned anew by another Period. */
  replanned(clientId: string, profileId: string, periodMs: number): Promise<void>;
  /** Its billing data cannot be read, and not even its profile is known: nothing but the state is written. */
  unreadable(clientId: string, at: number, nextCheckAt: number): Promise<void>;
  ended(clientId: string, reason: EndReason, at: number): Promise<void>;
  /** Rule 13: the billing system shows no client or no profile for it since then; what is written stays as it is. */
  missing(clientId: string, since: number, nextCheckAt: number): Promise<void>;
  /** An operator changed between two checks what the client's workflow knows. */
  remember(clientId: string, watch: WatchState): Promise<void>;
  /** What is known of a client whose workflow starts; undefined where it never had one. */
  earlier(clientId: string): Promise<EarlierWatch | undefined>;
  /** Rows with `after < client_id` whose workflow has not ended, by id. */
  listWatched(after: string, limit: number): Promise<readonly WatchedClient[]>;
  /** The rows of these clients, also of ended ones. */
  rowsOf(clientIds: readonly string[]): Promise<readonly WatchedClient[]>;
  fleet(now: number): Promise<Fleet>;
  flush(): Promise<void>;
}

const flushEveryMs = 250;
const flushSoonMs = 20;
const flushAtRows = 500;
/** Rows of workflows that were started are gathered for so long, milliseconds. */
const startedWithinMs = 50;
/** Rows of one statement at most. */
const mostAtOnce = 500;

export function createWatchedClients(
  database: DataSource,
  onError: (error: unknown) => void,
): WatchedClients {
  const waiting = new Map<string, WatchedRow>();
  let timer: { readonly at: number; readonly timeout: NodeJS.Timeout } | undefined;
  let writing: Promise<void> = Promise.resolve();
  /** Of the rows that are waiting. */
  let written: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  const flush = (): Promise<void> => {
    clearTimeout(timer?.timeout);
    timer = undefined;
    const rows = [...waiting.values()];
    waiting.clear();
    if (rows.length > 0) writing = writing.then(() => upsertChecked(database, rows)).catch(onError);
    void writing.then(written?.resolve);
    written = undefined;
    return writing;
  };

  const flushWithin = (ms: number): void => {
    const at = performance.now() + ms;
    if (timer && timer.at <= at) return;
    clearTimeout(timer?.timeout);
    timer = { at, timeout: setTimeout(() => void flush(), ms) };
  };

  // Clients that start together were read together, and ask together.
  const earlier = new DataLoader((ids: readonly string[]) => readEarlier(database, ids), {
    cache: false,
    maxBatchSize: mostAtOnce,
  });
  const starts = new DataLoader((rows: readonly StartedRow[]) => insertStarted(database, rows), {
    cache: false,
    maxBatchSize: mostAtOnce,
    batchScheduleFn: (callback) => void setTimeout(callback, startedWithinMs),
  });

  return {
    seen(row, soon) {
      waiting.set(row.clientId, row);
      written ??= deferred();
      const { promise } = written;
      if (waiting.size >= flushAtRows) void flush();
      else flushWithin(soon ? flushSoonMs : flushEveryMs);
      return promise;
    },
    started: (clientId, profileId, at) => starts.load({ clientId, profileId, at }),
    async replanned(clientId, profileId, periodMs) {
      await database
        .getRepository(watchedClientEntity)
        .update({ clientId }, { profileId, periodMs: String(periodMs), missingSince: null });
    },
    async unreadable(clientId, at, nextCheckAt) {
      await database.query(
        `UPDATE low_balance_watched_client SET state = 'unknown', seen_at = ?, next_check_at = ?
         WHERE client_id = ? AND ended_at IS NULL`,
        [at, nextCheckAt, clientId],
      );
    },
    async ended(clientId, reason, at) {
      waiting.delete(clientId);
      await database
        .getRepository(watchedClientEntity)
        .update({ clientId }, { endedAt: String(at), endReason: reason });
    },
    async missing(clientId, since, nextCheckAt) {
      await flush();
      await database
        .getRepository(watchedClientEntity)
        .update({ clientId }, { missingSince: String(since), nextCheckAt: String(nextCheckAt) });
    },
    async remember(clientId, watch) {
      // A check's row that still waits knows less.
      await flush();
      await database
        .getRepository(watchedClientEntity)
        .update({ clientId }, { watch: JSON.stringify(watch), unrecovered: Number(mayRecover(watch)) });
    },
    async earlier(clientId) {
      await (waiting.has(clientId) ? flush() : writing);
      return await earlier.load(clientId);
    },
    listWatched: (after, limit) => readWatchedAfter(database, after, limit),
    rowsOf: (clientIds) => readWatchedRows(database, clientIds),
    fleet: (now) => readFleet(database, now),
    flush,
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
