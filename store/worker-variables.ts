import type { Queryable } from './queryable.js';

/** Whether a worker has a variable; its value is never written. */
export interface WorkerVariable {
  readonly worker: string;
  readonly variable: string;
  readonly present: boolean;
}

/** A worker says it so often, milliseconds; one that was not heard of for three times as long is gone. */
export const reportEveryMs = 60_000;

/** Takes the place of what the worker said before. */
export async function reportVariables(
  own: Queryable,
  worker: string,
  variables: ReadonlyMap<string, boolean>,
  now: number,
): Promise<void> {
  const rows = [...variables].map(([variable, present]) => [
    worker.slice(0, 128),
    variable.slice(0, 100),
    present ? 1 : 0,
    now,
  ]);
  if (rows.length > 0)
    await own.query(
      `INSERT INTO low_balance_worker_variable (worker, variable, present, seen_at) VALUES ?
       ON DUPLICATE KEY UPDATE present = VALUES(present), seen_at = VALUES(seen_at)`,
      [rows],
    );
  await own.query(
    'DELETE FROM low_balance_worker_variable WHERE (worker = ? AND seen_at < ?) OR seen_at < ?',
    [worker.slice(0, 128), now, now - 10 * reportEveryMs],
  );
}

/** What the workers that run now said last. */
export async function readWorkerVariables(own: Queryable, now: number): Promise<readonly WorkerVariable[]> {
  const rows = await own.query<{ worker: string; variable: string; present: number }[]>(
    'SELECT worker, variable, present FROM low_balance_worker_variable WHERE seen_at >= ? ORDER BY worker, variable',
    [now - 3 * reportEveryMs],
  );
  return rows.map(({ worker, variable, present }) => ({ worker, variable, present: present === 1 }));
}
