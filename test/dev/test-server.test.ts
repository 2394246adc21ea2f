import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDataFolder, type DataFolder } from '../../dev/data-folder.js';
import { commandLineOf, waitUntilGone } from '../../dev/process-groups.js';
import { silentProgress as progress } from '../../dev/progress.js';
import { createTimeSkippingEnvironment, provideTestServer, testServer } from '../../dev/test-server.js';
import { aFolder } from './a-folder.js';

describe("Temporal's time-skipping test server", () => {
  const folder = aFolder();
  let executable: string;

  before(async function () {
    // The first run of all downloads it, into the cache that later runs share.
    this.timeout(300_000);
    executable = await provideTestServer({ env: process.env, progress });
  });

  async function openOwnFolder(): Promise<DataFolder> {
    const dataFolder = await openDataFolder(folder());
    await symlink(executable, path.join(dataFolder.cache, `temporal-test-server-v${testServer.version}`));
    return dataFolder;
  }

  it('skips time', async () => {
    const environment = await createTimeSkippingEnvironment({ env: process.env, progress });
    try {
      const before = await environment.currentTimeMs();
      await environment.sleep('30 days');
      const passedMs = (await environment.currentTimeMs()) - before;
      assert.ok(passedMs >= 30 * 86_400_000, `only ${passedMs} ms passed`);
    } finally {
      await environment.teardown();
    }
  });

  it('leaves nothing behind at its teardown', async () => {
    const { run } = await openOwnFolder();
    const dataFolder = folder();
    const environment = await createTimeSkippingEnvironment({ dataFolder, env: process.env, progress });
    assert.equal((await readdir(run)).length, 2);
    await environment.teardown();
    assert.deepEqual(await readdir(run), []);
  });

  it('ends where its user is killed with kill −9', async () => {
    const { run } = await openOwnFolder();
    const program = path.join(import.meta.dirname, 'test-server-program.js');
    const child = spawn(process.execPath, [program, folder()], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk) => (complaint += String(chunk)));
    const exited = once(child, 'exit');
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      exited.then(() => assert.fail(`the program ended before it had started the server: ${complaint}`)),
    ]);
    const pid = Number(line);
    assert.match(commandLineOf(pid) ?? '', /temporal-test-server/);
    child.kill('SIGKILL');
    await exited;
    assert.ok(await waitUntilGone(pid, 60_000));
    const deadline = Date.now() + 60_000;
    while ((await readdir(run)).length > 0) {
      assert.ok(Date.now() < deadline, `left behind: ${(await readdir(run)).join(', ')}`);
      await sleep(20);
    }
  });
});
