import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { initialiseMysql } from '../../dev/mysql-data.js';
import { aFolder, writeProgram } from './a-folder.js';

describe("the data of a private instance of Oracle's MySQL", () => {
  const folder = aFolder();

  it('is made without the folder for files that is built into the server', async () => {
    const script = `for arg; do case $arg in --datadir=*) mkdir "\${arg#*=}";; esac; echo "$arg" >> ${folder()}/args; done`;
    const executable = await writeProgram(folder(), 'mysqld', script);
    const program = { executable, flavour: 'mysql', label: 'MySQL 9.7' } as const;
    await initialiseMysql({ program, folder: folder(), env: { PATH: process.env['PATH'] } });
    const args = (await readFile(path.join(folder(), 'args'), 'utf8')).split('\n');
    const [, files] = args.find((arg) => arg.startsWith('--secure-file-priv='))?.split('=') ?? [];
    assert.equal(files, path.join(folder(), 'files'));
    assert.ok(existsSync(files));
    assert.ok(existsSync(path.join(folder(), 'data-mysql')));
  });
});
