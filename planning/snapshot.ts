import type { DataSource } from 'typeorm';
import type { Queryable } from '../store/queryable.js';

/** The own tables and the billing views as they were at one instant, however long they are read. */
export interface Snapshot {
  readonly own: Queryable;
  readonly billing: Queryable;
  /** False where the two are different databases: then each is seen at an instant of its own, a moment apart. */
  readonly oneInstant: boolean;
  close(): Promise<void>;
}

/**
 * Opens a snapshot for reading only: no statement on it can write, whatever the user may. `billing` is the same
 * DataSource as `database` where the views lie beside the own tables.
 */
export async function openSnapshot(database: DataSource, billing: DataSource): Promise<Snapshot> {
  const own = await begin(database);
  if (billing === database) {
    return { own, billing: own, oneInstant: true, close: () => end([own]) };
  }
  try {
    const views = await begin(billing);
    return { own, billing: views, oneInstant: false, close: () => end([own, views]) };
  } catch (error) {
    await end([own]);
    throw error;
  }
}

interface Reader extends Queryable {
  release(): Promise<void>;
}

async function begin(database: DataSource): Promise<Reader> {
  const reader = database.createQueryRunner();
  await reader.connect();
  try {
    await reader.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    return reader;
  } catch (error) {
    await reader.release();
    throw error;
  }
}

async function end(readers: readonly Reader[]): Promise<void> {
  for (const reader of readers) {
    try {
      await reader.query('ROLLBACK');
    } finally {
      await reader.release();
    }
  }
}
