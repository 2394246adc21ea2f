import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lockFolder } from '../../dev/folder-lock.js';
import { isRunning, startMark } from '../../dev/process-groups.js';
import { aFolder } from './a-folder.js';

describe('the lock of a folder', () => {
  const folder = aFolder();

  async function pidOfTheDead(): Promise<number> {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    assert.ok(child.pid !== undefined && !isRunning(child.pid));
    return child.pid;
  }

  async function writeTicket(holder: object): Promise<void> {
    await writeFile(path.join(folder(), 'lock-earlier.json'), JSON.stringify(holder));
  }

  it('refuses a second holder, naming the pid of the first', async () => {
    const lock = await lockFolder(folder(), 'MySQL');
    await assert.rejects(lockFolder(folder(), 'MySQL'), {
      code: 'data-folder-in-use',
      message: new RegExp(`in use by process ${process.pid} since .*choose another data folder`),
    });
    await lock.release();
    await (await lockFolder(folder(), 'MySQL')).release();
    assert.deepEqual(await readdir(folder()), []);
  });

  it('is taken over from a holder that is dead', async () => {
    await writeTicket({ pid: await pidOfTheDead(), since: '2026-01-01T00:00:00.000Z' });
    await (await lockFolder(folder(), 'MySQL')).release();
  });

  it('is taken over where the pid now belongs to a later process', async function () {
    if (startMark(process.pid) === undefined) this.skip();
    await writeTicket({ pid: process.pid, startMark: '1', since: '2026-01-01T00:00:00.000Z' });
    await (await lockFolder(folder(), 'MySQL')).release();
  });

  it('is taken over where its file makes no sense', async () => {
    await writeFile(path.join(folder(), 'lock-earlier.json'), '{');
    await (await lockFolder(folder(), 'MySQL')).release();
  });

  it('never goes to two of many who come at once, and then to the next', async () => {
    for (let round = 0; round < 20; round += 1) {
      await writeTicket({ pid: await pidOfTheDead(), since: '2026-01-01T00:00:00.000Z' });
      const attempts = await Promise.allSettled(
        Array.from({ length: 10 }, () => lockFolder(folder(), 'MySQL')),
      );
      const locks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
      assert.ok(locks.length <= 1, `${locks.length} hold it`);
      for (const lock of locks) await lock.release();
      await (await lockFolder(folder(), 'MySQL')).release();
      assert.deepEqual(await readdir(folder()), []);
    }
  });

  it('is let go only by its holder', async () => {
    const first = await lockFolder(folder(), 'MySQL');
    await first.release();
    const second = await lockFolder(folder(), 'MySQL');
    await first.release();
    await assert.rejects(lockFolder(folder(), 'MySQL'), { code: 'data-folder-in-use' });
    await second.release();
  });
});
