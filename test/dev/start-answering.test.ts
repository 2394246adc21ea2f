import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createProcesses } from '../../dev/processes.js';
import type { RunningProcess } from '../../dev/running-process.js';
import { startAnswering } from '../../dev/start-answering.js';
import { aFolder, recordSteps } from './a-folder.js';

describe('a server that does not come up', () => {
  const folder = aFolder();

  /** Shell scripts in the place of a server, one for each start; it answers when its log says so. */
  function startScripts(...scripts: readonly string[]) {
    const { steps, progress } = recordSteps();
    const processes = createProcesses();
    const pids: number[] = [];
    const started = startAnswering<{ readonly running: RunningProcess }>({
      name: 'MySQL',
      progress,
      async start() {
        const logFile = path.join(folder(), 'server.log');
        const args = ['-c', scripts[pids.length]!];
        const running = await processes.start({
          name: 'MySQL',
          command: '/bin/sh',
          args,
          env: process.env,
          logFile,
        });
        pids.push(running.pid);
        return { running };
      },
      async answer({ running }) {
        for (let left = 100; left > 0 && !running.hasEnded; left -= 1) {
          if ((await readFile(running.logFile, 'utf8')).includes('listening')) return;
          await Promise.race([running.ended, new Promise((resolve) => setTimeout(resolve, 20))]);
        }
        throw new Error('nobody answered');
      },
      failed: (found, cause) => new Error(found, { cause }),
    });
    return { started, steps, pids, stop: () => processes.stop() };
  }

  it('is started once more, and says why', async () => {
    const { started, steps, pids, stop } = startScripts(
      'echo Address already in use; exit 3',
      'echo listening; exec sleep 1000',
    );
    const { running } = await started;
    assert.deepEqual([running.hasEnded, pids.length, pids[1]], [false, 2, running.pid]);
    assert.match(
      steps.join('\n'),
      /^MySQL: did not come up, and is started once more: it ended with exit status 3 \(nobody answered\); its log ends with\nAddress already in use/m,
    );
    await stop();
  });

  it('that says nothing and does not answer is ended before the next', async () => {
    const { started, steps, pids, stop } = startScripts('exec sleep 1000', 'echo listening; exec sleep 1000');
    await started;
    assert.match(
      steps.join('\n'),
      new RegExp(`process ${pids[0]} runs and does not answer \\(nobody answered\\); its log is empty`),
    );
    assert.throws(() => process.kill(pids[0]!, 0), { code: 'ESRCH' });
    await stop();
  });

  it('twice is an error that says what both said', async () => {
    const { started, pids } = startScripts('echo out of memory; kill -9 $$', 'echo no space left; exit 1');
    await assert.rejects(started, {
      message:
        /^the server did not start, twice\. First: it was ended by SIGKILL [\s\S]+out of memory\nThen: it ended with exit status 1 [\s\S]+no space left/,
    });
    assert.equal(pids.length, 2);
  });

  it('because everything is being stopped is not started once more', async () => {
    const { started, pids, stop } = startScripts('exec sleep 1000', 'echo listening; exec sleep 1000');
    while (pids.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([stop(), assert.rejects(started, { code: 'stack-stopping' })]);
    assert.equal(pids.length, 1);
  });
});
