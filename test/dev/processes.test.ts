import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { isRunning, signalGroup, waitUntilGone } from '../../dev/process-groups.js';
import { createProcesses } from '../../dev/processes.js';
import { aFolder } from './a-folder.js';

const program = path.join(import.meta.dirname, 'stack-program.js');

/** The pids of a group's members that run still, and have not merely ended without having been reaped. */
async function membersOf(group: number): Promise<readonly number[]> {
  const { stdout } = await execa('ps', ['-e', '-o', 'pid=,pgid=,stat=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .filter(([, pgid, state]) => Number(pgid) === group && state?.startsWith('Z') === false)
    .map(([pid]) => Number(pid));
}

interface Stack {
  readonly child: ChildProcess;
  readonly pids: readonly number[];
  readonly lines: readonly string[];
  readonly exited: Promise<unknown[]>;
}

describe('the processes of a stack', () => {
  const folder = aFolder();
  const pidsToEnd: number[] = [];

  afterEach(() => {
    for (const pid of pidsToEnd.splice(0)) signalGroup(pid, 'SIGKILL');
  });

  async function startStack(what: string, children = 'willing'): Promise<Stack> {
    const child = spawn(process.execPath, [program, folder(), what, children], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => lines.push(line));
    while (!lines.some((line) => line.startsWith('pids '))) await once(reader, 'line');
    const pids =
      lines
        .find((line) => line.startsWith('pids '))
        ?.split(' ')
        .slice(1)
        .map(Number) ?? [];
    pidsToEnd.push(...pids);
    for (const name of ['first', 'second']) await waitForText(path.join(folder(), `${name}.log`), 'ready');
    return { child, pids, lines, exited };
  }

  async function waitForText(file: string, text: string): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!existsSync(file) || !readFileSync(file, 'utf8').includes(text)) {
      assert.ok(Date.now() < deadline, `${file} never said ${text}`);
      await sleep(20);
    }
  }

  async function assertAllGone(pids: readonly number[]): Promise<void> {
    assert.equal(pids.length, 2);
    for (const pid of pids) assert.ok(await waitUntilGone(pid, 60_000), `process ${pid} still runs`);
    // What the leader leaves in its group is killed right after it.
    const deadline = Date.now() + 60_000;
    for (const pid of pids) {
      while ((await membersOf(pid)).length > 0 && Date.now() < deadline) await sleep(50);
      assert.deepEqual(await membersOf(pid), [], `group ${pid} still has members`);
    }
  }

  function endings(): readonly string[] {
    return readFileSync(path.join(folder(), 'ended'), 'utf8').trim().split('\n');
  }

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const) {
    it(`end in reverse order at ${signal}, before their parent`, async () => {
      const { child, pids, lines, exited } = await startStack('wait');
      child.kill(signal);
      assert.deepEqual(await exited, [code, null]);
      assert.deepEqual(endings(), ['second', 'first']);
      assert.ok(lines.indexOf('worker stopped') < lines.indexOf('step second: stopping'));
      await assertAllGone(pids);
    });
  }

  it('end gracefully and in reverse order where the parent is killed with kill −9', async () => {
    const { child, pids, exited } = await startStack('wait');
    child.kill('SIGKILL');
    await exited;
    await assertAllGone(pids);
    assert.deepEqual(endings(), ['second', 'first']);
  });

  it('are killed after the grace time where they do not end, also by the guard', async () => {
    const { child, pids, exited } = await startStack('wait', 'stubborn');
    child.kill('SIGKILL');
    await exited;
    await assertAllGone(pids);
  });

  it('are killed after the grace time where they do not end at a signal', async () => {
    const { child, pids, exited } = await startStack('wait', 'stubborn');
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [143, null]);
    await assertAllGone(pids);
  });

  it('are killed at once at a second Ctrl-C', async () => {
    const { child, pids, exited } = await startStack('wait', 'slow');
    const begun = Date.now();
    child.kill('SIGINT');
    await sleep(200);
    child.kill('SIGINT');
    assert.deepEqual(await exited, [130, null]);
    // Each of the two has a grace of 5 s.
    assert.ok(Date.now() - begun < 9_000);
    await assertAllGone(pids);
  });

  it('end where an error of the parent is caught by nobody', async () => {
    const { pids, exited } = await startStack('throw');
    assert.deepEqual(await exited, [1, null]);
    await assertAllGone(pids);
  });

  it('end where the parent exits without having stopped them', async () => {
    const { pids, exited } = await startStack('exit');
    assert.deepEqual(await exited, [7, null]);
    await assertAllGone(pids);
  });

  it('end where a later one cannot be started', async () => {
    const { pids, lines, exited } = await startStack('fail-to-start');
    assert.deepEqual(await exited, [0, null]);
    assert.ok(lines.some((line) => /failed .*ENOENT/.test(line)));
    assert.deepEqual(endings(), ['second', 'first']);
    await assertAllGone(pids);
  });

  it('say how they ended, and whether that was wanted', async () => {
    const processes = createProcesses();
    const logFile = path.join(folder(), 'log');
    const shell = { name: 'shell', command: '/bin/sh', env: process.env, logFile };
    const failing = await processes.start({ ...shell, args: ['-c', 'echo why; exit 3'] });
    assert.deepEqual(await failing.ended, { code: 3, signal: null, expected: false });
    assert.equal(readFileSync(logFile, 'utf8'), 'why\n');

    const stopped = await processes.start({ ...shell, args: ['-c', 'exec sleep 1000'] });
    assert.ok(isRunning(stopped.pid) && !stopped.hasEnded);
    await processes.stop();
    assert.deepEqual(await stopped.ended, { code: null, signal: 'SIGTERM', expected: true });
    assert.ok(stopped.hasEnded);
  });

  it('keep their pid in a file while they run', async () => {
    const processes = createProcesses();
    const pidFile = path.join(folder(), 'pid');
    const running = await processes.start({
      name: 'sleep',
      command: '/bin/sleep',
      args: ['1000'],
      env: process.env,
      logFile: path.join(folder(), 'log'),
      pidFile,
    });
    assert.equal(readFileSync(pidFile, 'utf8'), String(running.pid));
    await running.stop();
    assert.equal(existsSync(pidFile), false);
  });

  it('are all stopped though one of them cannot be', async () => {
    const processes = createProcesses();
    const stopped: string[] = [];
    processes.onStop('first', async () => void stopped.push('first'));
    processes.onStop('second', async () => {
      throw new Error('it will not');
    });
    const takeOff = processes.onStop('third', async () => void stopped.push('third'));
    takeOff();
    await assert.rejects(processes.stop(), AggregateError);
    assert.deepEqual(stopped, ['first']);
  });

  it('cannot be started while everything is being stopped, and can afterwards', async () => {
    const processes = createProcesses();
    const sleeper = {
      name: 'sleep',
      command: '/bin/sleep',
      args: ['1000'],
      env: process.env,
      logFile: path.join(folder(), 'log'),
    };
    await processes.start(sleeper);
    const stopping = processes.stop();
    await assert.rejects(processes.start(sleeper), { code: 'stack-stopping' });
    await stopping;
    await (await processes.start(sleeper)).stop();
  });

  it('leave the signals of their parent alone once they have ended', async () => {
    const listeners = process.listenerCount('SIGINT');
    const processes = createProcesses();
    const stopIt = processes.onStop('worker', async () => {});
    assert.equal(process.listenerCount('SIGINT'), listeners + 1);
    stopIt();
    assert.equal(process.listenerCount('SIGINT'), listeners);
  });
});
