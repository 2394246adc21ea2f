import type { Queryable } from './queryable.js';

/** MySQL's clock, epoch milliseconds. */
export async function databaseNow(database: Queryable): Promise<number> {
  const [row] = await database.query<{ now: string | number }[]>(
    'SELECT FLOOR(UNIX_TIMESTAMP(NOW(6)) * 1000) AS now',
  );
  return Number(row?.now);
}

const askedEveryMs = 60_000;

/**
 * MySQL's clock without asking for it each time: one for all workers, whose own may be wrong. A notice that was accepted by a clock
 * ahead would count for the cycle after the next refill. While MySQL does not answer it goes on from
 * what was known, and at the beginning from this machine's clock.
 */
export function databaseClock(database: Queryable): () => Promise<number> {
  let offsetMs = Date.now() - performance.now();
  let askedAt = Number.NEGATIVE_INFINITY;
  let first: Promise<void> | undefined;
  async function ask(): Promise<void> {
    const before = performance.now();
    const now = await databaseNow(database);
    offsetMs = now - (before + performance.now()) / 2;
  }
  return async () => {
    if (performance.now() - askedAt >= askedEveryMs) {
      askedAt = performance.now();
      const asking = ask().catch(() => {});
      first ??= asking;
    }
    await first;
    return Math.round(performance.now() + offsetMs);
  };
}
