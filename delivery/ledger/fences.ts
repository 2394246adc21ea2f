import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import type { Queryable } from '../../store/queryable.js';
import { togetherOrAlone } from '../../store/together-or-alone.js';
import { databaseNow } from './database-now.js';
import type { Ledger } from './ledger.js';

/** Clients of one statement at most. */
const mostAtOnce = 500;

/** A Temporal server whose clock was ahead is not to keep notices away for longer than this, milliseconds. */
const mostAheadMs = 60_000;

interface Fence {
  readonly clientId: string;
  readonly before: number;
}

/** Fences of clients that come at once share a statement. */
export function createFence(database: DataSource): Ledger['fence'] {
  const fences = new DataLoader<Fence, true>(
    (together) => togetherOrAlone(together, (some) => write(database, some)),
    { cache: false, maxBatchSize: mostAtOnce },
  );
  return async (clientId, before) => {
    await fences.load({ clientId, before });
  };
}

async function write(database: Queryable, fences: readonly Fence[]): Promise<readonly true[]> {
  const latest = new Map<string, number>();
  for (const { clientId, before } of fences)
    latest.set(clientId, Math.max(before, latest.get(clientId) ?? before));
  const instants = [...latest].map(() => 'WHEN ? THEN ?').join(' ');
  await database.query(
    `UPDATE low_balance_watched_client
     SET fenced_before = GREATEST(COALESCE(fenced_before, 0), LEAST(CASE client_id ${instants} END, ${databaseNow} + ?))
     WHERE client_id IN (?)`,
    [...[...latest].flat(), mostAheadMs, [...latest.keys()]],
  );
  return fences.map(() => true);
}

/**
 * The fences of these clients, for the last statement of a transaction that writes notices: their rows are locked until it has
 * ended. So either whoever fences a client finds its notices, or these find the fence.
 */
export async function lockFences(
  database: Queryable,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ client_id: string; fenced_before: string | null }[]>(
    `SELECT client_id, fenced_before FROM low_balance_watched_client
     WHERE client_id IN (?) LOCK IN SHARE MODE`,
    [clientIds],
  );
  return new Map(rows.map(({ client_id: id, fenced_before: before }) => [id, Number(before ?? 0)]));
}
