import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { resellerRevisionId } from '../../domain/reseller/reseller-content.js';
import { readHeldResellers, type HeldReseller } from '../../planning/reseller-settings.js';
import { resellerFilesOf, writeResellerFiles } from './reseller-files.js';
import { readHeldProfiles, type HeldRow } from '../../planning/held-profiles.js';
import { withDatabase } from '../shared/databases.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import { namedProfile } from '../shared/named-profile.js';
import type { Io } from '../shared/io.js';
import { printable } from '../shared/printable.js';
import { sourceFor } from '../shared/profile-source.js';
import { profileTarget } from '../shared/profile-target.js';

export interface ImportOptions {
  readonly folder: string;
  readonly format: 'human' | 'json';
}

/** What became of one profile of MySQL. */
interface Imported {
  readonly profile: string;
  readonly result: 'written' | 'has-file' | 'not-a-profile' | 'not-a-file-name' | 'not-in-mysql';
  readonly file?: string;
}

/** Writes a file for every profile in MySQL that has none, or for the given ones. Never overwrites one. */
export async function importProfiles(
  asked: readonly string[],
  options: ImportOptions,
  io: Io,
): Promise<ExitCode> {
  const { rows, resellers } = await withDatabase(io, async (database) => ({
    rows: await readHeldProfiles(database),
    resellers: await readHeldResellers(database),
  }));
  const ids = asked.map((name) => namedProfile(name, options.folder, io.cwd).id);
  const wanted = ids.length === 0 ? rows : rows.filter(({ id }) => ids.includes(id));
  const results: Imported[] = ids
    .filter((id) => !rows.some((row) => row.id === id) && !resellers.some((each) => idOf(each) === id))
    .map((profile) => ({ profile, result: 'not-in-mysql' }));
  for (const row of wanted) results.push(await importOne(row, options.folder, io.cwd));
  for (const each of resellers)
    if (ids.length === 0 || ids.includes(idOf(each)))
      results.push(await importReseller(each, options.folder, io.cwd));
  const shown = results.filter(({ result }) => ids.length > 0 || result !== 'has-file');
  io.out(options.format === 'json' ? `${JSON.stringify({ profiles: shown }, null, 2)}\n` : textOf(shown));
  const allWell = shown.every(({ result }) => result === 'written' || result === 'has-file');
  return allWell ? exitCode.fine : exitCode.findings;
}

async function importOne(row: HeldRow, folder: string, cwd: string): Promise<Imported> {
  const target = profileTarget(folder, cwd, row.id);
  if (target === undefined) return { profile: row.id, result: 'not-a-file-name' };
  const file = path.relative(cwd, target);
  if (!row.content) return { profile: row.id, result: 'not-a-profile' };
  await mkdir(path.dirname(target), { recursive: true });
  try {
    // Fails where there is a file, also one that came a moment ago.
    await writeFile(target, sourceFor(row.content, row.source), { flag: 'wx' });
    return { profile: row.id, result: 'written', file };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { profile: row.id, result: 'has-file', file };
  }
}

function idOf({ reseller }: HeldReseller): string {
  return resellerRevisionId(reseller);
}

/** Settings and words; where the folder has some, they are left as they are. */
async function importReseller(row: HeldReseller, folder: string, cwd: string): Promise<Imported> {
  const profile = idOf(row);
  const target = profileTarget(folder, cwd, profile);
  if (target === undefined) return { profile, result: 'not-a-file-name' };
  const place = path.dirname(target);
  const file = path.relative(cwd, target);
  if (!row.content) return { profile, result: 'not-a-profile' };
  if (existsSync(target) || existsSync(path.join(place, 'templates')))
    return { profile, result: 'has-file', file };
  await writeResellerFiles(place, resellerFilesOf(row.content, row.source), () => false);
  return { profile, result: 'written', file };
}

const sentences: Readonly<Record<Imported['result'], string>> = {
  written: 'written',
  'has-file': 'has a file, which is left as it is',
  'not-a-profile': 'not written: what its row holds is no profile',
  'not-a-file-name': 'not written: its id cannot be the name of a file',
  'not-in-mysql': 'not written: MySQL has no such profile',
};

function textOf(shown: readonly Imported[]): string {
  if (shown.length === 0) return 'Every profile in MySQL has a file.\n';
  return shown
    .map(({ profile, result, file }) => `${file ?? printable(profile)}: ${sentences[result]}\n`)
    .join('');
}
