import type { QueryRunner } from 'typeorm';

/** Another sync holds the lock. The message says who. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
}

/**
 * Lets one sync at a time write into a database. The lock belongs to the connection: it goes with it, so that a sync
 * that was killed leaves none behind. Throws LockHeldError where another holds it for all of `waitMs`.
 */
export async function withSyncLock<T>(
  connection: QueryRunner,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  // Names of locks are the server's; at most 64 characters.
  const [database] = (await connection.query('SELECT LEFT(DATABASE(), 40) AS name')) as { name: string }[];
  const name = `low-balance:sync:${database?.name ?? ''}`;
  const [lock] = (await connection.query('SELECT GET_LOCK(?, ?) AS taken', [name, waitMs / 1_000])) as {
    taken: unknown;
  }[];
  if (Number(lock?.taken) !== 1) throw new LockHeldError(await describeHolder(connection, name, waitMs));
  try {
    return await work();
  } finally {
    await connection.query('DO RELEASE_LOCK(?)', [name]);
  }
}

async function describeHolder(connection: QueryRunner, name: string, waitMs: number): Promise<string> {
  const [holder] = (await connection.query(
    `SELECT p.id AS id, p.user AS user, p.host AS host, p.time AS seconds FROM information_schema.processlist p
     WHERE p.id = IS_USED_LOCK(?)`,
    [name],
  )) as { id: unknown; user: string; host: string; seconds: unknown }[];
  const who = holder
    ? `${holder.user}@${holder.host} (connection ${String(holder.id)}, for ${String(holder.seconds)} s in what it does now)`
    : 'another user of MySQL, whose connections this one may not see';
  return `another sync holds the lock "${name}": ${who}. Waited ${waitMs / 1_000} s. Run it again when that one has ended`;
}
