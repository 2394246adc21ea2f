import {
  fieldsBetween,
  fieldsOf,
  type FieldChange,
  type FieldValue,
} from '../domain/profile/profile-content.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { pairRenames } from './pair-renames.js';
import type { ProfileChange } from './profile-change.js';

/** A profile as its file says it. `content` is canonical, `hash` identifies it. */
export interface WrittenProfile {
  /** `<reseller>/<slug>` */
  readonly id: string;
  readonly content: ProfileFile;
  readonly hash: string;
}

/** A profile as its row in MySQL says it. */
export interface HeldProfile {
  readonly id: string;
  /** Canonical; undefined where somebody left a row that is no profile. */
  readonly content: ProfileFile | undefined;
  /** Identifies what it says; compared with the file's. */
  readonly hash: string;
  /** Somebody changed what the row says since the last sync wrote it. */
  readonly edited: boolean;
  readonly version: number;
}

/** What the last sync of a profile left in MySQL, from its revisions. */
export interface AppliedProfile {
  readonly content: ProfileFile;
  readonly hash: string;
}

/**
 * A row that is not as the last sync left it.
 * - `edited`: it was changed. `removed`: it is gone. `unreadable`: it is no profile. `unmanaged`: no sync wrote it.
 */
export interface Drift {
  readonly profile: string;
  readonly kind: 'edited' | 'removed' | 'unreadable' | 'unmanaged';
  /**
   * What a sync does about it.
   * - `overwrite`: the file, unchanged since the last sync, replaces the row. `restore`: it makes the row again.
   * - `adopt`: the file says the same as the row, which is written down as synced.
   * - `leave`: there is no file; the row stays as it is until `import` writes one.
   * - `conflict`: file and row were both changed, differently. The sync is refused until the file says what the row
   *   says (then it is adopted), or says again what was last applied (then the row is overwritten).
   */
  readonly resolution: 'overwrite' | 'restore' | 'adopt' | 'leave' | 'conflict';
  readonly fields: readonly DriftField[];
}

/** A field on which the three sides do not agree; `null` where a side does not have it. */
export interface DriftField {
  readonly path: string;
  readonly applied: FieldValue | null;
  readonly mysql: FieldValue | null;
  readonly file: FieldValue | null;
}

/** Files against MySQL: what a sync would do. Both lists by profile id. */
export interface ProfilesPlan {
  readonly changes: readonly ProfileChange[];
  readonly drift: readonly Drift[];
}

export interface Sides {
  readonly files: readonly WrittenProfile[];
  readonly rows: readonly HeldProfile[];
  /** Needed for rows that were edited and for files without a row; others may be missing. */
  readonly applied: ReadonlyMap<string, AppliedProfile>;
}

/**
 * The three-way comparison of file, MySQL and what was last applied. Pure; does nothing.
 * - Only the file changed: the file is carried out.
 * - Only the row changed: drift, and the file wins.
 * - Both changed to the same: adopted. To different things: a conflict, and nothing is done to that profile.
 * - A row that no sync wrote and that has no file is never deleted.
 */
export function planProfiles({ files, rows, applied }: Sides): ProfilesPlan {
  const rowById = new Map(rows.map((row) => [row.id, row]));
  const fileById = new Map(files.map((file) => [file.id, file]));
  const ids = [...new Set([...fileById.keys(), ...rowById.keys()])];
  const outcomes = ids.map((id) => planOne(id, fileById.get(id), rowById.get(id), applied.get(id)));
  return {
    changes: [...pairRenames(outcomes.flatMap(({ change }) => change ?? []))].sort(byProfile),
    drift: outcomes.flatMap(({ drift }) => drift ?? []).sort(byProfile),
  };
}

interface Outcome {
  readonly change?: ProfileChange;
  readonly drift?: Drift;
}

function planOne(
  id: string,
  file: WrittenProfile | undefined,
  row: HeldProfile | undefined,
  applied: AppliedProfile | undefined,
): Outcome {
  if (!row) return file ? planWithoutRow(file, applied) : {};
  if (row.edited || !row.content) return planDrifted(row, file, applied);
  if (!file) return { change: { action: 'delete', profile: id, before: row.content } };
  return file.hash === row.hash ? {} : { change: updateOf(row, file) };
}

function planWithoutRow(file: WrittenProfile, applied: AppliedProfile | undefined): Outcome {
  const change: ProfileChange = { action: 'create', profile: file.id, after: file.content };
  if (!applied) return { change };
  const drift = driftOf(file.id, 'removed', { applied: applied.content, file: file.content });
  return file.hash === applied.hash
    ? { change, drift: { ...drift, resolution: 'restore' } }
    : { drift: { ...drift, resolution: 'conflict' } };
}

function planDrifted(
  row: HeldProfile,
  file: WrittenProfile | undefined,
  applied: AppliedProfile | undefined,
): Outcome {
  const kind = !row.content ? 'unreadable' : applied ? 'edited' : 'unmanaged';
  const drift = driftOf(row.id, kind, {
    applied: applied?.content,
    mysql: row.content,
    file: file?.content,
  });
  const resolution = resolutionOf(row, file, applied);
  const writes = file && (resolution === 'adopt' || resolution === 'overwrite');
  return {
    drift: { ...drift, resolution },
    ...(writes ? { change: updateOf(row, file) } : {}),
  };
}

function resolutionOf(
  row: HeldProfile,
  file: WrittenProfile | undefined,
  applied: AppliedProfile | undefined,
): Drift['resolution'] {
  if (!file) return applied ? 'conflict' : 'leave';
  if (file.hash === row.hash) return 'adopt';
  // Of a row that is no profile there is nothing to keep.
  return !row.content || file.hash === applied?.hash ? 'overwrite' : 'conflict';
}

function updateOf(row: HeldProfile, file: WrittenProfile): ProfileChange {
  return { action: 'update', profile: row.id, before: row.content, after: file.content };
}

function driftOf(
  profile: string,
  kind: Drift['kind'],
  sides: Readonly<Partial<Record<'applied' | 'mysql' | 'file', ProfileFile | undefined>>>,
): Omit<Drift, 'resolution'> {
  const applied = fieldsOf(sides.applied);
  const mysql = fieldsOf(sides.mysql);
  const file = fieldsOf(sides.file);
  const paths = [...new Set([...applied.keys(), ...mysql.keys(), ...file.keys()])];
  const valueIn = (fields: ReadonlyMap<string, FieldValue>, path: string) => fields.get(path) ?? null;
  const fields = paths.map((path) => ({
    path,
    applied: valueIn(applied, path),
    mysql: valueIn(mysql, path),
    file: valueIn(file, path),
  }));
  return {
    profile,
    kind,
    fields: fields.filter(
      ({ applied, mysql, file }) => new Set([applied, mysql, file].map((v) => JSON.stringify(v))).size > 1,
    ),
  };
}

/** What a change means field by field. An adopted edit changes no field. */
export function changedFields(change: ProfileChange): readonly FieldChange[] {
  return fieldsBetween(
    'before' in change ? change.before : undefined,
    'after' in change ? change.after : undefined,
  );
}

function byProfile(a: { readonly profile: string }, b: { readonly profile: string }): number {
  return a.profile < b.profile ? -1 : a.profile > b.profile ? 1 : 0;
}
