import assert from 'node:assert/strict';
import type { Parts } from '../../activities/parts.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import type { ResellerContent } from '../../domain/reseller/reseller-content.js';
import { openEmail } from '../../delivery/open-email.js';
import { openWebhooks } from '../../delivery/open-webhooks.js';
import { createResellers } from '../../store/resellers.js';
import { readStoppedWebhooks } from '../../store/stopped-webhooks.js';
import { startReceiver, webhookSecret, type Receiver } from '../delivery/a-receiver.js';
import { useNotifyBench } from './notify-bench.js';
import { aCheckOf, profileFile, writeProfile } from './notify-setup.js';

const withWebhooks: ProfileFile = {
  ...profileFile,
  clientNotification: { threshold: 50, webhooks: ['crm'] },
  advancedRules: [{ name: 'quiet', threshold: 45, notify: false, webhooks: ['crm'] }],
};

describe("notices in a reseller's own name, with real MySQL", () => {
  const bench = useNotifyBench();
  const { aLowClient, tell, failureOf } = bench;
  const alarms: string[] = [];
  let receiver: Receiver;

  before(async () => {
    receiver = await startReceiver();
  });
  after(() => receiver?.stop());
  beforeEach(async () => {
    alarms.length = 0;
    receiver.received.length = 0;
    await writeProfile(bench.world.database, withWebhooks);
    await bench.world.database.query('DELETE FROM low_balance_stopped_webhook');
  });

  async function settle(reseller: string, content: ResellerContent): Promise<void> {
    await bench.world.database.query(
      `INSERT INTO low_balance_reseller_settings (reseller, content, source, version, applied_hash, updated_at)
       VALUES (?, ?, '', 1, REPEAT('0', 64), 0) ON DUPLICATE KEY UPDATE content = VALUES(content), version = version + 1`,
      [reseller, JSON.stringify(content)],
    );
  }

  const withReceiver = (changes: ResellerContent = {}): ResellerContent => ({
    webhooks: { crm: { url: receiver.url, secretVariable: 'ACME_CRM_SECRET' } },
    ...changes,
  });

  /** A worker as `low-balance worker` puts it together. */
  function aWorker(env: Readonly<Record<string, string>> = { ACME_CRM_SECRET: webhookSecret }): Parts {
    const { database } = bench.world;
    const hear = { onAlarm: (message: string) => void alarms.push(message) };
    const settings = {
      SENDGRID_API_KEY: 'SG.platform',
      SENDGRID_BASE_URL: bench.sendGrid.url,
      MAIL_FROM: 'no-reply@platform.example',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      ...env,
    };
    return {
      ...bench.aWorker(),
      resellers: createResellers(database),
      channels: {
        email: openEmail(settings, hear).channel,
        webhook: openWebhooks(settings, database, hear),
      },
    };
  }

  const mails = () =>
    bench.sendGrid.asked.map(({ body, headers }) => ({
      from: body.from.email,
      subject: body.subject,
      key: headers['authorization'],
    }));

  it('sends mails as the reseller: sender, language, words and account are its own', async () => {
    await settle('acme', {
      sender: { from: 'Acme <billing@acme.example>', replyTo: 'support@acme.example' },
      brand: { name: 'Acme Carrier', color: '#0b6e4f' },
      topUpUrl: 'https://portal.acme.example/{clientId}?l={language}',
      support: { phone: '+43 1 555' },
      language: 'de',
      timeZone: 'Europe/Vienna',
      sendGrid: { apiKeyVariable: 'ACME_KEY' },
      templates: { 'de/client.subject.hbs': 'Servus {{client.name}}' },
    });
    const clientId = await aLowClient();
    const parts = aWorker({ ACME_KEY: 'SG.acme' });
    const told = await tell(parts, aCheckOf(clientId, { rules: [{ key: 'client', reminder: 1 }] }));
    assert.equal(told.accepted.length, 1);
    const [{ body, headers }] = bench.sendGrid.asked as [(typeof bench.sendGrid.asked)[number]];
    assert.deepEqual(body.from, { email: 'billing@acme.example', name: 'Acme' });
    assert.deepEqual(body.reply_to, { email: 'support@acme.example' });
    assert.equal(body.subject, `Servus Client ${clientId}`);
    assert.equal(headers['authorization'], 'Bearer SG.acme');
    const text = (body.content ?? []).map(({ value }) => value).join('\n');
    assert.match(text, new RegExp(`https://portal.acme.example/${clientId}\\?l=de`));
    assert.match(text, /\+43\u00a01\u00a0555/);
    assert.match(text, /MEZ|GMT\+1/);
    assert.deepEqual(
      told.failed.map(({ reason }) => reason),
      ['the reseller of acme/prepaid has no webhook "crm" any more'],
    );
  });

  it("holds up nobody by a reseller's refused key, and does not fall back on the service's own", async () => {
    await settle('acme', { sendGrid: { apiKeyVariable: 'ACME_KEY' } });
    await writeProfile(bench.world.database, profileFile);
    const parts = aWorker({ ACME_KEY: 'SG.acme' });
    bench.sendGrid.next({ status: 401 });
    const refused = await failureOf(tell(parts, aCheckOf(await aLowClient())));
    assert.equal(refused.type, 'notice-unauthorized');
    const asked = bench.sendGrid.asked.length;
    await settle('acme', {});
    const other = { ...parts, resellers: createResellers(bench.world.database) };
    const told = await tell(other, aCheckOf(await aLowClient()));
    assert.equal(told.accepted.length, 2, "the service's own account is not held by another's alarm");
    assert.deepEqual(
      [
        ...new Set(
          mails()
            .slice(asked)
            .map(({ key }) => key),
        ),
      ],
      ['Bearer SG.platform'],
    );
    assert.ok(
      alarms.every((alarm) => alarm.startsWith('account of acme: ')),
      alarms.join('\n'),
    );
    assert.ok(alarms.length > 0);
  });

  it('waits for a worker that has the key, where this one does not', async () => {
    await settle('acme', { sendGrid: { apiKeyVariable: 'ACME_KEY' } });
    await writeProfile(bench.world.database, profileFile);
    const input = aCheckOf(await aLowClient());
    const failure = await failureOf(tell(aWorker({}), input));
    assert.match(failure.message, /ACME_KEY is not set on this worker/);
    assert.equal(bench.sendGrid.asked.length, 0);
    const told = await tell(aWorker({ ACME_KEY: 'SG.acme' }), input);
    assert.equal(told.accepted.length, 2);
  });

  it('posts one signed message to a webhook, with the rules that name it and the id of its notice', async () => {
    await settle('acme', withReceiver());
    const clientId = await aLowClient();
    const rules = [
      { key: 'client', reminder: 2 },
      { key: 'advanced:quiet', reminder: 1 },
    ] as const;
    const told = await tell(aWorker(), aCheckOf(clientId, { rules }));
    assert.deepEqual(
      told.accepted.map((each) => each.rules),
      [['client', 'advanced:quiet'], ['client']],
      'the webhook, and the mail of the client',
    );
    const [{ id, notice, status }] = receiver.received as [Receiver['received'][number]];
    assert.equal(status, 204);
    assert.equal(receiver.received.length, 1);
    assert.equal(notice.type, 'balance.low');
    assert.equal(notice.data.noticeId, id);
    assert.deepEqual(notice.data.client, { id: clientId, name: `Client ${clientId}` });
    assert.equal(notice.data.reseller.id, 'acme');
    assert.deepEqual(
      notice.data.rules.map(({ rule, threshold, reminder }) => [rule, threshold, reminder]),
      [
        ['client', '50', 2],
        ['advanced:quiet', '45', 1],
      ],
    );
    const [row] = await bench.world.database.query<{ channel: string; address: string }[]>(
      `SELECT n.channel, r.address FROM low_balance_notice n JOIN low_balance_notice_recipient r ON r.notice_id = n.id WHERE n.id = ?`,
      [id],
    );
    assert.deepEqual({ ...row }, { channel: 'webhook:crm', address: 'crm' });
  });

  it('tries a receiver that fails again under the same id, while the mail was sent once', async () => {
    await settle('acme', withReceiver());
    const clientId = await aLowClient();
    const input = aCheckOf(clientId, { rules: [{ key: 'client', reminder: 1 }] });
    const parts = aWorker();
    receiver.next(500);
    assert.equal((await failureOf(tell(parts, input))).type, 'notice-unavailable');
    const told = await tell(parts, input);
    assert.equal(told.accepted.length, 2);
    assert.equal(bench.sendGrid.asked.length, 1);
    const [first, second] = receiver.received;
    assert.equal(first?.id, second?.id);
    assert.deepEqual(first?.notice, second?.notice);
  });

  it('calls several webhooks at once: slow receivers hold up no other', async () => {
    const names = ['one', 'two', 'three', 'four'];
    const webhooks = Object.fromEntries(
      names.map((name) => [name, { url: `${receiver.url}/${name}`, secretVariable: 'ACME_CRM_SECRET' }]),
    );
    await settle('acme', { webhooks });
    await writeProfile(bench.world.database, {
      ...profileFile,
      advancedRules: [{ name: 'quiet', threshold: 45, notify: false, webhooks: names }],
    });
    receiver.slow(1_000);
    const input = aCheckOf(await aLowClient(), { rules: [{ key: 'advanced:quiet', reminder: 1 }] });
    const told = await tell(aWorker(), input).finally(() => receiver.slow(0));
    assert.equal(told.accepted.length, 4);
    assert.equal(receiver.mostAtOnce(), 4);
  });

  it('calls a receiver that answered 410 no more, says so, and goes on after an edit of its settings', async () => {
    await settle('acme', withReceiver());
    const parts = aWorker();
    const rules = [{ key: 'advanced:quiet', reminder: 1 }] as const;
    receiver.next(410);
    const gone = await tell(parts, aCheckOf(await aLowClient(), { rules }));
    assert.match(gone.failed[0]?.reason ?? '', /answered 410/);
    assert.deepEqual(gone.accepted, [], 'no quota is used');
    assert.match(alarms.join('\n'), /webhook acme\/crm is stopped/);
    const stopped = await readStoppedWebhooks(bench.world.database);
    assert.deepEqual(
      stopped.map(({ reseller, webhook }) => [reseller, webhook]),
      [['acme', 'crm']],
    );
    const after = await tell(parts, aCheckOf(await aLowClient(), { rules }));
    assert.match(after.failed[0]?.reason ?? '', /is stopped since/);
    assert.equal(after.failed[0]?.webhook, 'crm');
    assert.equal(receiver.received.length, 1);
    const url = `${receiver.url}/v2`;
    await settle('acme', { webhooks: { crm: { url, secretVariable: 'ACME_CRM_SECRET' } } });
    const edited = { ...parts, resellers: createResellers(bench.world.database) };
    const again = await tell(edited, aCheckOf(await aLowClient(), { rules }));
    assert.equal(again.accepted.length, 1);
  });

  it('waits for a worker that has the secret, and never calls without a signature', async () => {
    await settle('acme', withReceiver());
    const input = aCheckOf(await aLowClient(), { rules: [{ key: 'advanced:quiet', reminder: 1 }] });
    const failure = await failureOf(tell(aWorker({}), input));
    assert.match(failure.message, /ACME_CRM_SECRET is not set on this worker/);
    assert.equal(receiver.received.length, 0);
    assert.equal((await tell(aWorker(), input)).accepted.length, 1);
  });

  it('refuses a private address where the setting does not allow it', async () => {
    await settle('acme', withReceiver());
    const parts = aWorker({ ACME_CRM_SECRET: webhookSecret, WEBHOOK_ALLOW_PRIVATE: 'false' });
    const rules = [{ key: 'advanced:quiet', reminder: 1 }] as const;
    const told = await tell(parts, aCheckOf(await aLowClient(), { rules }));
    assert.match(told.failed[0]?.reason ?? '', /WEBHOOK_ALLOW_PRIVATE/);
    assert.equal(receiver.received.length, 0);
  });

  it('tells a recovery to the webhooks that the last notice reached, and to no other', async () => {
    await settle('acme', withReceiver());
    const parts = aWorker();
    const clientId = await aLowClient();
    const first = aCheckOf(clientId, { rules: [{ key: 'advanced:quiet', reminder: 1 }] });
    await tell(parts, first);
    const other = await aLowClient();
    receiver.next(410);
    const unreached = aCheckOf(other, { rules: [{ key: 'advanced:quiet', reminder: 1 }] });
    await tell(parts, unreached);
    await bench.world.database.query('DELETE FROM low_balance_stopped_webhook');
    receiver.received.length = 0;
    for (const check of [first, unreached])
      await tell(
        parts,
        aCheckOf(check.clientId, {
          checkAt: check.checkAt + 1_000,
          rules: [],
          recovered: [{ key: 'advanced:quiet', toldAt: check.checkAt }],
        }),
      );
    assert.deepEqual(
      receiver.received.map(({ notice: { type, data } }) => [type, data.client.id]),
      [['balance.recovered', clientId]],
    );
  });
});
