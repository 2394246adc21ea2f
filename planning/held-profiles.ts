import type { AppliedProfile, HeldProfile } from './plan.js';
import { canonicalContent } from '../domain/profile/profile-content.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { normaliseProfile } from '../domain/profile/profile.js';
import { contentHash, sha256 } from '../store/content-hash.js';
import type { Queryable } from '../store/queryable.js';

/** A profile's row for plans and syncs. */
export interface HeldRow extends HeldProfile {
  readonly source: string;
  /** As it is in the row, readable or not. */
  readonly text: string;
  /** SHA-256 in hex of the text that the last sync wrote. */
  readonly appliedHash: string;
}

/** Every profile that MySQL holds, by id. With `lock`, inside a transaction, nobody else changes them until it ends. */
export async function readHeldProfiles(own: Queryable, lock = false): Promise<readonly HeldRow[]> {
  const rows = await own.query<StoredRow[]>(
    `SELECT id, content, source, applied_hash, version FROM low_balance_profile ORDER BY id${lock ? ' FOR UPDATE' : ''}`,
  );
  const touched = rows.filter((row) => isTouched(row)).map(({ id }) => id);
  const applied = await readApplied(own, touched);
  return rows.map((row) => heldRow(row, applied.get(row.id)));
}

/**
 * A row as plans see it. `applied` is what the last sync left of it, needed where the row's text is another one by now.
 * A row whose text is what was written is never edited, whatever a later version of the service makes of that text;
 * nor is one whose text says the same in another spelling.
 */
export function heldRow(row: StoredRow, applied: AppliedProfile | undefined): HeldRow {
  const content = readContent(row.id, row.content);
  const hash = content ? contentHash(content) : sha256(row.content);
  return {
    id: row.id,
    content,
    hash,
    edited: isTouched(row) && hash !== applied?.hash,
    version: row.version,
    source: row.source,
    text: row.content,
    appliedHash: row.applied_hash,
  };
}

function isTouched({ content, applied_hash }: StoredRow): boolean {
  return sha256(content) !== applied_hash;
}

/** The columns of `low_balance_profile`. */
export interface StoredRow {
  readonly id: string;
  readonly content: string;
  readonly source: string;
  readonly applied_hash: string;
  readonly version: number;
}

/**
 * What the last sync left of each of these profiles. A profile that it deleted or renamed away, or never knew, is not
 * in the answer.
 */
export async function readApplied(
  own: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AppliedProfile>> {
  const applied = new Map<string, AppliedProfile>();
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const some = ids.slice(from, from + idsAtOnce);
    const rows = await own.query<{ profile_id: string; content_after: string | null; id: string }[]>(
      `SELECT r.id, r.profile_id, r.content_after FROM low_balance_revision r
       JOIN (SELECT MAX(id) AS id FROM low_balance_revision WHERE profile_id IN (?) GROUP BY profile_id) last ON last.id = r.id`,
      [some],
    );
    const renamed = await own.query<{ renamed_from: string; id: string }[]>(
      `SELECT renamed_from, MAX(id) AS id FROM low_balance_revision
       WHERE action = 'rename' AND renamed_from IN (?) GROUP BY renamed_from`,
      [some],
    );
    const renamedAt = new Map(renamed.map((row) => [row.renamed_from, BigInt(row.id)]));
    for (const row of rows) {
      const content = row.content_after === null ? undefined : readContent(row.profile_id, row.content_after);
      const gone = (renamedAt.get(row.profile_id) ?? 0n) > BigInt(row.id);
      if (content && !gone) applied.set(row.profile_id, { content, hash: contentHash(content) });
    }
  }
  return applied;
}

const idsAtOnce = 2_000;

/** Undefined where the text is no profile: somebody wrote into the table by hand. */
function readContent(id: string, text: string): ProfileFile | undefined {
  try {
    const content = canonicalContent(JSON.parse(text) as ProfileFile);
    const named = [content.name, content.reseller, content.currency].every(
      (each) => typeof each === 'string',
    );
    const { rules, maxQty, sortOrder } = normaliseProfile(id, content);
    const lists = rules.flatMap(({ users, emails }) => [users, emails]);
    const sound = lists.every((list) => Array.isArray(list)) && [maxQty, sortOrder].every(Number.isFinite);
    return named && sound ? content : undefined;
  } catch {
    return undefined;
  }
}
