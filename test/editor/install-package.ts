import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';
import { openDataFolder } from '../../dev/data-folder.js';

const parts = [
  'cli/low-balance.js',
  'delivery/email/templates',
  'dist',
  'docs',
  'package.json',
  'profiles',
  'schemas',
];

/** The package in a repository as npm would install it, with the dependencies of this checkout; programs are not fetched again. */
export async function installPackage(repository: string): Promise<void> {
  const modules = path.join(repository, 'node_modules');
  const installed = path.join(modules, 'low-balance-profiles');
  await mkdir(installed, { recursive: true });
  for (const part of parts)
    await cp(path.join(packageRoot(), part), path.join(installed, part), { recursive: true });
  const dependencies = path.join(packageRoot(), 'node_modules');
  for (const name of await readdir(dependencies))
    if (!name.startsWith('.')) await symlink(path.join(dependencies, name), path.join(modules, name));
  await mkdir(path.join(repository, '.low-balance'), { recursive: true, mode: 0o700 });
  const { cache } = await openDataFolder();
  await symlink(cache, path.join(repository, '.low-balance', 'cache'));
}
