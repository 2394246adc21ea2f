import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defaultDataFolder, openDataFolder } from '../../dev/data-folder.js';
import { aFolder } from './a-folder.js';

describe('the data folder', () => {
  const folder = aFolder();

  it('lies beside package.json unless another is chosen', () => {
    assert.equal(path.basename(defaultDataFolder()), '.low-balance');
    assert.ok(existsSync(path.join(defaultDataFolder(), '..', 'package.json')));
  });

  it('lies in the repository that uses the package, and not in its node_modules', () => {
    const repository = path.join(folder(), 'profiles-of-a-team');
    const installed = path.join(repository, 'node_modules', 'low-balance-profiles', 'dist', 'dev');
    const below = path.join(repository, 'profiles', 'acme');
    mkdirSync(below, { recursive: true });
    writeFileSync(path.join(repository, 'package.json'), '{}');
    assert.equal(defaultDataFolder(repository, installed), path.join(repository, '.low-balance'));
    assert.equal(defaultDataFolder(below, installed), path.join(repository, '.low-balance'));
  });

  it('gets its subfolders when opened, and may be opened again', async () => {
    const root = path.join(folder(), 'data');
    await openDataFolder(root);
    const opened = await openDataFolder(root);

    assert.deepEqual(opened, {
      root,
      cache: path.join(root, 'cache'),
      mysql: path.join(root, 'mysql'),
      temporal: path.join(root, 'temporal'),
      mailbox: path.join(root, 'mailbox'),
      run: path.join(root, 'run'),
    });
    for (const each of Object.values(opened)) assert.ok(statSync(each).isDirectory(), each);
  });

  it('is committed by nobody, whatever the repository ignores', async () => {
    const { root } = await openDataFolder(path.join(folder(), 'data'));
    assert.equal(readFileSync(path.join(root, '.gitignore'), 'utf8'), '*\n');
  });

  it('is closed to other users of the machine, as it holds a password', async () => {
    const { root } = await openDataFolder(path.join(folder(), 'data'));
    assert.equal(statSync(root).mode & 0o077, 0);
  });
});
