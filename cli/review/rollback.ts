import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { canonicalContent } from '../../domain/profile/profile-content.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { resellerOfRevision, type ResellerContent } from '../../domain/reseller/reseller-content.js';
import { readHistory, readRevision, type Revision } from '../../store/revisions.js';
import { resellerFilesOf, writeResellerFiles, type ResellerFiles } from './reseller-files.js';
import { withDatabase } from '../shared/databases.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import { isCommitted } from '../../planning/git-facts.js';
import type { Io } from '../shared/io.js';
import { sourceFor } from '../shared/profile-source.js';
import { profileTarget, readIfThere } from '../shared/profile-target.js';

export interface RollbackOptions {
  readonly folder: string;
}

/**
 * Writes a profile's file as that revision left it, for a new pull request; MySQL follows at the next sync. A text that
 * neither Git nor a revision holds is not overwritten.
 */
export async function rollback(number: string, options: RollbackOptions, io: Io): Promise<ExitCode> {
  if (!/^\d{1,18}$/.test(number)) {
    throw new CliError(
      `"${number}" is no revision; expected a number that \`low-balance history\` shows`,
      exitCode.usage,
    );
  }
  return await withDatabase(io, (database) => writeRevision(database, number, options.folder, io));
}

async function writeRevision(
  database: DataSource,
  number: string,
  folder: string,
  io: Io,
): Promise<ExitCode> {
  const revision = await revisionOf(database, number);
  const reseller = resellerOfRevision(revision.profile);
  if (reseller !== undefined) return await writeReseller(database, revision, path.join(folder, reseller), io);
  const { profile, text } = await textOfRevision(database, revision);
  const target = profileTarget(folder, io.cwd, profile);
  if (target === undefined) throw new CliError(`"${profile}" cannot be the name of a file`);
  const file = path.relative(io.cwd, target);
  const now = await readIfThere(target);
  if (now === text) {
    io.out(`${file} is as revision ${number} left it.\n`);
    return exitCode.fine;
  }
  if (now !== undefined && !(await isKept(database, profile, target, now))) {
    throw new CliError(
      `${file} has changes that neither Git nor MySQL holds; commit them first. Nothing was written`,
      exitCode.refused,
    );
  }
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
  io.out(`Wrote ${file} as revision ${number} left it. See it with git diff, then plan and sync it.\n`);
  return exitCode.fine;
}

/** Settings that a revision deleted are deleted again: then mails go out in the service's own name. */
async function writeReseller(
  database: DataSource,
  { profile, revision: number, after, afterSource }: Revision,
  folder: string,
  io: Io,
): Promise<ExitCode> {
  const content = after === null ? null : (JSON.parse(after) as ResellerContent);
  const known = await readHistory(database, profile);
  const { written, unkept } = await writeResellerFiles(
    path.resolve(io.cwd, folder),
    resellerFilesOf(content, afterSource),
    (name, text) => known.some((each) => textsOf(each).some((files) => files.get(name) === text)),
  );
  const list = (names: readonly string[]) => names.map((name) => path.join(folder, name)).join(', ');
  if (unkept.length > 0) {
    throw new CliError(
      `${list(unkept)} ${unkept.length === 1 ? 'has' : 'have'} changes that neither Git nor MySQL holds; commit them first. Nothing was written`,
      exitCode.refused,
    );
  }
  io.out(
    written.length === 0
      ? `${folder} is as revision ${number} left it.\n`
      : `Wrote ${list(written)} as revision ${number} left ${written.length === 1 ? 'it' : 'them'}. See it with git diff, then plan and sync it.\n`,
  );
  return exitCode.fine;
}

/** What a revision found, and what it left. */
function textsOf({ before, after, beforeSource, afterSource }: Revision): readonly ResellerFiles[] {
  return [
    { text: before, source: beforeSource },
    { text: after, source: afterSource },
  ].flatMap(({ text, source }) =>
    text === null ? [] : [resellerFilesOf(JSON.parse(text) as ResellerContent, source)],
  );
}

async function revisionOf(database: DataSource, number: string): Promise<Revision> {
  const revision = await readRevision(database, number);
  if (!revision) {
    throw new CliError(
      `there is no revision ${number}; \`low-balance history PROFILE\` shows those of a profile`,
      exitCode.findings,
    );
  }
  return revision;
}

async function textOfRevision(
  database: DataSource,
  revision: Revision,
): Promise<{ readonly profile: string; readonly text: string }> {
  const { profile, after, afterSource, revision: number } = revision;
  if (after === null) {
    const [, previous] = await readHistory(database, profile, number);
    const hint = previous ? `. Its content before is revision ${previous.revision}` : '';
    throw new CliError(
      `revision ${number} deleted ${profile}: there is nothing to write${hint}`,
      exitCode.findings,
    );
  }
  return { profile, text: sourceFor(canonicalContent(JSON.parse(after) as ProfileFile), afterSource) };
}

async function isKept(database: DataSource, profile: string, target: string, text: string): Promise<boolean> {
  if (await isCommitted(target)) return true;
  const revisions = await readHistory(database, profile);
  return revisions.some(({ beforeSource, afterSource }) => text === beforeSource || text === afterSource);
}
