import assert from 'node:assert/strict';
import { runCommandLine } from '../../cli/command-line.js';
import { openWebhooks } from '../../delivery/open-webhooks.js';
import type { Service } from '../../worker/service.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { startReceiver, webhookSecret, type Receiver } from './a-receiver.js';

describe('webhooks, from the balance to the receiver, on real MySQL and Temporal', function () {
  this.timeout(300_000);
  let servers: RealServers;
  let receiver: Receiver;
  let worker: Service | undefined;

  before(async () => {
    [servers, receiver] = await Promise.all([startRealServers(), startReceiver()]);
    await putProfile(servers.database, 'prepaid', {
      period: '1h',
      more: { clientNotification: { threshold: 50, notify: false, webhooks: ['crm'] } },
    });
    const crm = { url: receiver.url, secretVariable: 'ACME_CRM_SECRET' };
    await servers.database.query(
      `INSERT INTO low_balance_reseller_settings (reseller, content, source, version, applied_hash, updated_at)
       VALUES ('acme', ?, '', 1, '', 0)`,
      [JSON.stringify({ webhooks: { crm } })],
    );
  });
  after(async () => {
    await worker?.stop();
    receiver?.stop();
    await servers?.stop();
  });

  async function startWorker(env: Readonly<Record<string, string>>): Promise<void> {
    await worker?.stop();
    const webhook = openWebhooks({ ACME_CRM_SECRET: webhookSecret, ...env }, servers.database, {});
    const email = { send: () => assert.fail('no rule of this test sends e-mail') };
    worker = await servers.startWorker({ parts: { channels: { email, webhook } } });
  }

  async function watchLowClient(id: string): Promise<void> {
    await putClient(servers.database, id, '40');
    await servers.watch(id);
  }

  const noticesOf = (id: string) =>
    servers.database.query<{ id: string; state: string; attempts: number; last_error: string | null }[]>(
      'SELECT id, state, attempts, last_error FROM low_balance_notice WHERE client_id = ? ORDER BY check_at',
      [id],
    );
  const stateOf = async (id: string) => (await noticesOf(id)).at(-1)?.state;
  const countOf = async (id: string) => (await servers.status(id)).rules['client']?.count;
  const pageOf = async (id: string) => {
    const handle = servers.client.workflow.getHandle(`low-balance:client:${id}`);
    const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails;
  };

  async function run(...words: readonly string[]): Promise<string> {
    let out = '';
    const say = (text: string) => void (out += `${text}\n`);
    const io = {
      out: say,
      err: say,
      env: servers.env,
      cwd: process.cwd(),
      interactive: false,
      colour: false,
    };
    const code = await runCommandLine(words, io);
    assert.equal(code, 0, out);
    return out;
  }

  it('posts nothing to a private address where the workers do not allow it, and uses no quota', async () => {
    await startWorker({});
    await watchLowClient('PRIVATE');
    await eventually('it failed', async () => (await stateOf('PRIVATE')) === 'failed');
    assert.match((await noticesOf('PRIVATE'))[0]?.last_error ?? '', /set WEBHOOK_ALLOW_PRIVATE=true/);
    assert.equal(await countOf('PRIVATE'), 0);
    assert.deepEqual(receiver.received, []);
  });

  it('tries again under the same id and the same content after a 500, and counts once', async () => {
    await startWorker({ WEBHOOK_ALLOW_PRIVATE: 'true' });
    receiver.next(500);
    await watchLowClient('RETRIED');
    await eventually('it was accepted', async () => (await countOf('RETRIED')) === 1);
    const [notice] = await noticesOf('RETRIED');
    assert.deepEqual(
      receiver.received.map(({ id, status }) => [id, status]),
      [
        [notice?.id, 500],
        [notice?.id, 204],
      ],
    );
    assert.deepEqual(receiver.received[0]?.notice, receiver.received[1]?.notice);
    assert.equal(notice?.attempts, 2);
    assert.match(
      await run('notices', '--client', 'RETRIED'),
      /webhook +│ client +│ accepted after 2 attempts/,
    );
  });

  it('stops a webhook that answered 410, which status names, until it is started again', async () => {
    receiver.received.length = 0;
    receiver.next(410);
    await watchLowClient('GONE');
    await eventually('it failed', async () => (await stateOf('GONE')) === 'failed');
    await eventually('its workflow knows', async () => (await servers.status('GONE')).telling === null);
    const stopped = /the webhook "crm" of acme is stopped since .* answered 410.*start-webhook acme\/crm/;
    assert.match(await run('status', 'GONE'), stopped);
    await run('check-now', 'GONE');
    await eventually('the next one failed', async () => (await noticesOf('GONE')).length === 2);
    await eventually('it failed too', async () => (await stateOf('GONE')) === 'failed');
    assert.equal(receiver.received.length, 1, 'it was not called again');
    assert.equal(await countOf('GONE'), 0);
    await eventually('the page says so', async () => {
      const page = await pageOf('GONE');
      assert.match(page, /Lately.*client not sent to the webhook "crm": 127\.0\.0\.1:\d+ answered 410/s);
      assert.match(page, /client not sent to the webhook "crm": it is stopped since .* answered 410/);
      return true;
    });
    await run('start-webhook', 'acme/crm');
    assert.doesNotMatch(await run('status', 'GONE'), /is stopped/);
    await run('check-now', 'GONE');
    await eventually('it was accepted', async () => (await countOf('GONE')) === 1);
    assert.deepEqual(
      receiver.received.map(({ status, notice }) => [status, notice.data.client.id]),
      [
        [410, 'GONE'],
        [204, 'GONE'],
      ],
    );
  });
});
