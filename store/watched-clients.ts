import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import type { ClientState } from '../domain/client-state.js';
import type { EndReason } from '../domain/reading.js';
import type { WatchState } from '../domain/cycle/watch-state.js';
import type { Unsent } from '../domain/watching/unsent.js';
import { mayRecover } from '../domain/looks/looked-profile.js';
import { isOfItsData } from './database-errors.js';
import { watchedClientEntity } from './rows.js';

/** What a check leaves behind of a client. Instants are epoch milliseconds. */
export interface WatchedRow {
  readonly clientId: string;
  readonly profileId: string;
  readonly state: ClientState;
  readonly periodMs: number;
  /** A planned check of the client's grid. */
  readonly plannedAt: number;
  readonly nextCheckAt: number;
  readonly seenAt: number;
  readonly watch: WatchState;
  readonly unsent?: Unsent;
}

/** What the last workflow of a client knew at its end, however it ended (rule 25). */
export interface EarlierWatch {
  readonly watch: WatchState;
  /** Undefined where an older version wrote the row. */
  readonly plannedAt: number | undefined;
  /** Its last check; undefined where there was none. */
  readonly checkedAt: number | undefined;
  /** What that check left to be sent. */
  readonly unsent?: Unsent;
}

export interface WatchedClient {
  readonly clientId: string;
  readonly profileId: string;
  readonly periodMs: number;
  readonly nextCheckAt: number;
  readonly seenAt: number;
  /** It was started, and its first check did not come yet. */
  readonly starting: boolean;
  readonly ended: boolean;
  /** Since when it is missing in the billing data, or without a profile (rule 13). */
  readonly missingSince?: number;
}

/** All watched clients in figures. */
export interface Fleet {
  /** State → clients in it, as of their last check. */
  readonly states: Readonly<Record<string, number>>;
  /** Clients whose check is more than a minute late. */
  readonly overdue: number;
  /** By how much the most overdue check is late, milliseconds. */
  readonly mostOverdueMs: number;
}

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
    if (rows.length > 0) writing = writing.then(() => upsert(database, rows)).catch(onError);
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
    async listWatched(after, limit) {
      const rows = await database.query<LightRow[]>(
        `SELECT ${lightColumns} FROM low_balance_watched_client
         WHERE client_id > ? AND ended_at IS NULL ORDER BY client_id LIMIT ${Math.trunc(limit)}`,
        [after],
      );
      return rows.map(watchedOf);
    },
    async rowsOf(clientIds) {
      if (clientIds.length === 0) return [];
      const rows = await database.query<LightRow[]>(
        `SELECT ${lightColumns} FROM low_balance_watched_client WHERE client_id IN (?)`,
        [clientIds],
      );
      return rows.map(watchedOf);
    },
    fleet: (now) => readFleet(database, now),
    flush,
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

interface StartedRow {
  readonly clientId: string;
  readonly profileId: string;
  readonly at: number;
}

/** Where MySQL refuses a value of one of them, each is written alone: one that it never takes is not to stop the others. */
async function insertStarted(
  database: DataSource,
  rows: readonly StartedRow[],
): Promise<readonly (undefined | Error)[]> {
  try {
    await insertRows(database, rows);
    return rows.map(() => undefined);
  } catch (error) {
    if (rows.length === 1 || !isOfItsData(error)) return rows.map(() => error as Error);
    const alone = await Promise.all(rows.map((row) => insertStarted(database, [row])));
    return alone.flat();
  }
}

async function insertRows(database: DataSource, rows: readonly StartedRow[]): Promise<void> {
  await database.query(
    `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch)
     VALUES ?
     ON DUPLICATE KEY UPDATE next_check_at = GREATEST(next_check_at, VALUES(next_check_at)), seen_at = VALUES(seen_at),
       ended_at = NULL, end_reason = NULL, missing_since = NULL`,
    [
      inOrder(rows).map(({ clientId, profileId, at }) => [
        clientId,
        profileId,
        'starting',
        0,
        at,
        at,
        neverChecked,
      ]),
    ],
  );
}

/** Statements that write the same rows in the same order never wait for each other in a circle. */
function inOrder<Row extends { readonly clientId: string }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => (a.clientId < b.clientId ? -1 : 1));
}

