import type { Queryable } from './queryable.js';

/** MySQL's clock, epoch milliseconds: one for all workers, whose own may be wrong. */
export async function databaseNow(database: Queryable): Promise<number> {
  const [row] = await database.query<{ now: string | number }[]>(
    'SELECT FLOOR(UNIX_TIMESTAMP(NOW(6)) * 1000) AS now',
  );
  return Number(row?.now);
}
