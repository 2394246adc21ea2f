import assert from 'node:assert/strict';
import { DeliveryError } from '../../delivery/delivery-error.js';
import { aMail } from './a-mail.js';
import { refusedBody, apiKey, useSendGrid } from './sendgrid-bench.js';
import type { Answer } from './sendgrid-answers.js';

describe('mails through SendGrid', () => {
  const sendGrid = useSendGrid();
  const { mailer, send, failureOf } = sendGrid;

  describe('what is asked', () => {
    it('gives each recipient its own copy, with the ids to trace it by', async () => {
      const mail = aMail({ recipients: ['a@client.example', 'b@client.example'] });
      const sent = await send(mail, { categories: ['low-balance'], unsubscribeGroupId: 7 });
      assert.equal(sent.messageId, 'm-1');
      const [{ body, headers, url }] = sendGrid.asked as [(typeof sendGrid.asked)[0]];
      assert.equal(url, '/v3/mail/send');
      assert.equal(headers.authorization, `Bearer ${apiKey}`);
      assert.deepEqual(body, {
        from: { email: 'billing@acme.example', name: 'Acme Billing' },
        subject: 'Low balance: Client One',
        personalizations: [{ to: [{ email: 'a@client.example' }] }, { to: [{ email: 'b@client.example' }] }],
        custom_args: {
          notice_id: mail.noticeId,
          client_id: 'c-1',
          workflow_id: 'low-balance:client:c-1',
          profile_id: 'acme/prepaid',
        },
        content: [
          { type: 'text/plain', value: 'Client One: 40 USD' },
          { type: 'text/html', value: '<p>low</p>' },
        ],
        categories: ['low-balance'],
        asm: { group_id: 7 },
        headers: {
          'List-Unsubscribe': '<<%asm_group_unsubscribe_raw_url%>>',
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
        tracking_settings: {
          click_tracking: { enable: false, enable_text: false },
          open_tracking: { enable: false },
        },
      });
    });

    it('takes the most particular dynamic template in place of its own words', async () => {
      const templateIds = { client: 'd-any', 'client.de': 'd-german', staff: 'd-staff' };
      await send(aMail({ language: 'de-AT' }), { templateIds });
      await send(aMail({ language: 'uk' }), { templateIds });
      await send(aMail(), { templateIds: { staff: 'd-staff' } });
      const [german, other, own] = sendGrid.asked.map(({ body }) => body);
      assert.equal(german?.['template_id'], 'd-german');
      assert.equal(german?.content, undefined);
      assert.deepEqual(german?.personalizations[0]?.dynamic_template_data, aMail().facts);
      assert.equal(other?.['template_id'], 'd-any');
      assert.equal(own?.['template_id'], undefined);
      assert.equal(own?.content?.length, 2);
    });

    it('asks for the sandbox, and takes its 200 as accepted', async () => {
      sendGrid.next({ status: 200 });
      await send(aMail(), { sandbox: true });
      assert.deepEqual(sendGrid.asked[0]?.body['mail_settings'], { sandbox_mode: { enable: true } });
    });

    it('keeps a subject on one line', async () => {
      const renderer = {
        render: () => ({ subject: 'low\r\nBcc: x@y.example', text: 't', html: 'h', language: 'en' }),
      };
      await send(aMail(), { renderer });
      assert.equal(sendGrid.asked[0]?.body.subject, 'low Bcc: x@y.example');
    });

    it('uses one connection for one mail after another', async () => {
      const one = mailer();
      const options = { signal: new AbortController().signal, timeoutMs: 5_000 };
      for (let each = 0; each < 3; each += 1) await one.send(aMail(), options);
      assert.equal(new Set(sendGrid.asked.map(({ connection }) => connection)).size, 1);
    });

    for (const from of ['nobody', 'Acme <acme>', 'A\r\nBcc: x@y.example <a@b.example>', '']) {
      it(`refuses the sender ${JSON.stringify(from)} before anything is sent`, () => {
        assert.throws(() => mailer({ from }), /expected an address or 'Name <address>'/);
      });
    }
  });

  describe('what an answer means', () => {
    const expectations: readonly (readonly [string, Answer, string, RegExp])[] = [
      [
        'a 400: never, with its reason',
        { status: 400, body: refusedBody('content.0.value', 'The content value must be a string.') },
        'rejected',
        /400; content\.0\.value: The content value must be a string/,
      ],
      [
        'a 413: never',
        { status: 413, body: refusedBody(null, 'Request Entity Too Large') },
        'rejected',
        /413; Request Entity/,
      ],
      [
        'a 401: we are refused',
        { status: 401, body: refusedBody(null, 'The provided authorization grant is invalid') },
        'unauthorized',
        /401; The provided/,
      ],
      [
        'a 403: we are refused',
        { status: 403, body: refusedBody('from', 'The from address is not verified') },
        'unauthorized',
        /403/,
      ],
      ['a 500: later', { status: 500 }, 'unavailable', /500/],
      ['a 503 that is no JSON: later', { status: 503, body: 'down' }, 'unavailable', /503/],
      ['a 404: later, the address of SendGrid may be wrong', { status: 404 }, 'unavailable', /404/],
      [
        'a redirection: later, for it is not followed',
        { status: 302, headers: { Location: '/elsewhere' } },
        'unavailable',
        /302/,
      ],
      ['a 200 without the sandbox: later, for it is no acceptance', { status: 200 }, 'unavailable', /200/],
      ['a cut connection: nobody knows', 'cut', 'no-answer', /answer was lost/],
    ];
    for (const [name, answer, kind, message] of expectations) {
      it(name, async () => {
        const error = await failureOf(answer);
        assert.equal(error.kind, kind);
        assert.equal(error.permanent, kind === 'rejected');
        assert.match(error.message, message);
        assert.equal(sendGrid.asked.length, 1);
      });
    }

    it('no answer in time: nobody knows', async () => {
      const error = await failureOf('silence', aMail(), 100);
      assert.equal(error.kind, 'no-answer');
      assert.match(error.message, /no answer in time/);
    });

    it('nobody there: later', async () => {
      const error: unknown = await send(aMail(), { baseUrl: 'http://127.0.0.1:9' }).catch(
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof DeliveryError);
      assert.equal(error.kind, 'unavailable');
      assert.match(error.message, /ECONNREFUSED/);
    });

    it('names no address in a message', async () => {
      const error = await failureOf({
        status: 400,
        body: refusedBody(null, 'We found the duplicate [j.doe@acme.example] in it'),
      });
      assert.match(error.message, /duplicate \[\[address\]\]/);
    });

    // Made when the test runs: other tests may take minutes before it.
    const in90s = () => ({ 'X-RateLimit-Reset': String(Math.floor(Date.now() / 1_000) + 90) });
    const in30s = () => ({ 'Retry-After': new Date(Date.now() + 30_000).toUTCString() });
    for (const [name, headers, least, most] of [
      ['X-RateLimit-Reset', in90s, 80_000, 90_000],
      ['Retry-After in seconds', () => ({ 'Retry-After': '7' }), 6_900, 7_000],
      ['Retry-After as a date', in30s, 25_000, 30_000],
      ['nothing', () => ({}), 9_000, 10_000],
      ['a time that is past', () => ({ 'X-RateLimit-Reset': '1600000000' }), 1_000, 1_000],
    ] as const) {
      it(`a 429 with ${name}: after that time`, async () => {
        const error = await failureOf({ status: 429, headers: headers() });
        assert.equal(error.kind, 'rate-limited');
        assert.ok(
          error.retryAfterMs! >= least && error.retryAfterMs! <= most,
          `${error.retryAfterMs} is not within ${least}–${most}`,
        );
      });
    }
  });

  describe('a recipient that SendGrid refuses by name', () => {
    const three = ['a@client.example', 'bad@client.example', 'c@client.example'];
    const named = (index: number) =>
      refusedBody(`personalizations.${index}.to.0.email`, 'Does not contain a valid address.');

    it('does not silence the others', async () => {
      sendGrid.next({ status: 400, body: named(1) });
      const sent = await send(aMail({ recipients: three }));
      assert.deepEqual(sent.refused, [
        { address: 'bad@client.example', reason: 'refused by SendGrid: Does not contain a valid address.' },
      ]);
      assert.deepEqual(
        sendGrid.asked.at(-1)?.body.personalizations.flatMap(({ to }) => to.map(({ email }) => email)),
        ['a@client.example', 'c@client.example'],
      );
    });

    it('is found though SendGrid names one at a time', async () => {
      sendGrid.next({ status: 400, body: named(2) }, { status: 400, body: named(0) });
      const sent = await send(aMail({ recipients: three }));
      assert.deepEqual(
        sent.refused?.map(({ address }) => address),
        ['c@client.example', 'a@client.example'],
      );
      assert.equal(sendGrid.asked.length, 3);
    });

    it('fails the mail where it is the only one', async () => {
      const error = await failureOf({ status: 400, body: named(0) });
      assert.equal(error.kind, 'rejected');
    });

    it('fails the mail where its content is wrong too', async () => {
      const body = { errors: [...named(1).errors, ...refusedBody('subject', 'too long').errors] };
      const error = await failureOf({ status: 400, body }, aMail({ recipients: three }));
      assert.equal(error.kind, 'rejected');
      assert.equal(sendGrid.asked.length, 1);
    });
  });

  describe('giving up', () => {
    it('sends nothing once it is given up', async () => {
      await assert.rejects(mailer().send(aMail(), { signal: AbortSignal.abort(), timeoutMs: 5_000 }), {
        kind: 'unavailable',
      });
      assert.equal(sendGrid.asked.length, 0);
    });

    it('still hears that a mail under way was accepted', async () => {
      sendGrid.next({ status: 202, delayMs: 200 });
      const given = new AbortController();
      const sending = mailer().send(aMail(), { signal: given.signal, timeoutMs: 5_000 });
      setTimeout(() => given.abort(), 50);
      assert.equal((await sending).messageId, 'm-1');
    });

    it('does not send again what this process knows to be accepted', async () => {
      const one = mailer();
      const mail = aMail();
      const options = { signal: new AbortController().signal, timeoutMs: 5_000 };
      const first = await one.send(mail, options);
      assert.deepEqual(await one.send(mail, options), first);
      assert.equal(sendGrid.asked.length, 1);
    });

    it('refuses a mail to nobody, or to more than one call may have', async () => {
      const many = Array.from({ length: 1_001 }, (_, index) => `r${index}@client.example`);
      for (const recipients of [[], many]) {
        await assert.rejects(send(aMail({ recipients })), { kind: 'rejected' });
      }
      assert.equal(sendGrid.asked.length, 0);
    });
  });
});
