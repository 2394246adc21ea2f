import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { encryptingConverter } from '../../worker/encryption.js';
import { connectTemporal, temporalSettings } from '../../worker/temporal.js';
import { watchWorkflowId } from '../../worker/parts.js';
import { rawHistoryOf } from './raw-history.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

const key = () => randomBytes(32).toString('base64');
const utf8 = (text: string) => new Uint8Array(Buffer.from(text));
const plain = { metadata: { encoding: utf8('json/plain') }, data: utf8('{"availableBalance":"40"}') };

describe('payload encryption', () => {
  const codecOf = (current: string, old: readonly string[] = []) =>
    encryptingConverter({ current, old }).payloadCodecs![0]!;

  it('hides what it encrypts, and gives it back', async () => {
    const codec = codecOf(key());
    const [sealed] = await codec.encode([plain]);
    assert.doesNotMatch(Buffer.from(sealed!.data!).toString('latin1'), /availableBalance/);
    const [opened] = await codec.decode([sealed!]);
    assert.equal(Buffer.from(opened!.data!).toString(), '{"availableBalance":"40"}');
  });

  it('encrypts the same text differently each time', async () => {
    const codec = codecOf(key());
    const sealed = await codec.encode([plain, plain]);
    assert.notDeepEqual(Buffer.from(sealed[0]!.data!), Buffer.from(sealed[1]!.data!));
  });

  it('reads what was written with an old key, and what was never encrypted', async () => {
    const old = key();
    const [sealed] = await codecOf(old).encode([plain]);
    const [opened, untouched] = await codecOf(key(), [old]).decode([sealed!, plain]);
    assert.equal(Buffer.from(opened!.data!).toString(), '{"availableBalance":"40"}');
    assert.equal(untouched, plain);
  });

  it('refuses a payload that was changed, and says what to do about a key it does not have', async () => {
    const codec = codecOf(key());
    const [sealed] = await codec.encode([plain]);
    const changed = { ...sealed!, data: Buffer.from(sealed!.data!) };
    changed.data[20]! ^= 1;
    await assert.rejects(codec.decode([changed]), /was changed on its way/);
    await assert.rejects(codecOf(key()).decode([sealed!]), /Add it to PAYLOAD_OLD_KEYS/);
  });

  it('says what is wrong with a key', () => {
    assert.throws(
      () => codecOf('c2hvcnQ='),
      /PAYLOAD_KEY holds a key of 5 bytes. Expected base64 of 32 bytes/,
    );
  });
});

describe('a worker with PAYLOAD_KEY', () => {
  let servers: RealServers;

  before(async () => {
    servers = await startRealServers({ env: { PAYLOAD_KEY: key() } });
    await putProfile(servers.database, 'prepaid');
    await putClient(servers.database, 'C-1', '41.37');
  });
  after(() => servers?.stop());

  it('checks and tells, and its histories show neither balance nor profile to who lacks the key', async () => {
    const worker = await servers.startWorker();
    try {
      const handle = await servers.client.workflow.start('watchClient', {
        workflowId: watchWorkflowId('C-1'),
        taskQueue: 'low-balance',
        args: [{ clientId: 'C-1' }],
      });
      await eventually('told', async () => (await servers.status('C-1')).rules['client']?.count === 1);
      // A billing system that does not have the key may signal all the same.
      const { PAYLOAD_KEY: _, ...env } = servers.env;
      const other = await connectTemporal(temporalSettings(env));
      await other.workflow
        .getHandle(handle.workflowId)
        .signal('refill', { refillId: 'r-1', at: new Date().toISOString() });
      await eventually('refilled', async () => (await servers.status('C-1')).rules['client']?.count === 0);
      const raw = await rawHistoryOf(other, handle.workflowId);
      assert.match(raw, /binary\/encrypted/);
      for (const hidden of ['41.37', 'Prepaid prepaid', 'client low'])
        assert.ok(!raw.includes(hidden), hidden);
      await other.connection.close();
    } finally {
      await worker.stop();
    }
  });
});
