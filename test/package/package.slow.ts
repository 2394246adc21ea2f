import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { runningStack } from '../../dev/stack-file.js';
import { tellOneStory } from '../run/one-story.js';

const mostBytes = 3_000_000;

/** One story in one folder: each step goes on where the step before ended. */
describe('the package, installed in an empty repository', () => {
  tellOneStory();

  let folder: string;
  let repository: string;
  let tarball: string;
  let stack: ChildProcess | undefined;

  const command = () => path.join(repository, 'node_modules', '.bin', 'low-balance');
  const lowBalance = (...args: string[]) => execa(command(), args, { cwd: repository, reject: false });
  const stopStack = async () => {
    if (!stack || stack.exitCode !== null) return;
    stack.kill('SIGINT');
    await once(stack, 'close');
  };

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-test-'));
    // As the home of somebody may be called.
    repository = path.join(folder, 'Profile für Acme');
  });
  after(async () => {
    await stopStack();
    await rm(folder, { recursive: true, force: true });
  });

  it('is packed without test code, and is small', async () => {
    await execa('npx', ['tsc', '-p', 'tsconfig.types.json'], { cwd: packageRoot() });
    await execa('npm', ['run', 'build:editor'], { cwd: packageRoot() });
    const { stdout } = await execa(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
      { cwd: packageRoot() },
    );
    const [packed] = JSON.parse(stdout) as [{ filename: string; size: number; files: { path: string }[] }];
    tarball = path.join(folder, packed.filename);
    assert.ok(packed.size < mostBytes, `${packed.size} bytes`);
    const names = packed.files.map((file) => file.path);
    assert.deepEqual(
      names.filter((name) => /^(dist\/)?(test|bench)\/|\.test\.js$|screenshot/.test(name)),
      [],
    );
    for (const name of [
      'dist/cli/main.js',
      'dist/cli/main.js.map',
      'dist/workflows/messages.d.ts',
      'editor/low-balance.vsix',
    ])
      assert.ok(names.includes(name), name);
  });

  it('is installed', async () => {
    await mkdir(repository);
    await writeFile(path.join(repository, 'package.json'), '{ "private": true }\n');
    await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], {
      cwd: repository,
    });
    assert.ok(existsSync(command()));
  });

  it('init makes the repository', async () => {
    const { exitCode, stdout, stderr } = await lowBalance('init', '--reseller', 'acme', '--ci', 'github');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /profiles\/acme\/prepaid-usd\.json/);
    await execa('git', ['init', '-q'], { cwd: repository });
  });

  it('validate, fmt, schemas, list, simulate and preview work on its files', async () => {
    for (const args of [
      ['validate'],
      ['fmt', '--check'],
      ['schemas', '--check'],
      ['list', '--offline'],
      ['simulate', 'acme/prepaid-usd'],
      ['preview', 'acme/prepaid-usd'],
    ]) {
      const { exitCode, stdout, stderr } = await lowBalance(...args);
      assert.equal(exitCode, 0, `${args.join(' ')}: ${stdout}${stderr}`);
    }
  });

  it('schemas --check compares with the schemas of the package', async () => {
    const file = path.join(repository, 'schemas', 'policy.schema.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, '{}\n');
    const { exitCode, stdout } = await lowBalance('schemas', '--check');
    assert.equal(exitCode, 1);
    assert.match(stdout, /schemas\/policy\.schema\.json is stale/);
    assert.equal((await lowBalance('schemas')).exitCode, 0);
    assert.equal(await readFile(file, 'utf8'), text);
    // From a folder below, and as a checkout on Windows may have it.
    await writeFile(file, text.replaceAll('\n', '\r\n'));
    const below = path.join(repository, 'profiles', 'acme');
    const again = await execa(command(), ['schemas', '--check'], { cwd: below, reject: false });
    assert.equal(again.exitCode, 0, again.stdout);
  });

  it('test plays its scenario, also on the real workflow', async () => {
    for (const args of [['test'], ['test', '--real']]) {
      const { exitCode, stdout, stderr } = await lowBalance(...args);
      assert.equal(exitCode, 0, `${stdout}${stderr}`);
      assert.match(stdout, /1 passed, 0 failed/);
    }
  });

  it('dev keeps its data in the repository', async () => {
    stack = spawn(command(), ['dev'], { cwd: repository });
    let said = '';
    stack.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    while (!runningStack(path.join(repository, '.low-balance'))) {
      assert.equal(stack.exitCode, null, said);
      await sleep(200);
    }
    const installed = path.join(repository, 'node_modules', 'low-balance-profiles');
    assert.deepEqual(
      readdirSync(installed).filter((name) => name.startsWith('.low')),
      [],
    );
  });

  it('plan and sync carry an edit out', async () => {
    const file = path.join(repository, 'profiles', 'acme', 'prepaid-usd.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"maxQty": 3', '"maxQty": 4'));
    const plan = await lowBalance('plan');
    assert.equal(plan.exitCode, 2, plan.stderr);
    assert.match(plan.stdout, /maxQty/);
    const sync = await lowBalance('sync');
    assert.equal(sync.exitCode, 0, sync.stderr);
    assert.equal((await lowBalance('plan')).exitCode, 0);
  });

  it('doctor and status work', async () => {
    const status = await lowBalance('status', 'C-1003');
    assert.ok([0, 1].includes(status.exitCode ?? -1), status.stderr);
    assert.doesNotMatch(status.stderr, /Cannot find|at .*\.js:/);
    const doctor = await lowBalance('doctor', '--format', 'json');
    const { findings } = JSON.parse(doctor.stdout) as { findings: { what: string; result: string }[] };
    const fine = findings.filter(({ result }) => result === 'ok').map(({ what }) => what);
    for (const what of ['MySQL', 'tables', 'billing', 'Temporal'])
      assert.ok(fine.includes(what), doctor.stdout);
  });

  it('worker starts, and stops when asked', async () => {
    const worker = spawn(command(), ['worker'], {
      cwd: repository,
      env: {
        ...process.env,
        WORKER_HTTP_PORT: '0',
        SENDGRID_API_KEY: 'SG.local',
        SENDGRID_BASE_URL: 'http://127.0.0.1:9',
        MAIL_FROM: 'no-reply@low-balance.example',
      },
    });
    let said = '';
    const ended = once(worker, 'close');
    worker.stdout.on('data', (text: Buffer) => (said += text.toString()));
    worker.stderr.on('data', (text: Buffer) => (said += text.toString()));
    while (!said.includes('"worker started"')) {
      assert.equal(worker.exitCode, null, said);
      await sleep(100);
    }
    worker.kill('SIGTERM');
    await ended;
    assert.match(said, /worker stopped/);
  });

  it('demo tells its story beside the profiles of the team', async () => {
    await stopStack();
    const { exitCode, stdout, stderr } = await lowBalance('demo');
    assert.equal(exitCode, 0, `${stdout}${stderr}`);
    assert.match(stdout, /The story came out as it should/);
    assert.ok(existsSync(path.join(repository, '.low-balance')));
  });
});
