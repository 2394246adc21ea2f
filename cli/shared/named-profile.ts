import path from 'node:path';
import { loadProfiles, type LoadedProfile } from '../../authoring/load-profiles.js';
import { CliError, exitCode } from './exit-code.js';
import type { Io } from './io.js';
import { shownFrom } from './repository.js';
import { problemLine } from '../../domain/problem.js';

/** Which profile somebody means. */
export interface NamedProfile {
  /** `<reseller>/<slug>` */
  readonly id: string;
  /** The folder with the profiles that its file is in, relative to the working directory. */
  readonly folder: string;
}

/** Profiles that a message names at most. */
const namedAtMost = 20;

/**
 * The profile that a word of the line means: its id, or the path of its file, relative to the working directory and with
 * or without `.json`. A file may lie outside of `folder`.
 */
export function namedProfile(word: string, folder: string, cwd: string): NamedProfile {
  const absolute = path.resolve(cwd, word.replaceAll('\\', '/'));
  const inside = segments(path.relative(path.resolve(cwd, folder), absolute));
  if (inside.length === 2 && inside[0] !== '..') return { id: withoutEnding(inside), folder };
  if (!word.endsWith('.json')) return { id: word, folder };
  const places = segments(absolute).slice(-2);
  return { id: withoutEnding(places), folder: shownFrom(cwd, path.dirname(path.dirname(absolute))) };
}

/** The profile of a file. Throws a CliError that names its problems, or the profiles there are. */
export async function loadNamedProfile(word: string, folder: string, io: Io): Promise<LoadedProfile> {
  const named = namedProfile(word, folder, io.cwd);
  const { profiles, problems } = await loadProfiles(named.folder, io.cwd);
  const found = profiles.find(({ id }) => id === named.id);
  if (found) return found;
  const own = problems.filter(({ file }) => namedProfile(file, named.folder, io.cwd).id === named.id);
  if (own.length > 0)
    throw new CliError(
      [`profile "${named.id}" is invalid:`, ...own.map(problemLine)].join('\n'),
      exitCode.findings,
    );
  throw new CliError(
    `there is no profile "${named.id}" in ${named.folder}: ${expected(profiles)}`,
    exitCode.usage,
  );
}

function expected(profiles: readonly LoadedProfile[]): string {
  if (profiles.length === 0) return 'it holds no profile';
  const more = profiles.length > namedAtMost ? ` and ${profiles.length - namedAtMost} more` : '';
  const ids = profiles.slice(0, namedAtMost).map(({ id }) => id);
  return `expected one of ${ids.join(', ')}${more}`;
}

function segments(relative: string): readonly string[] {
  return relative.split(path.sep).filter((segment) => segment !== '');
}

function withoutEnding(places: readonly string[]): string {
  return places.join('/').replace(/\.json$/, '');
}
