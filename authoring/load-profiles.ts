import path from 'node:path';
import { glob } from 'tinyglobby';
import type { Problem } from '../domain/problem.js';
import type { ProfileFile } from '../domain/profile-file.js';
import { shown } from './find-files.js';
import { validateFile } from './validate-file.js';

/** A profile that was read from its file and is valid. */
export interface LoadedProfile {
  /** `<reseller>/<slug>` */
  readonly id: string;
  /** Relative to the working directory. */
  readonly file: string;
  readonly content: ProfileFile;
  /** The text of the file. */
  readonly source: string;
}

export interface LoadedProfiles {
  /** By id; those with an error are not among them. */
  readonly profiles: readonly LoadedProfile[];
  readonly problems: readonly Problem[];
}

/** Every profile of a folder, and every problem of its files. */
export async function loadProfiles(folder: string, cwd: string): Promise<LoadedProfiles> {
  const root = path.resolve(cwd, folder);
  const files = await glob('*/*.json', {
    cwd: root,
    ignore: ['**/*.test.json'],
    absolute: true,
    onlyFiles: false,
    followSymbolicLinks: false,
  });
  const loaded = await Promise.all(files.sort().map((file) => loadProfile(file.replace(/\/$/, ''), cwd)));
  return {
    profiles: loaded.flatMap(({ profile }) => profile ?? []),
    problems: loaded.flatMap(({ problems }) => problems),
  };
}

interface Loaded {
  readonly profile?: LoadedProfile;
  readonly problems: readonly Problem[];
}

async function loadProfile(absolute: string, cwd: string): Promise<Loaded> {
  const file = shown(absolute, cwd);
  const { profile, problems } = await validateFile(file, cwd);
  if (!profile) return { problems };
  const id = `${path.basename(path.dirname(absolute))}/${path.basename(absolute, '.json')}`;
  return { profile: { id, file, ...profile }, problems };
}
