import type { Queryable } from './queryable.js';

/** The commit whose files MySQL holds since the last sync of a checkout; null where none is known. */
export async function readSyncedCommit(own: Queryable, lock = false): Promise<string | null> {
  const rows = await own.query<{ commit_id: string | null }[]>(
    `SELECT commit_id FROM low_balance_synced_commit WHERE id = 1${lock ? ' FOR UPDATE' : ''}`,
  );
  return rows[0]?.commit_id ?? null;
}

/** What was not committed stands for nothing: its `-dirty` goes. */
export async function writeSyncedCommit(own: Queryable, commit: string): Promise<void> {
  await own.query('UPDATE low_balance_synced_commit SET commit_id = ? WHERE id = 1', [
    commit.replace(/-dirty$/, ''),
  ]);
}
