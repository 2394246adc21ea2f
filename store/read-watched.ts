import type { DataSource } from 'typeorm';
import type { WatchState } from '../domain/cycle/watch-state.js';
import type { Unsent } from '../domain/watching/unsent.js';
import type { EarlierWatch, Fleet, WatchedClient } from './watched-row.js';

interface EarlierRow {
  client_id: string;
  watch: string;
  planned_at: string | null;
  checked_at: string | null;
  unsent: Unsent | null;
}

export async function readEarlier(
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

/** Rows of workflows that have not ended, by id. */
export async function readWatchedAfter(
  database: DataSource,
  after: string,
  limit: number,
): Promise<readonly WatchedClient[]> {
  const rows = await database.query<LightRow[]>(
    `SELECT ${lightColumns} FROM low_balance_watched_client
     WHERE client_id > ? AND ended_at IS NULL ORDER BY client_id LIMIT ${Math.trunc(limit)}`,
    [after],
  );
  return rows.map(watchedOf);
}

export async function readWatchedRows(
  database: DataSource,
  clientIds: readonly string[],
): Promise<readonly WatchedClient[]> {
  if (clientIds.length === 0) return [];
  const rows = await database.query<LightRow[]>(
    `SELECT ${lightColumns} FROM low_balance_watched_client WHERE client_id IN (?)`,
    [clientIds],
  );
  return rows.map(watchedOf);
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

export async function readFleet(database: DataSource, now: number): Promise<Fleet> {
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
