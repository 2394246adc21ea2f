import type { Queryable } from './queryable.js';
import type { RevisionAction } from './rows.js';

/** One change of one profile, as a sync wrote it down. */
export interface Revision {
  /** Counts up over all profiles; what `rollback` takes. */
  readonly revision: string;
  readonly profile: string;
  readonly action: RevisionAction;
  readonly renamedFrom: string | null;
  readonly version: number;
  readonly author: string | null;
  readonly sourceCommit: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Canonical JSON; null: there was none. */
  readonly before: string | null;
  readonly after: string | null;
  /** The files' texts, with comments. */
  readonly beforeSource: string | null;
  readonly afterSource: string | null;
}

const columns = `id, profile_id, action, renamed_from, version, author, source_commit, at,
  content_before, content_after, source_before, source_after`;

/** The revisions of a profile, with its renames and those of the ids it had before, newest first; with `upTo`, from that revision back. */
export async function readHistory(
  own: Queryable,
  profile: string,
  upTo?: string,
): Promise<readonly Revision[]> {
  const history: Revision[] = [];
  let from: { readonly id: string; readonly before: string } | undefined = {
    id: profile,
    before: upTo === undefined ? largestId : String(BigInt(upTo) + 1n),
  };
  while (from) {
    const revisions: readonly Revision[] = await revisionsOf(own, from.id, from.before);
    const rename = revisions.findIndex(({ action }) => action === 'rename');
    history.push(...(rename === -1 ? revisions : revisions.slice(0, rename + 1)));
    const { renamedFrom: id, revision: before } = revisions[rename] ?? {};
    from = id && before ? { id, before } : undefined;
  }
  return history;
}

const largestId = '9223372036854775807';

async function revisionsOf(own: Queryable, profile: string, before: string): Promise<readonly Revision[]> {
  const rows = await own.query<StoredRevision[]>(
    `SELECT ${columns} FROM low_balance_revision WHERE profile_id = ? AND id < ?
     UNION SELECT ${columns} FROM low_balance_revision WHERE renamed_from = ? AND id < ? ORDER BY id DESC`,
    [profile, before, profile, before],
  );
  return rows.map(revisionOf);
}

/** One revision; undefined where there is none of that number. */
export async function readRevision(own: Queryable, revision: string): Promise<Revision | undefined> {
  const rows = await own.query<StoredRevision[]>(`SELECT ${columns} FROM low_balance_revision WHERE id = ?`, [
    revision,
  ]);
  return rows[0] && revisionOf(rows[0]);
}

interface StoredRevision {
  readonly id: string | number;
  readonly profile_id: string;
  readonly action: RevisionAction;
  readonly renamed_from: string | null;
  readonly version: number;
  readonly author: string | null;
  readonly source_commit: string | null;
  readonly at: string;
  readonly content_before: string | null;
  readonly content_after: string | null;
  readonly source_before: string | null;
  readonly source_after: string | null;
}

function revisionOf(row: StoredRevision): Revision {
  return {
    revision: String(row.id),
    profile: row.profile_id,
    action: row.action,
    renamedFrom: row.renamed_from,
    version: row.version,
    author: row.author,
    sourceCommit: row.source_commit,
    at: Number(row.at),
    before: row.content_before,
    after: row.content_after,
    beforeSource: row.source_before,
    afterSource: row.source_after,
  };
}
