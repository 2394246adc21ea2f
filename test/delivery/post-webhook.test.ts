import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { DeliveryError } from '../../delivery/delivery-error.js';
import { postWebhook, type WebhookCall } from '../../delivery/webhook/post-webhook.js';
import { isPublicAddress, publicLookup } from '../../delivery/webhook/public-address.js';
import { WebhookGoneError } from '../../delivery/webhook/webhook-answer.js';

const secret = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;

describe('postWebhook', () => {
  let server: Server;
  let base: string;
  let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;
  let calls = 0;

  before(async () => {
    server = createServer((request, response) => {
      calls += 1;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => (calls = 0));

  const call = (changes: Partial<WebhookCall> = {}): WebhookCall => ({
    url: `${base}/hooks/balance?token=t0ken`,
    secret,
    id: 'notice-1',
    body: '{"type":"balance.low","balance":"4,50 €"}',
    timeoutMs: 2_000,
    signal: new AbortController().signal,
    ...changes,
  });
  const post = (changes: Partial<WebhookCall> = {}) => postWebhook(call(changes), { allowPrivate: true });
  const failure = async (sending: Promise<unknown>): Promise<DeliveryError> => {
    try {
      await sending;
    } catch (error) {
      return error as DeliveryError;
    }
    throw new Error('it was accepted');
  };

  it('posts JSON that the library of Standard Webhooks verifies, with the id of the notice', async () => {
    let verified: unknown;
    answer = (request, response, body) => {
      verified = new Webhook(secret).verify(body, request.headers as Record<string, string>);
      assert.equal(request.headers['webhook-id'], 'notice-1');
      assert.equal(request.headers['content-type'], 'application/json; charset=utf-8');
      response.writeHead(204).end();
    };
    assert.equal(await post(), 204);
    assert.deepEqual(verified, { type: 'balance.low', balance: '4,50 €' });
  });

  const answers: readonly [number, Record<string, string>, string, RegExp, number | undefined][] = [
    [301, { location: 'http://127.0.0.1:1/' }, 'unavailable', /redirects are not followed/, undefined],
    [400, {}, 'unavailable', /answered 400: no such client/, undefined],
    [401, {}, 'unavailable', /perhaps for the signature/, undefined],
    [429, { 'retry-after': '7' }, 'rate-limited', /answered 429/, 7_000],
    [503, { 'retry-after': '86400' }, 'unavailable', /answered 503/, 3_600_000],
    ...(
      [
        ['soon', undefined],
        ['0', undefined],
        ['-5', undefined],
        ['+30', undefined],
        ['60 seconds', undefined],
        ['in 5 minutes', undefined],
        ['Wed, 21 Oct 2015 07:28:00 GMT', undefined],
        ['Wed, 21 Oct 2099 07:28:00 GMT', 3_600_000],
        [' 1.5 ', 1_500],
        ['99999999999999', 3_600_000],
      ] as const
    ).map(
      ([text, ms]) =>
        [503, { 'retry-after': text }, 'unavailable', /answered 503/, ms] as [
          number,
          Record<string, string>,
          string,
          RegExp,
          number | undefined,
        ],
    ),
  ];
  for (const [status, headers, kind, message, retryAfterMs] of answers) {
    it(`tries again after ${status} ${JSON.stringify(headers)}`, async () => {
      answer = (_, response) => response.writeHead(status, headers).end('no such\n client');
      const error = await failure(post());
      assert.equal(error.kind, kind);
      assert.match(error.message, message);
      assert.equal(error.permanent, false);
      assert.equal(error.retryAfterMs, retryAfterMs);
      assert.doesNotMatch(error.message, /t0ken|hooks/);
      assert.equal(calls, 1);
    });
  }

  it('says that a receiver which answers 410 is gone', async () => {
    answer = (_, response) => response.writeHead(410).end();
    const error = await failure(post());
    assert.ok(error instanceof WebhookGoneError);
    assert.equal(error.permanent, true);
  });

  it('gives up after the time limit, also where the answer never ends', async () => {
    for (const begin of [() => {}, (response: ServerResponse) => response.writeHead(200).write('x')]) {
      answer = (_, response) => begin(response);
      const begun = performance.now();
      // The status of an answer whose body stalls has come, and is what counts.
      await post({ timeoutMs: 200 }).catch((error: DeliveryError) => assert.equal(error.kind, 'no-answer'));
      assert.ok(performance.now() - begun < 1_900);
    }
  });

  const oddAnswers: readonly (readonly [string, string, number | RegExp])[] = [
    ['goes on after 100', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', 204],
    ['a body that is cut off', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nab', 200],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', /was closed/],
    ['no HTTP', 'hello', /its answer was lost: HPE_/],
    ['nothing', '', /its answer was lost: ECONNRESET/],
    ['a status that there is not', 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n', /answered 999$/],
    ['headers without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, /HPE_HEADER_OVERFLOW/],
    [
      'an encoded body',
      'HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n\x1f\x8b',
      /answered 500$/,
    ],
    [
      'words that act on a terminal, with an address',
      'HTTP/1.1 500 No\r\nConnection: close\r\n\r\n\u001b[31mno\u0000\u202e a.person@b.example\r\n',
      /answered 500: \[31mno a\*\*\*@b\.example$/,
    ],
  ];
  for (const [title, bytes, expected] of oddAnswers) {
    it(`settles in time where the receiver answers ${title}`, async () => {
      const odd = createTcpServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => {
          socket.write(bytes);
          setTimeout(() => socket.end(), 100);
        });
      });
      odd.listen(0, '127.0.0.1');
      await once(odd, 'listening');
      const url = `http://127.0.0.1:${(odd.address() as AddressInfo).port}/`;
      try {
        const sent = post({ url, timeoutMs: 20_000 });
        if (typeof expected === 'number') assert.equal(await sent, expected);
        else assert.match((await failure(sent)).message, expected);
      } finally {
        odd.close();
      }
    });
  }

  it('reads 64 KiB of an answer and no more', async () => {
    let sent = 0;
    answer = (_, response) => {
      response.writeHead(500);
      const pump = (): void => {
        while (!response.destroyed && sent < 50e6) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'x'))) return void response.once('drain', pump);
        }
      };
      response.on('error', () => {});
      pump();
    };
    assert.match((await failure(post())).message, /answered 500: x{200}$/);
    assert.ok(sent < 50e6, `${sent} bytes were taken`);
  });

  it('sends nothing to private and loopback addresses unless that is allowed', async () => {
    answer = (_, response) => response.writeHead(204).end();
    const port = base.split(':').at(-1);
    for (const host of [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
    ]) {
      const error = await failure(
        postWebhook(call({ url: `http://${host}:${port}/` }), { allowPrivate: false }),
      );
      assert.match(error.message, /not an address of the public Internet|cannot be reached/, host);
    }
    assert.equal(calls, 0);
  });

  it('refuses a name with one private address among public ones', async () => {
    const resolve = (
      _: string,
      done: (error: null, addresses: { address: string; family: number }[]) => void,
    ) =>
      done(null, [
        { address: '8.8.8.8', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ]);
    const error = await failure(
      postWebhook(call({ url: 'http://crm.acme.example/' }), { allowPrivate: false, resolve }),
    );
    assert.match(
      error.message,
      /crm\.acme\.example \(10\.0\.0\.1\) is not an address of the public Internet/,
    );
    assert.equal(error.kind, 'rejected');
  });

  it('never quotes a secret that cannot be used', async () => {
    for (const wrong of ['', 'whsec_', 'whsec_%%%', 'pass word']) {
      const error = await failure(post({ secret: wrong }));
      assert.equal(error.kind, 'unauthorized');
      if (wrong.length > 6) assert.ok(!error.message.includes(wrong));
    }
    assert.equal(calls, 0);
  });

  it('begins nothing once it was given up', async () => {
    const error = await failure(post({ signal: AbortSignal.abort() }));
    assert.equal(error.kind, 'unavailable');
    assert.equal(calls, 0);
  });
});

describe('isPublicAddress', () => {
  const cases: readonly [string, boolean][] = [
    ['8.8.8.8', true],
    ['2606:4700::1111', true],
    ['10.1.2.3', false],
    ['172.16.0.1', false],
    ['192.168.1.1', false],
    ['100.64.0.1', false],
    ['169.254.169.254', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['fd00::1', false],
    ['fe80::1', false],
    ['::', false],
    ['::ffff:10.0.0.1', false],
    ['::10.0.0.1', false],
    ['64:ff9b::a00:1', false],
    ['64:ff9b::808:808', true],
    ['2002:a00:1::', false],
    ['no address', false],
  ];
  for (const [address, isPublic] of cases) {
    it(`${address} is ${isPublic ? 'public' : 'not public'}`, () => {
      assert.equal(isPublicAddress(address), isPublic);
    });
  }
});

describe('publicLookup', () => {
  it('hands over the very addresses that it checked, from one resolution: a name that resolves differently a moment later gains nothing', () => {
    let resolutions = 0;
    const lookup = publicLookup((_, done) => {
      resolutions += 1;
      done(null, [{ address: resolutions === 1 ? '8.8.8.8' : '127.0.0.1', family: 4 }]);
    });
    const outcomes: unknown[] = [];
    const noted = (error: Error | null, address: unknown) => outcomes.push(error?.name ?? address);
    lookup('crm.acme.example', { all: true }, noted);
    lookup('crm.acme.example', {}, noted);
    assert.deepEqual(outcomes, [[{ address: '8.8.8.8', family: 4 }], 'PrivateAddressError']);
    assert.equal(resolutions, 2);
  });

  it('says where a name has no address', () => {
    publicLookup((_, done) => done(null, []))('crm.acme.example', {}, (error) =>
      assert.match(error?.message ?? '', /crm\.acme\.example has no address/),
    );
  });
});
