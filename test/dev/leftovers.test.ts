import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { endLeftover } from '../../dev/leftovers.js';
import { isRunning } from '../../dev/process-groups.js';
import { aFolder, recordSteps } from './a-folder.js';

describe('what a killed run left running', () => {
  const folder = aFolder();
  let child: ChildProcess;
  let pid: number;
  let pidFile: string;

  beforeEach(async () => {
    child = spawn('/bin/sh', ['-c', 'while true; do sleep 0.05; done', `--datadir=${folder()}`], {
      detached: true,
    });
    await once(child, 'spawn');
    assert.ok(child.pid !== undefined);
    pid = child.pid;
    pidFile = path.join(folder(), 'server.pid');
    await writeFile(pidFile, String(pid));
  });
  afterEach(() => child.kill('SIGKILL'));

  it('is ended before the next run, which is told so', async () => {
    const { steps, progress } = recordSteps();
    await endLeftover({ name: 'MySQL', pidFile, mark: folder(), progress });
    assert.equal(isRunning(pid), false);
    assert.equal(existsSync(pidFile), false);
    assert.deepEqual(steps, [`MySQL: ending process ${pid}, left by an earlier run that was killed`]);
  });

  it('is not confused with a stranger that got its pid', async () => {
    const { steps, progress } = recordSteps();
    await endLeftover({ name: 'MySQL', pidFile, mark: '/some/other/folder', progress });
    assert.equal(isRunning(pid), true);
    assert.deepEqual(steps, []);
  });
});
