import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../authoring/package-root.js';
import { signalProcess, waitUntilGone } from '../../dev/process-groups.js';

const mocha = path.join(packageRoot(), 'node_modules', 'mocha', 'bin', 'mocha.js');
const spec = path.join('dist', 'test', 'run', 'specs', 'leaving.js');

interface Options {
  readonly servers?: boolean;
  readonly stubborn?: boolean;
  readonly parallel?: boolean;
}

interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
}

describe('a run of tests that leave processes and open sockets', () => {
  const runs: Run[] = [];

  afterEach(() => {
    for (const { child, said } of runs.splice(0))
      for (const pid of [...pidsOf(said()), child.pid!]) signalProcess(pid, 'SIGKILL');
  });

  function start(how: string, options: Options = {}): Run {
    return run([...(options.parallel ? ['--parallel', '--jobs', '2', spec] : []), spec], {
      HOW: how,
      ...(options.servers && { SERVERS: '1' }),
      ...(options.stubborn && { STUBBORN: '1' }),
    });
  }

  function run(args: readonly string[], more: NodeJS.ProcessEnv): Run {
    const { MOCHA_WORKER_ID: _id, TEST_RUN_FOLDER: _folder, ...env } = process.env;
    const child = spawn(process.execPath, [mocha, ...args], { cwd: packageRoot(), env: { ...env, ...more } });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    const started = { child, said: () => said, ended };
    runs.push(started);
    return started;
  }

  function pidsOf(said: string): readonly number[] {
    return [...said.matchAll(/^left (.+)$/gm)].flatMap(([, pids]) => pids!.split(' ').map(Number));
  }

  async function assertNothingLeft(said: string, servers = false): Promise<void> {
    const pids = pidsOf(said);
    assert.equal(pids.length, servers ? 5 : 2, said);
    for (const pid of pids) assert.ok(await waitUntilGone(pid, 30_000), `process ${pid} is left: ${said}`);
    const folders = [...said.matchAll(/starting a private .+ in (\S+)/g)].map(([, folder]) => folder!);
    assert.equal(folders.length, servers ? 2 : 0, said);
    for (const folder of folders) {
      for (let left = 200; existsSync(folder) && left > 0; left -= 1) await sleep(50);
      assert.ok(!existsSync(folder), `${folder} is left`);
    }
  }

  async function until({ said, ended }: Run, text: string): Promise<void> {
    const end = ended.then(() => assert.fail(`ended before it said "${text}": ${said()}`));
    while (!said().includes(text)) await Promise.race([sleep(20), end]);
  }

  for (const { how, status, counts, servers = false, stubborn = false } of [
    { how: 'pass', status: 0, counts: /2 passing/ },
    { how: 'fail', status: 1, counts: /1 passing[\s\S]+1 failing[\s\S]+a failing test/, stubborn: true },
    { how: 'before', status: 1, counts: /0 passing[\s\S]+1 failing[\s\S]+a failing hook/, servers: true },
    { how: 'timeout', status: 1, counts: /1 passing[\s\S]+1 failing[\s\S]+Timeout of 200ms/ },
    { how: 'uncaught', status: 1, counts: /1 passing[\s\S]+1 failing[\s\S]+a bug/ },
  ]) {
    it(`ends, and leaves nothing, where the last thing that happens is: ${how}`, async () => {
      const run = start(how, { servers, stubborn });
      assert.deepEqual(await run.ended, [status, null], run.said());
      assert.match(run.said(), counts);
      for (const pid of pidsOf(run.said()))
        assert.ok(await waitUntilGone(pid, 0), `${pid} outlives the run: ${run.said()}`);
      await assertNothingLeft(run.said(), servers);
    });
  }

  it('leaves nothing where a test exits the process, or crashes it', async () => {
    const [exited, crashed] = [start('exit'), start('crash', { stubborn: true })];
    assert.deepEqual(await exited.ended, [7, null]);
    assert.deepEqual(await crashed.ended, [null, 'SIGABRT']);
    for (const { said } of [exited, crashed]) await assertNothingLeft(said());
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`leaves nothing after ${signal}`, async () => {
      const run = start('wait', { servers: signal === 'SIGKILL' });
      await until(run, 'waiting');
      run.child.kill(signal);
      await run.ended;
      await assertNothingLeft(run.said(), signal === 'SIGKILL');
    });
  }

  describe('in parallel', () => {
    it('ends, leaves nothing, and counts as it is', async () => {
      const run = start('fail', { parallel: true, servers: true });
      assert.deepEqual(await run.ended, [1, null], run.said());
      assert.match(run.said(), /1 passing[\s\S]+1 failing[\s\S]+a failing test/);
      for (const pid of pidsOf(run.said()))
        assert.ok(await waitUntilGone(pid, 0), `${pid} outlives the run: ${run.said()}`);
      await assertNothingLeft(run.said(), true);
    });

    it('fails where a process of it crashes, and leaves nothing', async () => {
      const run = start('crash', { parallel: true });
      const [code] = await run.ended;
      assert.ok(code !== null && code > 0, run.said());
      const pids = pidsOf(run.said());
      for (const pid of pids) assert.ok(await waitUntilGone(pid, 30_000), `process ${pid} is left`);
      assert.ok(pids.length >= 2, run.said());
    });

    it('leaves out the rest of a story whose step failed, and runs the next file', async () => {
      const files = ['story', 'next'].map((name) => path.join(path.dirname(spec), `${name}.js`));
      const { ended, said } = run(['--parallel', '--jobs', '2', '--retries', '1', ...files], {});
      assert.deepEqual(await ended, [1, null], said());
      assert.match(said(), /2 passing[\s\S]+1 pending[\s\S]+1 failing[\s\S]+a wrong step/);
    });

    it('counts the next file as it is, where tests of the one before end too late', async () => {
      const files = ['busy', 'late', 'next'].map((name) => path.join(path.dirname(spec), `${name}.js`));
      const { ended, said } = run(['--parallel', '--jobs', '2', ...files], {});
      assert.deepEqual(await ended, [1, null], said());
      assert.match(said(), /3 passing[\s\S]+1 failing[\s\S]+caught by nobody/);
      for (const late of ['done\\(\\) called multiple times', 'a late bug', 'a late rejection'])
        assert.match(said(), new RegExp(`after the end of its test: Error: ${late}`));
    });

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
      it(`leaves nothing after ${signal}`, async () => {
        const run = start('wait', { parallel: true });
        await until(run, 'waiting');
        run.child.kill(signal);
        await run.ended;
        await assertNothingLeft(run.said());
      });
    }
  });
});
