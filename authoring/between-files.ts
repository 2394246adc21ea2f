import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../domain/problem.js';
import type { LoadedProfile } from './load-profiles.js';
import { loadResellers, type LoadedReseller } from './load-resellers.js';

/** What of a profile other files have a say in. */
export type ProfileBesideOthers = Pick<LoadedProfile, 'file' | 'content'>;

/** The names of the folders of resellers; undefined where there is no such folder. */
export async function resellerFolders(folder: string, cwd: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(path.resolve(cwd, folder), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What is wrong with the files of a folder of profiles together, though each may be right by itself. */
export async function betweenFiles(
  folder: string,
  cwd: string,
  profiles: readonly ProfileBesideOthers[],
): Promise<readonly Problem[]> {
  const folders = await resellerFolders(folder, cwd);
  const { resellers, problems } = await loadResellers(folder, folders ?? [], cwd);
  return [...problems, ...platformProblems(profiles, resellers)];
}

/** `resellers` chooses among the clients of all resellers, which only the platform's profiles have. */
export function platformProblems(
  profiles: readonly ProfileBesideOthers[],
  resellers: readonly LoadedReseller[],
): readonly Problem[] {
  const platform = new Set(
    resellers.filter(({ content }) => content.platform).map(({ reseller }) => reseller),
  );
  return profiles
    .filter(({ content }) => content.appliesTo?.resellers && !platform.has(content.reseller))
    .map(({ file, content: { reseller } }) => ({
      file,
      line: 1,
      column: 1,
      severity: 'error',
      code: 'not-a-platform',
      message: `"appliesTo" names resellers, and the profiles of "${reseller}" are for its own clients only: expected "platform": true in ${reseller}/reseller.json`,
    }));
}
