import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findExecutable } from '../../dev/find-executable.js';
import { aFolder, writeProgram } from './a-folder.js';

describe('an executable', () => {
  const folder = aFolder();

  it('is found on PATH by the first of its names, wherever that lies', async () => {
    const early = path.join(folder(), 'early');
    const late = path.join(folder(), 'late');
    await mkdir(early);
    await mkdir(late);
    await writeProgram(early, 'mysqld', 'exit 0');
    const wanted = await writeProgram(late, 'mariadbd', 'exit 0');
    const env = { PATH: [early, late].join(path.delimiter) };
    assert.equal(await findExecutable(['mariadbd', 'mysqld'], env), wanted);
  });

  it('is neither a folder nor a file that cannot be run', async () => {
    await mkdir(path.join(folder(), 'temporal'));
    await writeFile(path.join(folder(), 'chromium'), '', { mode: 0o644 });
    assert.equal(await findExecutable(['temporal', 'chromium'], { PATH: folder() }), undefined);
  });

  it('is not found where there is no PATH, nor by a relative one', async () => {
    assert.equal(await findExecutable(['sh'], {}), undefined);
    assert.equal(await findExecutable(['package.json'], { PATH: '.' }), undefined);
  });

  it('is also looked for in further folders', async () => {
    const wanted = await writeProgram(folder(), 'mariadbd', 'exit 0');
    assert.equal(await findExecutable(['mariadbd'], { PATH: '' }, [folder()]), wanted);
  });
});