const neverChecked = '{"acceptedAt":{}}';

interface EarlierRow {
  client_id: string;
  watch: string;
  planned_at: string | null;
  checked_at: string | null;
  unsent: Unsent | null;
}

async function readEarlier(
  database: DataSource,
  clientIds: readonly string[],
): Promise<readonly (EarlierWatch | undefined)[]> {
  const rows = await database.query<EarlierRow[]>(
    'SELECT client_id, watch, planned_at, checked_at, unsent FROM low_balance_watched_client WHERE client_id IN (?)',
    [clientIds],
  );
  const found = new Map(rows.map((row) => [row.client_id, earlierOf(row)]));
  return clientIds.map((clientId) => found.get(clientId));
}

function earlierOf({ watch, planned_at, checked_at, unsent }: EarlierRow): EarlierWatch {
  return {
    watch: JSON.parse(watch) as WatchState,
    plannedAt: planned_at === null ? undefined : Number(planned_at),
    checkedAt: checked_at === null ? undefined : Number(checked_at),
    ...(unsent === null ? {} : { unsent }),
  };
}

const checkedColumns = [
  'client_id',
  'profile_id',
  'state',
  'period_ms',
  'next_check_at',
  'seen_at',
  'watch',
  'unrecovered',
  'planned_at',
  'checked_at',
  'unsent',
] as const;

/**
 * Not by the repository, which reads every row again after it wrote them: a check waits for nothing of theirs. A client that is
 * checked is neither missing nor ended.
 */
async function upsert(database: DataSource, rows: readonly WatchedRow[]): Promise<void> {
  await database.query(
    `INSERT INTO low_balance_watched_client (${checkedColumns.join(', ')}) VALUES ?
     ON DUPLICATE KEY UPDATE ${checkedColumns.map((name) => `${name} = VALUES(${name})`).join(', ')},
       missing_since = NULL, ended_at = NULL, end_reason = NULL`,
    [inOrder(rows).map(valuesOf)],
  );
}

function valuesOf(row: WatchedRow): readonly unknown[] {
  const values: Readonly<Record<(typeof checkedColumns)[number], unknown>> = {
    client_id: row.clientId,
    profile_id: row.profileId,
    state: row.state,
    period_ms: row.periodMs,
    next_check_at: row.nextCheckAt,
    seen_at: row.seenAt,
    watch: JSON.stringify(row.watch),
    unrecovered: Number(mayRecover(row.watch)),
    planned_at: row.plannedAt,
    checked_at: row.seenAt,
    unsent: row.unsent ?? null,
  };
  return checkedColumns.map((name) => values[name]);
}

/** Without the counters: reconciliation reads every row. */
const lightColumns =
  'client_id, profile_id, state, period_ms, next_check_at, seen_at, ended_at, missing_since';

interface LightRow {
  client_id: string;
  profile_id: string;
  state: string;
  period_ms: string;
  next_check_at: string;
  seen_at: string;
  ended_at: string | null;
  missing_since: string | null;
}

function watchedOf(row: LightRow): WatchedClient {
  return {
    clientId: row.client_id,
    profileId: row.profile_id,
    periodMs: Number(row.period_ms),
    nextCheckAt: Number(row.next_check_at),
    seenAt: Number(row.seen_at),
    starting: row.state === 'starting',
    ended: row.ended_at !== null,
    ...(row.missing_since === null ? {} : { missingSince: Number(row.missing_since) }),
  };
}

const lateMs = 60_000;

async function readFleet(database: DataSource, now: number): Promise<Fleet> {
  const rows = await database.query<{ state: string; clients: string; overdue: string; first: string }[]>(
    `SELECT state, COUNT(*) AS clients, SUM(next_check_at < ?) AS overdue, MIN(next_check_at) AS first
     FROM low_balance_watched_client WHERE ended_at IS NULL GROUP BY state`,
    [now - lateMs],
  );
  return {
    states: Object.fromEntries(rows.map(({ state, clients }) => [state, Number(clients)])),
    overdue: rows.reduce((sum, { overdue }) => sum + Number(overdue), 0),
    mostOverdueMs: Math.max(0, ...rows.map(({ first }) => now - Number(first))),
  };
}
