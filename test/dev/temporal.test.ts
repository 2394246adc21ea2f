import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { SearchAttributeType, TypedSearchAttributes, defineSearchAttributeKey } from '@temporalio/common';
import { openDataFolder } from '../../dev/data-folder.js';
import { createProcesses } from '../../dev/processes.js';
import { silentProgress as progress } from '../../dev/progress.js';
import { findOrFetchBinary } from '../../dev/server-binary.js';
import { provideTemporal, temporalCli, type ProvidedTemporal } from '../../dev/temporal.js';
import { choosePort } from '../../dev/ports.js';
import { aFolder, recordSteps } from './a-folder.js';

const profile = defineSearchAttributeKey('LowBalanceProfile', SearchAttributeType.KEYWORD);

describe('Temporal', () => {
  const folder = aFolder();
  const provided: ProvidedTemporal[] = [];
  let executable: string;

  before(async function () {
    // The first run of all downloads it, into the cache that later runs share.
    this.timeout(300_000);
    const dataFolder = await openDataFolder();
    const fetching = { dataFolder, env: process.env, progress, processes: createProcesses() };
    executable = await findOrFetchBinary(temporalCli, fetching);
  });
  afterEach(async () => {
    for (const temporal of provided.splice(0)) await temporal.stop();
  });

  async function provide(options: Partial<Parameters<typeof provideTemporal>[0]> = {}) {
    const cache = path.join(folder(), 'cache');
    await mkdir(cache, { recursive: true });
    await symlink(executable, path.join(cache, `temporal-v${temporalCli.version}`)).catch(() => {});
    const temporal = await provideTemporal({
      dataFolder: folder(),
      env: process.env,
      progress,
      persistent: false,
      searchAttributes: { [profile.name]: 'Keyword' },
      ...options,
    });
    provided.push(temporal);
    return temporal;
  }

  async function withClient<T>(temporal: ProvidedTemporal, use: (client: Client) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: temporal.address });
    try {
      return await use(new Client({ connection, namespace: temporal.namespace }));
    } finally {
      await connection.close();
    }
  }

  async function startWaiting(client: Client, workflowId: string): Promise<void> {
    await client.workflow.start('nobodyWorksOnThis', {
      workflowId,
      taskQueue: 'low-balance',
      typedSearchAttributes: new TypedSearchAttributes([{ key: profile, value: 'acme/usd' }]),
    });
  }

  it('answers with its namespace, search attributes, UI and HTTP API as soon as it is provided', async () => {
    const temporal = await provide({ namespace: 'billing' });
    await withClient(temporal, (client) => startWaiting(client, 'low-balance:client:1'));
    assert.equal((await fetch(temporal.uiUrl ?? '')).status, 200);
    const seen = await fetch(`${temporal.httpUrl}/api/v1/namespaces/billing/workflows/low-balance:client:1`);
    assert.equal(seen.status, 200);
    assert.match(await seen.text(), /acme\/usd|LowBalanceProfile/);
  });

  it('forgets everything where it is not persistent, and leaves no file', async () => {
    const temporal = await provide();
    assert.equal(temporal.owned, true);
    await temporal.stop();
    assert.deepEqual(await readdir(path.join(folder(), 'run')), []);
    assert.deepEqual(await readdir(path.join(folder(), 'temporal')), []);
  });

  it('remembers its workflows where it is persistent', async () => {
    const first = await provide({ persistent: true });
    await withClient(first, (client) => startWaiting(client, 'low-balance:client:1'));
    await first.stop();

    const second = await provide({ persistent: true });
    const description = await withClient(second, (client) =>
      client.workflow.getHandle('low-balance:client:1').describe(),
    );
    assert.equal(description.status.name, 'RUNNING');
    assert.equal(description.typedSearchAttributes.get(profile), 'acme/usd');
  });

  it('is refused to a second stack on the same data folder, which hears the pid of the first', async () => {
    await provide({ persistent: true });
    await assert.rejects(provide({ persistent: true }), {
      code: 'data-folder-in-use',
      message: new RegExp(`process ${process.pid} `),
    });
  });

  it('is refused a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await assert.rejects(provide({ uiPort: port }), { code: 'port-taken', message: /Temporal's UI/ });
    server.close();
  });

  it('that cannot start says what its log says, and lets the folder go', async () => {
    await mkdir(path.join(folder(), 'temporal'), { recursive: true });
    await writeFile(path.join(folder(), 'temporal', 'temporal.db'), 'this is no database'.repeat(100));
    await assert.rejects(provide({ persistent: true }), {
      code: 'temporal-failed',
      message: /its log ends with[\s\S]*database/,
    });
    assert.ok(!(await readdir(path.join(folder(), 'temporal'))).some((name) => name.startsWith('lock-')));
  });

  it('is the given one where there is one, which is left alone', async () => {
    const own = await provide();
    const { steps, progress } = recordSteps();
    const given = await provide({ address: own.address, progress });
    assert.equal(given.owned, false);
    assert.equal(given.uiUrl, undefined);
    await given.stop();
    await withClient(own, (client) => startWaiting(client, 'still-there'));
    assert.deepEqual(steps, [
      `Temporal: using ${own.address}, namespace default (unset TEMPORAL_ADDRESS to have a dev server)`,
    ]);
  });

  /** On a busy machine it takes a while until a server is reached at all. */
  async function withMorePatience(address: string): Promise<void> {
    for (const patienceMs of [500, 5_000, 50_000]) {
      const given = { address, namespace: 'elsewhere', patienceMs };
      const error: unknown = await provide(given).catch((reason: unknown) => reason);
      if (patienceMs === 50_000 || !/Failed to connect/.test(String(error))) throw error;
    }
  }

  it('that is given and lacks the namespace, or does not listen, is named', async () => {
    const own = await provide();
    const nobody = `127.0.0.1:${await choosePort({ purpose: 'a test', howToChoose: '' })}`;
    await Promise.all([
      assert.rejects(withMorePatience(own.address), {
        code: 'temporal-unreachable',
        message: /namespace elsewhere.*not found/i,
      }),
      assert.rejects(provide({ address: nobody, patienceMs: 500 }), {
        code: 'temporal-unreachable',
        message: new RegExp(`Temporal at ${nobody} does not answer`),
      }),
    ]);
  });
});
