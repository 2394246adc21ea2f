import type { DataSource } from 'typeorm';
import { mayRecover } from '../domain/looks/looked-profile.js';
import { isOfItsData } from './database-errors.js';
import { togetherOrAlone } from './together-or-alone.js';
import type { WatchedRow } from './watched-row.js';

export interface StartedRow {
  readonly clientId: string;
  readonly profileId: string;
  readonly at: number;
}

/** Where MySQL refuses a value of one of them, each is written alone: one that it never takes is not to stop the others. */
export function insertStarted(
  database: DataSource,
  rows: readonly StartedRow[],
): Promise<readonly (undefined | Error)[]> {
  return togetherOrAlone(
    rows,
    async (some) => {
      await insertRows(database, some);
      return some.map(() => undefined);
    },
    isOfItsData,
  );
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

/** Writes all that MySQL takes; then throws what it said of the first that it refused. */
export async function upsertChecked(database: DataSource, rows: readonly WatchedRow[]): Promise<void> {
  const answers = await togetherOrAlone(
    rows,
    async (some) => {
      await upsertRows(database, some);
      return some.map(() => undefined);
    },
    isOfItsData,
  );
  const refused = answers.find((answer) => answer instanceof Error);
  if (refused) throw refused;
}

/**
 * Not by the repository, which reads every row again after it wrote them: a check waits for nothing of theirs. A client that is
 * checked is neither missing nor ended.
 */
async function upsertRows(database: DataSource, rows: readonly WatchedRow[]): Promise<void> {
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
