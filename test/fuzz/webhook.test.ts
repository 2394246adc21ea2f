import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { generateKeyPairSync, sign } from 'node:crypto';
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import type { DeliveryReport } from '../../delivery/delivery-report.js';
import type { Receiver } from '../../delivery/email/email-provider.js';
import { startSendGridReceiver } from '../../delivery/sendgrid/sendgrid-receiver.js';
import { bounceEvent, fuzzRuns, textLike } from './mutations.js';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

describe(`fuzzing the webhook receiver (${fuzzRuns} requests)`, function () {
  this.timeout(0);
  const agent = new Agent({ keepAlive: true });
  const errors: unknown[] = [];
  let recorded: DeliveryReport[] = [];
  let server: Receiver;

  before(async () => {
    server = await startSendGridReceiver({
      publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      port: 0,
      host: '127.0.0.1',
      largestBytes: 2_000,
      onError: (error) => errors.push(error),
      record(events) {
        recorded.push(...events);
        return Promise.resolve();
      },
    });
  });
  after(async () => {
    agent.destroy();
    await server?.stop();
  });

  function send({ method, path, headers, body }: Attempt): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: server.port, agent, method, path, headers },
        (response) => response.resume().on('end', () => resolve(response.statusCode!)),
      );
      sent.on('error', reject).end(body);
    });
  }

  const bodies = fc.oneof(
    textLike([[bounceEvent], [bounceEvent, bounceEvent]]).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: 1_900, max: 2_100 }).map((size) => Buffer.alloc(size, ' ')),
  );
  // Characters that HTTP lets into a header.
  const headerText = fc.stringMatching(/^[!-~ ]{0,120}$/).map((text) => text.trim());
  const timestamps = fc.oneof(
    fc.constant(() => String(Math.floor(Date.now() / 1_000))),
    fc
      .integer({ min: -200_000, max: 200_000 })
      .map((by) => () => String(Math.floor(Date.now() / 1_000) + by)),
    headerText.map((text) => () => text),
  );
  const attempts = fc.record({
    method: fc.constantFrom(
      'POST',
      'POST',
      'POST',
      'POST',
      'GET',
      'PUT',
      'DELETE',
      'PATCH',
      'OPTIONS',
      'HEAD',
    ),
    path: fc.webPath().map((text) => (text.startsWith('/') ? text : `/${text}`)),
    body: bodies,
    timestamp: timestamps,
    signature: fc.option(headerText, { nil: undefined, freq: 2 }),
    chunked: fc.boolean(),
  });

  it('takes what is signed, well formed, recent and small, refuses the rest, and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(attempts, async ({ method, path, body, timestamp, signature, chunked }) => {
        recorded = [];
        const at = timestamp();
        const right = sign('sha256', Buffer.concat([Buffer.from(at), body]), privateKey).toString('base64');
        const status = await send({
          method,
          path,
          body,
          headers: {
            'X-Twilio-Email-Event-Webhook-Signature': signature ?? right,
            'X-Twilio-Email-Event-Webhook-Timestamp': at,
            ...(chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': String(body.length) }),
          },
        });
        const age = Math.floor(Date.now() / 1_000) - Number(at);
        const isRecent = /^\d{1,12}$/.test(at) && age <= 86_400 && age >= -300;
        let expected = [204, 400];
        if (method !== 'POST') expected = [405];
        else if (body.length > 2_000) expected = [413];
        else if (signature !== undefined || !isRecent) expected = [403];
        // SendGrid's library reads a body as text before it verifies it.
        else if (!isUtf8(body)) expected = [403];
        assert.ok(expected.includes(status), `expected ${expected.join(' or ')}, found ${status}`);
        if (status !== 204) assert.deepEqual(recorded, []);
      }),
      { numRuns: fuzzRuns },
    );
    assert.deepEqual(errors, []);
  });
});
