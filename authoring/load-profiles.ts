import path from 'node:path';
import type { Problem } from '../domain/problem.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { profileIdOf } from './file-kind.js';
import { findFiles } from './find-files.js';
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
  /** Ids of those that have an error. */
  readonly invalid: readonly string[];
  readonly problems: readonly Problem[];
}

/** Every profile of a folder, and every problem of its files. */
export async function loadProfiles(folder: string, cwd: string): Promise<LoadedProfiles> {
  const { files, problems } = await findFiles([folder], cwd, folder);
  const profiles = files.filter(({ kind }) => kind === 'profile');
  const loaded = await Promise.all(profiles.map(({ file }) => loadProfile(file, cwd)));
  return {
    profiles: loaded.flatMap(({ profile }) => profile ?? []),
    invalid: loaded.flatMap(({ id, profile }) => (profile ? [] : [id])),
    problems: [...problems, ...loaded.flatMap((each) => each.problems)],
  };
}

interface Loaded {
  readonly id: string;
  readonly profile?: LoadedProfile;
  readonly problems: readonly Problem[];
}

async function loadProfile(file: string, cwd: string): Promise<Loaded> {
  const { profile, problems } = await validateFile(file, cwd);
  const id = profileIdOf(path.resolve(cwd, file));
  return profile ? { id, profile: { id, file, ...profile }, problems } : { id, problems };
}
