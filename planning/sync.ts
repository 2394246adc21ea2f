import type { DataSource, QueryRunner } from 'typeorm';
import type { LoadedReseller } from '../authoring/load-resellers.js';
import type { Policy } from '../authoring/policy-file.js';
import { planProfiles, type HeldProfile, type ProfilesPlan, type WrittenProfile } from './plan.js';
import type { ProfileChange } from './profile-change.js';
import { contentText, sha256 } from '../store/content-hash.js';
import { readApplied, readHeldProfiles, type HeldRow } from './held-profiles.js';
import { planBrake, writeBrake } from './brake-policy.js';
import { planHash } from './plan-hash.js';
import type { Queryable } from '../store/queryable.js';
import { planResellers, readHeldResellers, writeResellers } from './reseller-settings.js';
import { readSyncedCommit, writeSyncedCommit } from '../store/synced-commit.js';
import { withSyncLock } from './sync-lock.js';

/** A profile with the text of its file. */
export interface ProfileToSync extends WrittenProfile {
  readonly source: string;
}

export interface SyncOptions {
  readonly files: readonly ProfileToSync[];
  readonly resellerFiles: readonly LoadedReseller[];
  readonly policy: Policy;
  /** The plan that was looked at, guarded and confirmed. */
  readonly expectedHash: string;
  readonly author: string | null;
  readonly sourceCommit: string | null;
  /** The last synced commit that the checkout was compared with; missing where it was not. */
  readonly syncedCommit?: string | null;
  /** Epoch milliseconds. */
  readonly now: number;
  /** How long to wait for another sync. */
  readonly lockWaitMs: number;
}

/** Files or MySQL are not as they were when the plan was made. Nothing was changed. */
export class StalePlanError extends Error {
  override readonly name = 'StalePlanError';
}

/**
 * Carries out the plan of that hash: all changes and their revisions in one transaction, one sync at a time.
 * Throws LockHeldError, and StalePlanError where the plan would be another one by now.
 */
export async function applyPlan(
  database: DataSource,
  options: SyncOptions,
): Promise<readonly ProfileChange[]> {
  const connection = database.createQueryRunner();
  await connection.connect();
  try {
    return await withSyncLock(connection, options.lockWaitMs, async () => {
      await connection.startTransaction('REPEATABLE READ');
      try {
        const changes = await write(connection, options);
        await connection.commitTransaction();
        return changes;
      } catch (error) {
        await connection.rollbackTransaction();
        throw error;
      }
    });
  } finally {
    await connection.release();
  }
}

/** The plan of these files against those rows, with what the last syncs left where that matters. */
export async function planAgainst(
  own: Queryable,
  files: readonly WrittenProfile[],
  rows: readonly HeldProfile[],
): Promise<ProfilesPlan> {
  return planProfiles({ files, rows, applied: await readApplied(own, idsInDoubt(files, rows)) });
}

/** Rows that were edited, and files without a row. */
function idsInDoubt(files: readonly WrittenProfile[], rows: readonly HeldProfile[]): readonly string[] {
  const held = new Set(rows.map(({ id }) => id));
  const edited = rows.filter((row) => row.edited || !row.content).map(({ id }) => id);
  return [...edited, ...files.filter(({ id }) => !held.has(id)).map(({ id }) => id)];
}

