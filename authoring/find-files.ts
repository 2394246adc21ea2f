import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The JSON files that paths name, as the user named them: a file itself, of a folder all `*.json` below it.
 * Links to folders are not followed, so that none leads in a circle. A path that is neither is kept: reading it says why.
 */
export async function findFiles(paths: readonly string[], cwd: string): Promise<readonly string[]> {
  const found = await Promise.all(paths.map((each) => filesOf(each, cwd)));
  return [...new Set(found.flat())];
}

async function filesOf(named: string, cwd: string): Promise<readonly string[]> {
  const absolute = path.resolve(cwd, named);
  const isFolder = await stat(absolute).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [shown(absolute, cwd)];
  const entries = await readdir(absolute, { recursive: true, withFileTypes: true });
  return entries
    .filter(
      ({ name, parentPath }) => name.endsWith('.json') && !/(^|[\\/])node_modules([\\/]|$)/.test(parentPath),
    )
    .map(({ name, parentPath }) => shown(path.join(parentPath, name), cwd))
    .sort();
}

/** Relative to the working directory, with slashes on every system. */
export function shown(absolute: string, cwd: string): string {
  return (path.relative(cwd, absolute) || '.').replaceAll(path.sep, '/');
}
