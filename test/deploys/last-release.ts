import { existsSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { openDataFolder } from '../../dev/data-folder.js';

/** The commit of the last release; whoever makes the next one writes its commit here. */
export const lastRelease = '02a7fa0b0f108fe7957022460771cba8bb3ec422';

/** Why the last release cannot be built here; undefined where it can. A shallow clone asks its remote for that one commit. */
export async function lastReleaseProblem(): Promise<string | undefined> {
  const git = (...args: string[]) =>
    execa('git', args, { cwd: packageRoot(), reject: false, timeout: 60_000 });
  const isHere = async () => (await git('cat-file', '-e', `${lastRelease}^{commit}`)).exitCode === 0;
  if (await isHere()) return undefined;
  await git('fetch', '--depth=1', 'origin', lastRelease);
  return (await isHere())
    ? undefined
    : `NOT TESTED: commit ${lastRelease} of the last release is not in this clone. Run: git fetch --unshallow`;
}

/**
 * Builds the last release in a worktree inside of the data folder, once, and answers where it is. It runs with the dependencies
 * of this checkout, which it finds in a folder above.
 */
export async function buildLastRelease(): Promise<string> {
  const root = packageRoot();
  const { cache } = await openDataFolder();
  const folder = path.join(cache, 'releases', lastRelease.slice(0, 12));
  if (!existsSync(path.join(folder, 'package.json'))) {
    await execa('git', ['worktree', 'prune'], { cwd: root });
    await execa('git', ['worktree', 'add', '--force', '--detach', folder, lastRelease], { cwd: root });
  }
  if (!existsSync(path.join(folder, 'dist', 'workflow-bundle.js'))) {
    // The compiler may be newer than the release's: what it says of types is no matter of this test.
    await execa(path.join(root, 'node_modules', '.bin', 'tsc'), ['-p', '.'], { cwd: folder, reject: false });
    await execa(process.execPath, ['dist/worker/build-bundle.js'], { cwd: folder });
  }
  return folder;
}
