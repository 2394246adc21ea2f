import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { canonicalContent } from '../../domain/profile/profile-content.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { readHistory, readRevision } from '../../store/revisions.js';
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
  const { profile, text } = await textOfRevision(database, number);
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

async function textOfRevision(
  database: DataSource,
  number: string,
): Promise<{ readonly profile: string; readonly text: string }> {
  const revision = await readRevision(database, number);
  if (!revision) {
    throw new CliError(
      `there is no revision ${number}; \`low-balance history PROFILE\` shows those of a profile`,
      exitCode.findings,
    );
  }
  const { profile, after, afterSource } = revision;
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
