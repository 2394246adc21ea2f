import assert from 'node:assert/strict';
import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { createRunFolder, openDataFolder, type DataFolder } from '../../dev/data-folder.js';
import { progressOnStderr } from '../../dev/progress.js';
import { findOrFetchBinary } from '../../dev/server-binary.js';
import { temporalCli } from '../../dev/temporal.js';
import { createProcesses } from '../../dev/processes.js';
import type { Service } from '../../worker/service.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

const examples = path.join(packageRoot(), 'docs', 'examples', 'refills');

describe('the examples of docs/refills.md', () => {
  let servers: RealServers;
  let worker: Service;
  let dataFolder: DataFolder;
  let folder: string;

  before(async () => {
    servers = await startRealServers();
    worker = await servers.startWorker();
    await putProfile(servers.database, 'prepaid');
    dataFolder = await openDataFolder();
    folder = await createRunFolder(dataFolder, 'refills');
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Runs an example for a client of its own, which was told once before it. */
  async function run(
    clientId: string,
    command: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ) {
    await putClient(servers.database, clientId, '40');
    await servers.client.workflow.start('watchClient', {
      workflowId: `low-balance:client:${clientId}`,
      taskQueue: 'low-balance',
      args: [{ clientId }],
    });
    await eventually(
      'the client is told',
      async () => (await servers.status(clientId)).rules['client']?.count === 1,
    );
    const at = new Date().toISOString();
    const { stdout } = await execa(command, [...args, clientId, `r-${clientId}`, at], {
      env: { ...definedOf(servers.env), ...env },
      extendEnv: false,
    });
    await eventually('the refill is known', async () => (await servers.status(clientId)).lastRefillAt === at);
    const { rules } = await servers.status(clientId);
    assert.equal(rules['client']?.count, 0, 'the refill starts a new cycle');
    return stdout;
  }

  it('TypeScript: signal, update with a receipt, signal-with-start', async () => {
    const program = path.join(folder, 'refill.mjs');
    // It holds no types, so that Node runs it as it is.
    await copyFile(path.join(examples, 'refill.ts'), program);
    const out = await run('ts', process.execPath, [program]);
    assert.deepEqual(JSON.parse(out), { refillId: 'r-ts', applied: false, reset: {} });
  });

  it('plain HTTP', async () => {
    await run('http', '/bin/sh', [path.join(examples, 'refill-http.sh')], { TEMPORAL_HTTP: servers.httpUrl });
  });

  it('the temporal command', async () => {
    const processes = createProcesses();
    const binary = await findOrFetchBinary(temporalCli, {
      dataFolder,
      env: process.env,
      progress: progressOnStderr,
      processes,
    });
    const bin = path.join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    await symlink(binary, path.join(bin, 'temporal'));
    const PATH = `${bin}:${process.env['PATH']}`;
    const out = await run('cli', '/bin/sh', [path.join(examples, 'refill-cli.sh')], { PATH });
    assert.match(out, /applied:false refillId:r-cli/);
  });

  it('Python', async () => {
    const venv = path.join(dataFolder.cache, 'python-examples');
    const python = path.join(venv, 'bin', 'python');
    const hasIt = await execa(python, ['-c', 'import temporalio'], { reject: false });
    if (hasIt.failed) {
      await execa('python3', ['-m', 'venv', '--clear', venv]);
      await execa(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'temporalio']);
    }
    const out = await run('py', python, [path.join(examples, 'refill.py')]);
    assert.deepEqual(JSON.parse(out), { refillId: 'r-py', applied: false, reset: {} });
  });

  it('a wrong payload is refused by the update and ignored from the signal', async () => {
    await putClient(servers.database, 'wrong', '40');
    const handle = await servers.client.workflow.start('watchClient', {
      workflowId: 'low-balance:client:wrong',
      taskQueue: 'low-balance',
      args: [{ clientId: 'wrong' }],
    });
    await eventually(
      'the client is told',
      async () => (await servers.status('wrong')).rules['client']?.count === 1,
    );
    await assert.rejects(
      handle.executeUpdate('refill', { args: [{ refillId: 'r', at: 'yesterday' }] }),
      (error: Error & { cause?: Error }) =>
        /at: expected an ISO 8601 time with an offset.*found "yesterday"/.test(error.cause?.message ?? ''),
    );
    await handle.signal('refill', { refillId: 'r', at: 'yesterday' });
    await eventually(
      'the client is told',
      async () => (await servers.status('wrong')).rules['client']?.count === 1,
    );
    assert.equal((await servers.status('wrong')).lastRefillAt, null);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.match(currentDetails, /a refill signal was ignored: at: expected an ISO 8601 time/);
  });
});

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
