import { fieldsBetween, type FieldChange } from '../../domain/profile/profile-content.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import {
  resellerFieldsBetween,
  resellerOfRevision,
  type ResellerContent,
} from '../../domain/reseller/reseller-content.js';
import { readHistory, type Revision } from '../../store/revisions.js';
import { withDatabase } from '../shared/databases.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import { namedProfile } from '../shared/named-profile.js';
import type { Io } from '../shared/io.js';
import { valueText } from './plan-text.js';
import { printable } from '../shared/printable.js';
import { resellerValue } from '../shared/reseller-words.js';
import { tableText } from '../shared/table.js';

export interface HistoryOptions {
  readonly folder: string;
  readonly format: 'human' | 'json';
}

/** Every revision of a profile, newest first, across renames: who changed what, when, from which commit. */
export async function history(profileName: string, options: HistoryOptions, io: Io): Promise<ExitCode> {
  const { id } = namedProfile(profileName, options.folder, io.cwd);
  const revisions = await withDatabase(io, (database) => readHistory(database, id));
  if (revisions.length === 0)
    throw new CliError(`no sync has ever written a profile "${id}"`, exitCode.findings);
  io.out(options.format === 'json' ? jsonOf(revisions) : textOf(revisions, io));
  return exitCode.fine;
}

/** The fields that a revision changed. */
export function revisedFields({ profile, before, after }: Revision): readonly FieldChange[] {
  if (resellerOfRevision(profile) === undefined) return fieldsBetween(contentOf(before), contentOf(after));
  const sides = [contentOf(before), contentOf(after)] as (object | undefined)[] as (
    ResellerContent | undefined
  )[];
  return resellerFieldsBetween(sides[0], sides[1]);
}

/** Undefined where there was no profile, or what somebody left in its row was none. */
function contentOf(text: string | null): ProfileFile | undefined {
  try {
    return text === null ? undefined : (JSON.parse(text) as ProfileFile);
  } catch {
    return undefined;
  }
}

function jsonOf(revisions: readonly Revision[]): string {
  const shown = revisions.map((revision) => ({
    revision: revision.revision,
    profile: revision.profile,
    action: revision.action,
    ...(revision.renamedFrom === null ? {} : { renamedFrom: revision.renamedFrom }),
    version: revision.version,
    at: new Date(revision.at).toISOString(),
    author: revision.author,
    sourceCommit: revision.sourceCommit,
    fields: revisedFields(revision),
    source: revision.afterSource,
  }));
  return `${JSON.stringify({ revisions: shown }, null, 2)}\n`;
}

function textOf(revisions: readonly Revision[], io: Io): string {
  const rows = revisions.map((revision) => [
    revision.revision,
    new Date(revision.at).toISOString().slice(0, 19).replace('T', ' '),
    revision.version,
    printable(revision.author ?? 'unknown'),
    commitText(revision.sourceCommit),
    changeText(revision),
  ]);
  const head = ['Revision', 'Time (UTC)', 'Version', 'By', 'Commit', 'Change'];
  return `${tableText(head, rows, io)}\nTo go back: npx low-balance rollback REVISION\n`;
}

/** A template is shown by its length. */
function shownValue(path: string, value: FieldChange['from']): string {
  return path.startsWith('templates.') && (typeof value === 'string' || value === null)
    ? resellerValue(path, value)
    : valueText(value);
}

function commitText(commit: string | null): string {
  if (commit === null) return 'unknown';
  const [hash = '', dirty] = commit.split('-');
  return `${printable(hash.slice(0, 12))}${dirty ? '-dirty' : ''}`;
}

function changeText(revision: Revision): string {
  const { action, renamedFrom } = revision;
  if (action === 'rename')
    return `rename from ${printable(renamedFrom ?? '')} to ${printable(revision.profile)}`;
  if (action !== 'update') return action;
  const lines = revisedFields(revision).map(
    ({ path, from, to }) => `${printable(path)} ${shownValue(path, from)} → ${shownValue(path, to)}`,
  );
  return ['update', ...lines].join('\n');
}
