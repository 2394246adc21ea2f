import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../domain/problem.js';

/** The folder with the profiles, by its name. */
const profilesName = 'profiles';

/**
 * The folder `profiles/` of the repository of profiles that `cwd` belongs to, relative to `cwd`: that of the nearest
 * folder, at `cwd` or above, which has one. Nothing above the Git repository of `cwd` is looked at. Where there is
 * none, `profiles`.
 */
export function profilesFolder(cwd: string): string {
  for (const folder of upwards(cwd)) {
    const profiles = path.join(folder, profilesName);
    if (isFolder(profiles)) return shownFrom(cwd, profiles);
    if (isGitRoot(folder)) break;
  }
  return profilesName;
}

/** A path relative to `cwd`, with slashes on every system. */
export function shownFrom(cwd: string, file: string): string {
  return (path.relative(cwd, path.resolve(cwd, file)) || '.').replaceAll(path.sep, '/');
}

/** Paths of the line, or the folder with the profiles where there are none. */
export function orProfiles(paths: readonly string[], { cwd }: { readonly cwd: string }): readonly string[] {
  return paths.length === 0 ? [profilesFolder(cwd)] : paths;
}

/** A path relative to `cwd` as a path relative to the root of its Git repository, which code hosts look files up by. */
export function fromGitRoot(file: string, cwd: string): string {
  const absolute = path.resolve(cwd, file);
  const root = upwards(path.dirname(absolute)).find(isGitRoot);
  return shownFrom(root ?? path.resolve(cwd), absolute);
}

export function problemsFromGitRoot(problems: readonly Problem[], cwd: string): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, file: fromGitRoot(problem.file, cwd) }));
}

/** `cwd` and the folders above it, the nearest first. */
function upwards(cwd: string): readonly string[] {
  const folders = [path.resolve(cwd)];
  for (;;) {
    const parent = path.dirname(folders.at(-1)!);
    if (parent === folders.at(-1)) return folders;
    folders.push(parent);
  }
}

/** `.git` is a file in a worktree and in a submodule. */
function isGitRoot(folder: string): boolean {
  return existsSync(path.join(folder, '.git'));
}

function isFolder(candidate: string): boolean {
  return statSync(candidate, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
