import path from 'node:path';
import type { Problem } from '../domain/problem.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { kindOf, profileIdOf } from './file-kind.js';
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
  readonly problems: readonly Problem[];
}

/** Every profile of a folder, and every problem of its files. */
export async function loadProfiles(folder: string, cwd: string): Promise<LoadedProfiles> {
  const files = (await findFiles([folder], cwd)).filter((file) =>
    isProfile(file, path.resolve(cwd, folder), cwd),
  );
  const loaded = await Promise.all(files.map((file) => loadProfile(file, cwd)));
  return {
    profiles: loaded.flatMap(({ profile }) => profile ?? []),
    problems: loaded.flatMap(({ problems }) => problems),
  };
}

interface Loaded {
  readonly profile?: LoadedProfile;
  readonly problems: readonly Problem[];
}

/** Profiles are `<reseller>/<slug>.json` in the folder. */
function isProfile(file: string, root: string, cwd: string): boolean {
  const inside = path.relative(root, path.resolve(cwd, file)).split(path.sep);
  return inside.length === 2 && kindOf(file) === 'profile';
}

async function loadProfile(file: string, cwd: string): Promise<Loaded> {
  const { profile, problems } = await validateFile(file, cwd);
  return profile
    ? { profile: { id: profileIdOf(path.resolve(cwd, file)), file, ...profile }, problems }
    : { problems };
}
