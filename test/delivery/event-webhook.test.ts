import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { request } from 'node:http';
import type { DeliveryReport } from '../../delivery/delivery-report.js';
import type { Receiver } from '../../delivery/email/email-provider.js';
import { startSendGridReceiver } from '../../delivery/sendgrid/sendgrid-receiver.js';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const ofSendGrid = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

describe("SendGrid's event webhook", () => {
  let server: Receiver;
  let recorded: DeliveryReport[] = [];
  let broken = false;
  const errors: unknown[] = [];

  before(async () => {
    server = await startSendGridReceiver({
      publicKey: ofSendGrid,
      port: 0,
      host: '127.0.0.1',
      largestBytes: 10_000,
      onError: (error) => errors.push(error),
      record(events) {
        if (broken) return Promise.reject(new Error('the database is away'));
        recorded.push(...events);
        return Promise.resolve();
      },
    });
  });
  after(() => server.stop());
  beforeEach(() => {
    recorded = [];
    broken = false;
  });

  const now = () => String(Math.floor(Date.now() / 1_000));

  function signature(timestamp: string, body: string): string {
    return sign('sha256', Buffer.from(timestamp + body), privateKey).toString('base64');
  }

  async function post(
    body: string,
    { timestamp = now(), signed = body, method = 'POST' } = {},
  ): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${server.port}/sendgrid`, {
      method,
      headers: {
        'X-Twilio-Email-Event-Webhook-Signature': signature(timestamp, signed),
        'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
      },
      ...(method === 'POST' ? { body } : {}),
    });
    await response.text();
    return response.status;
  }

  const bounce = {
    email: 'Billing@client.example',
    timestamp: 1_600_112_492,
    event: 'bounce',
    type: 'bounce',
    reason: '550 5.1.1 user unknown',
    sg_event_id: 'e-1',
    sg_message_id: 'm-1.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0',
    notice_id: '00000000-0000-8000-a000-000000000001',
    category: 'low-balance',
  };

  it('hands over what became of mails, signed over the raw body', async () => {
    const body = `[${JSON.stringify(bounce)},\r\n${JSON.stringify({ ...bounce, event: 'open', sg_event_id: 'e-2' })}]\r\n`;
    assert.equal(await post(body), 204);
    assert.deepEqual(recorded, [
      {
        eventId: 'e-1',
        noticeId: '00000000-0000-8000-a000-000000000001',
        messageId: 'm-1',
        address: 'Billing@client.example',
        delivery: 'bounced',
        reason: '550 5.1.1 user unknown',
        at: 1_600_112_492_000,
      },
    ]);
  });

  for (const [event, delivery] of [
    [{ event: 'processed' }, 'processed'],
    [{ event: 'delivered', response: '250 OK', reason: undefined }, 'delivered'],
    [{ event: 'deferred' }, 'deferred'],
    [{ event: 'bounce', type: 'blocked' }, 'blocked'],
    [{ event: 'dropped' }, 'dropped'],
    [{ event: 'spamreport' }, 'spam-report'],
  ] as const) {
    it(`takes ${JSON.stringify(event)} for ${delivery}`, async () => {
      assert.equal(await post(JSON.stringify([{ ...bounce, ...event }])), 204);
      assert.equal(recorded[0]?.delivery, delivery);
    });
  }

  it('passes over what it does not know, in one request with what it does', async () => {
    assert.equal(
      await post(JSON.stringify([null, 1, {}, { event: 'bounce' }, { ...bounce, event: 'new' }, bounce])),
      204,
    );
    assert.equal(recorded.length, 1);
  });

  it('refuses a body that was changed on its way', async () => {
    const body = JSON.stringify([bounce]);
    assert.equal(await post(body.replace('Billing', 'Another'), { signed: body }), 403);
    assert.deepEqual(recorded, []);
  });

  it('refuses a signature for another time', async () => {
    const body = JSON.stringify([bounce]);
    const response = await fetch(`http://127.0.0.1:${server.port}/`, {
      method: 'POST',
      headers: {
        'X-Twilio-Email-Event-Webhook-Signature': signature('1600112502', body),
        'X-Twilio-Email-Event-Webhook-Timestamp': now(),
      },
      body,
    });
    assert.equal(response.status, 403);
  });

  for (const [what, timestamp] of [
    ['a day old', String(Math.floor(Date.now() / 1_000) - 86_500)],
    ['of the future', String(Math.floor(Date.now() / 1_000) + 3_600)],
    ['no number', 'now'],
  ] as const) {
    it(`refuses a timestamp that is ${what}`, async () => {
      assert.equal(await post(JSON.stringify([bounce]), { timestamp }), 403);
    });
  }

  for (const headers of [
    {},
    { 'X-Twilio-Email-Event-Webhook-Signature': 'x', 'X-Twilio-Email-Event-Webhook-Timestamp': now() },
  ]) {
    it(`refuses a request with ${Object.keys(headers).length === 0 ? 'no signature' : 'what is no signature'}`, async () => {
      const response = await fetch(`http://127.0.0.1:${server.port}/`, {
        method: 'POST',
        headers,
        body: '[]',
      });
      assert.equal(response.status, 403);
    });
  }

  it('refuses a request that is too large', async () => {
    assert.equal(await post(JSON.stringify([{ ...bounce, reason: 'x'.repeat(20_000) }])), 413);
  });

  it('stops reading a request that does not say how large it is', async () => {
    const status = await new Promise<number | string>((resolve) => {
      const call = request({ port: server.port, host: '127.0.0.1', method: 'POST' }, (response) =>
        resolve(response.statusCode ?? 0),
      );
      call.on('error', () => resolve('cut'));
      call.write('x'.repeat(20_000));
    });
    assert.ok(status === 413 || status === 'cut', String(status));
  });

  it('refuses another method, and a body that is no array', async () => {
    assert.equal(await post('', { method: 'GET' }), 405);
    assert.equal(await post('{"event":"bounce"}'), 400);
    assert.equal(await post('nothing'), 400);
  });

  it('asks SendGrid to send again what could not be recorded', async () => {
    broken = true;
    assert.equal(await post(JSON.stringify([bounce])), 503);
    assert.match(String(errors.at(-1)), /the database is away/);
  });

  it('says what is wrong with a public key that is none', async () => {
    await assert.rejects(
      startSendGridReceiver({ publicKey: 'nonsense', port: 0, record: () => Promise.resolve() }),
      /expected the verification key that SendGrid shows/,
    );
  });
});
