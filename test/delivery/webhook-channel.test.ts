import assert from 'node:assert/strict';
import { createWebhookChannel } from '../../delivery/webhook/webhook-channel.js';
import { sampleMail } from '../../delivery/email/sample-mail.js';

describe('the channel of webhooks', () => {
  it('raises an alarm where a worker lacks the secret for ten minutes, and names its variable alone', async () => {
    const alarms: string[] = [];
    let minute = 0;
    const channel = createWebhookChannel({
      transport: { allowPrivate: false },
      secretOf: (variable) => (variable === 'ACME_CRM_SECRET' ? '' : undefined),
      stopped: { find: () => Promise.resolve(undefined), stop: () => assert.fail('nothing was answered') },
      uptime: () => minute * 60_000,
      onAlarm: (message) => void alarms.push(message),
    });
    const webhook = {
      reseller: 'acme',
      name: 'crm',
      url: 'https://crm.acme.example/t0ken',
      secretVariable: 'ACME_CRM_SECRET',
    };
    const send = () =>
      channel.send({ ...sampleMail, webhook }, { signal: new AbortController().signal, timeoutMs: 1_000 });
    for (minute = 0; minute <= 20; minute += 5)
      await assert.rejects(send, { kind: 'unauthorized', permanent: false });
    assert.deepEqual(alarms, [
      'the webhook acme/crm has accepted nothing for ten minutes: the webhook "crm" of acme cannot be signed: ACME_CRM_SECRET is not set on this worker',
    ]);
    minute = 20;
    assert.deepEqual(channel.health?.(), [
      { sender: 'acme/crm', failingForMs: 1_200_000, held: false, alarmed: true },
    ]);
  });
});