async function write(connection: QueryRunner, options: SyncOptions): Promise<readonly ProfileChange[]> {
  const rows = await readHeldProfiles(connection, true);
  const heldResellers = await readHeldResellers(connection, true);
  const synced = await readSyncedCommit(connection, true);
  if (
    planHash(options, rows, heldResellers) !== options.expectedHash ||
    (options.syncedCommit !== undefined && options.syncedCommit !== synced)
  ) {
    throw new StalePlanError('MySQL was changed since the plan was made. Nothing was changed now');
  }
  const { changes, drift } = await planAgainst(connection, options.files, rows);
  const conflict = drift.find(({ resolution }) => resolution === 'conflict');
  if (conflict) throw new Error(`a plan with a conflict was to be carried out: ${conflict.profile}`);
  const writes = await writesOf(connection, changes, rows, options);
  await inBatches(
    writes.map(({ revision }) => revision),
    (batch) =>
      connection.query(
        `INSERT INTO low_balance_revision (profile_id, action, renamed_from, version, content_before, content_after,
           source_before, source_after, source_commit, author, at) VALUES ?`,
        [batch],
      ),
  );
  await inBatches(
    writes.flatMap(({ gone }) => gone ?? []),
    (batch) => connection.query('DELETE FROM low_balance_profile WHERE id IN (?)', [batch]),
  );
  await inBatches(
    writes.flatMap(({ row }) => (row ? [row] : [])),
    (batch) =>
      connection.query(
        `INSERT INTO low_balance_profile (id, reseller, content, source, version, applied_hash, source_commit, updated_at) VALUES ?
         ON DUPLICATE KEY UPDATE reseller = VALUES(reseller), content = VALUES(content), source = VALUES(source),
           version = VALUES(version), applied_hash = VALUES(applied_hash), source_commit = VALUES(source_commit),
           updated_at = VALUES(updated_at)`,
        [batch],
      ),
  );
  const resellerChanges = planResellers(options.resellerFiles, heldResellers);
  await writeResellers(connection, resellerChanges, options.resellerFiles, heldResellers, options);
  if (await planBrake(connection, options.policy.maxToldPerHour))
    await writeBrake(connection, options.policy.maxToldPerHour);
  if (options.sourceCommit !== null) await writeSyncedCommit(connection, options.sourceCommit);
  return changes;
}

/** What one change writes, in the order of the columns above. */
interface Write {
  readonly revision: readonly unknown[];
  readonly row?: readonly unknown[];
  readonly gone?: string;
}

async function writesOf(
  connection: QueryRunner,
  changes: readonly ProfileChange[],
  rows: readonly HeldRow[],
  { files, author, sourceCommit, now }: SyncOptions,
): Promise<readonly Write[]> {
  const rowById = new Map(rows.map((row) => [row.id, row]));
  const sourceById = new Map(files.map(({ id, source }) => [id, source]));
  const lastVersions = await readLastVersions(
    connection,
    changes.map(({ profile }) => profile),
  );
  return changes.map((change) => {
    const id = change.profile;
    const renamedFrom = change.action === 'rename' ? change.renamedFrom : null;
    const old = rowById.get(renamedFrom ?? id);
    const after = change.action === 'delete' ? null : change.after;
    const source = sourceById.get(id) ?? null;
    const version = Math.max(old?.version ?? 0, lastVersions.get(id) ?? 0) + 1;
    const text = after && contentText(after);
    return {
      revision: [
        id,
        change.action,
        renamedFrom,
        version,
        old?.text ?? null,
        text,
        old?.source ?? null,
        after && source,
        sourceCommit,
        author,
        now,
      ],
      ...(after
        ? { row: [id, after.reseller, text, source, version, sha256(text ?? ''), sourceCommit, now] }
        : {}),
      ...(after && renamedFrom === null ? {} : { gone: renamedFrom ?? id }),
    };
  });
}

/** A profile that comes back goes on counting where it ended, so that no version ever means two contents. */
async function readLastVersions(
  connection: QueryRunner,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const versions = new Map<string, number>();
  await inBatches(ids, async (batch) => {
    const found = (await connection.query(
      'SELECT profile_id, MAX(version) AS version FROM low_balance_revision WHERE profile_id IN (?) GROUP BY profile_id',
      [batch],
    )) as { profile_id: string; version: number | string }[];
    for (const { profile_id, version } of found) versions.set(profile_id, Number(version));
  });
  return versions;
}

/** A statement stays far below the server's largest packet. */
async function inBatches<T>(
  all: readonly T[],
  run: (batch: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < all.length; from += 100) await run(all.slice(from, from + 100));
}
