import type { LoadedReseller } from '../authoring/load-resellers.js';
import type { ResellerPlace } from '../domain/assignment.js';
import {
  canonicalReseller,
  editedWebhooks,
  resellerFieldsBetween,
  resellerRevisionId,
  type ResellerContent,
  type ResellerFieldChange,
} from '../domain/reseller/reseller-content.js';
import { sha256 } from '../store/content-hash.js';
import type { Queryable } from '../store/queryable.js';
import { startWebhooks } from '../store/stopped-webhooks.js';

/** A reseller's settings as MySQL holds them. */
export interface HeldReseller {
  readonly reseller: string;
  /** Canonical; undefined where the row holds no valid settings. */
  readonly content: ResellerContent | undefined;
  readonly text: string;
  /** The text of the file that was synced. */
  readonly source: string;
  readonly version: number;
}

/** What a sync does to the settings of one reseller. */
export interface ResellerChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly reseller: string;
  readonly fields: readonly ResellerFieldChange[];
}

/** The same with whom it concerns. */
export interface PlannedResellerChange extends ResellerChange {
  /** Profiles of its folder. */
  readonly profiles: number;
  /** Clients of the reseller in the billing data. */
  readonly clients: number;
}

export async function readHeldResellers(own: Queryable, lock = false): Promise<readonly HeldReseller[]> {
  const rows = await own.query<{ reseller: string; content: string; source: string; version: number }[]>(
    `SELECT reseller, content, source, version FROM low_balance_reseller_settings ORDER BY reseller${lock ? ' FOR UPDATE' : ''}`,
  );
  return rows.map(({ reseller, content, source, version }) => ({
    reseller,
    source,
    content: parsed(content),
    text: content,
    version,
  }));
}

function parsed(text: string): ResellerContent | undefined {
  try {
    return canonicalReseller(JSON.parse(text) as ResellerContent);
  } catch {
    return undefined;
  }
}

/** Files against rows. A row without a file goes: the folder's name is its billing id then. */
export function planResellers(
  files: readonly LoadedReseller[],
  rows: readonly HeldReseller[],
): readonly ResellerChange[] {
  const fileOf = new Map(files.map((file) => [file.reseller, file]));
  const rowOf = new Map(rows.map((row) => [row.reseller, row]));
  const names = [...new Set([...fileOf.keys(), ...rowOf.keys()])].sort();
  return names.flatMap((reseller): readonly ResellerChange[] => {
    const [file, row] = [fileOf.get(reseller), rowOf.get(reseller)];
    const fields = resellerFieldsBetween(row?.content, file?.content);
    if (!row) return [{ action: 'create', reseller, fields }];
    if (!file) return [{ action: 'delete', reseller, fields }];
    return row.text === textOf(file.content) ? [] : [{ action: 'update', reseller, fields }];
  });
}

/** What decides which clients are whose. */
export function placesOf(
  resellers: readonly { readonly reseller: string; readonly content: ResellerContent | undefined }[],
): readonly ResellerPlace[] {
  return resellers.map(({ reseller, content }) => ({
    reseller,
    billingId: content?.billingId,
    platform: content?.platform,
  }));
}

/** What a plan's hash holds of them; empty where there are none, so that their coming changed no plan. */
export function resellersInHash(files: readonly LoadedReseller[], rows: readonly HeldReseller[]): object {
  if (files.length === 0 && rows.length === 0) return {};
  return {
    resellerFiles: files.map(({ reseller, content }) => [reseller, textOf(content)]),
    resellerRows: rows.map(({ reseller, text, version }) => [reseller, text, version]),
  };
}

/** Writes the changes of a plan, within its transaction. */
export async function writeResellers(
  own: Queryable,
  changes: readonly ResellerChange[],
  files: readonly LoadedReseller[],
  rows: readonly HeldReseller[],
  { sourceCommit, author, now }: WrittenBy,
): Promise<void> {
  const lastVersions = await readLastVersions(own, changes);
  for (const { action, reseller } of changes) {
    const file = action === 'delete' ? undefined : files.find((each) => each.reseller === reseller);
    const row = rows.find((each) => each.reseller === reseller);
    const version = Math.max(row?.version ?? 0, lastVersions.get(resellerRevisionId(reseller)) ?? 0) + 1;
    await own.query(
      `INSERT INTO low_balance_revision (profile_id, action, version, content_before, content_after, source_before, source_after,
         source_commit, author, at) VALUES (?)`,
      [
        [
          resellerRevisionId(reseller),
          action,
          version,
          row?.text ?? null,
          file ? textOf(file.content) : null,
          row?.source ?? null,
          file?.source ?? null,
          sourceCommit,
          author,
          now,
        ],
      ],
    );
    await startWebhooks(own, reseller, editedWebhooks(row?.content, file?.content));
    if (action === 'delete' || !file) {
      await own.query('DELETE FROM low_balance_reseller_settings WHERE reseller = ?', [reseller]);
      continue;
    }
    const text = textOf(file.content);
    await own.query(
      `INSERT INTO low_balance_reseller_settings (reseller, content, source, version, applied_hash, source_commit, updated_at) VALUES (?)
       ON DUPLICATE KEY UPDATE content = VALUES(content), source = VALUES(source), version = VALUES(version),
         applied_hash = VALUES(applied_hash), source_commit = VALUES(source_commit), updated_at = VALUES(updated_at)`,
      [[reseller, text, file.source, version, sha256(text), sourceCommit, now]],
    );
  }
}

interface WrittenBy {
  readonly sourceCommit: string | null;
  readonly author: string | null;
  readonly now: number;
}

/** Settings that come back go on counting where they ended. */
async function readLastVersions(
  own: Queryable,
  changes: readonly ResellerChange[],
): Promise<ReadonlyMap<string, number>> {
  if (changes.length === 0) return new Map();
  const rows = await own.query<{ profile_id: string; version: number | string }[]>(
    'SELECT profile_id, MAX(version) AS version FROM low_balance_revision WHERE profile_id IN (?) GROUP BY profile_id',
    [changes.map(({ reseller }) => resellerRevisionId(reseller))],
  );
  return new Map(rows.map((row) => [row.profile_id, Number(row.version)]));
}

function textOf(content: ResellerContent): string {
  return JSON.stringify(content);
}
