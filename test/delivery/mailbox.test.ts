import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';

interface Answer {
  readonly status: number;
  readonly messageId: string | null;
  readonly errors: readonly { readonly message: string; readonly field: string | null }[];
}

function aRequest(changes: Record<string, unknown> = {}) {
  return {
    from: { email: 'from@acme.example', name: 'Acme' },
    subject: 'Low balance',
    personalizations: [{ to: [{ email: 'billing@client.example' }] }],
    content: [
      { type: 'text/plain', value: 'text' },
      { type: 'text/html', value: '<p>html</p>' },
    ],
    custom_args: { notice_id: 'n-1', client_id: 'c-1' },
    ...changes,
  };
}

describe('the mailbox', () => {
  let folder: string;
  let mailbox: Mailbox;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mailbox-'));
    mailbox = await startMailbox({ folder });
  });
  afterEach(async () => {
    await mailbox.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function send(
    body: unknown,
    headers: Record<string, string> = { Authorization: 'Bearer SG.x' },
  ): Promise<Answer> {
    const response = await fetch(`${mailbox.apiUrl}/v3/mail/send`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      messageId: response.headers.get('x-message-id'),
      errors: text === '' ? [] : (JSON.parse(text) as Answer).errors,
    };
  }

  const fault = (body: object) =>
    fetch(`${mailbox.url}/test/faults`, { method: 'POST', body: JSON.stringify(body) });

  it('answers 202 with an X-Message-Id and keeps the mail', async () => {
    const { status, messageId } = await send(aRequest());
    assert.equal(status, 202);
    const [mail] = mailbox.mails();
    assert.equal(mail?.id, messageId);
    assert.deepEqual(mail?.recipients, ['billing@client.example']);
    assert.equal(mail?.noticeId, 'n-1');
    assert.deepEqual(mailbox.mailsOf('n-1'), [mail]);
  });

  it('listens on loopback only', () => {
    assert.equal(new URL(mailbox.url).hostname, '127.0.0.1');
  });

  const refused: readonly {
    readonly name: string;
    readonly changes: Record<string, unknown>;
    readonly field: string;
  }[] = [
    { name: 'no personalization', changes: { personalizations: [] }, field: 'personalizations' },
    {
      name: 'more than 1,000 personalizations',
      changes: {
        personalizations: Array.from({ length: 1_001 }, (_, i) => ({ to: [{ email: `u${i}@a.example` }] })),
      },
      field: 'personalizations',
    },
    {
      name: 'a personalization to nobody',
      changes: { personalizations: [{ to: [] }] },
      field: 'personalizations.0.to',
    },
    {
      name: 'an address that is none',
      changes: { personalizations: [{ to: [{ email: 'nobody' }] }] },
      field: 'personalizations.0.to.0.email',
    },
    {
      name: 'an address twice in one personalization, without regard to case',
      changes: { personalizations: [{ to: [{ email: 'a@a.example' }], bcc: [{ email: 'A@A.example' }] }] },
      field: 'personalizations.0.bcc.0',
    },
    {
      name: 'a line break in an address',
      changes: { personalizations: [{ to: [{ email: 'a@a.example\r\nBcc: b@b.example' }] }] },
      field: 'personalizations.0.to.0.email',
    },
    { name: 'no sender', changes: { from: undefined }, field: 'from.email' },
    {
      name: 'a line break in the sender’s name',
      changes: { from: { email: 'a@a.example', name: 'A\nB' } },
      field: 'from.name',
    },
    { name: 'no subject', changes: { subject: undefined }, field: 'subject' },
    {
      name: 'a line break in the subject',
      changes: { subject: 'Low\r\nBcc: b@b.example' },
      field: 'subject',
    },
    { name: 'no content', changes: { content: undefined }, field: 'content' },
    {
      name: 'empty content',
      changes: { content: [{ type: 'text/plain', value: '' }] },
      field: 'content.0.value',
    },
    {
      name: 'HTML before text',
      changes: {
        content: [
          { type: 'text/html', value: 'x' },
          { type: 'text/plain', value: 'x' },
        ],
      },
      field: 'content',
    },
    {
      name: '10,000 bytes of custom_args',
      changes: { custom_args: { a: 'x'.repeat(10_000) } },
      field: 'custom_args',
    },
    { name: 'a custom argument that is no text', changes: { custom_args: { a: 1 } }, field: 'custom_args.a' },
    {
      name: 'eleven categories',
      changes: { categories: Array.from({ length: 11 }, (_, i) => `c${i}`) },
      field: 'categories',
    },
    { name: 'a reserved header', changes: { headers: { Bcc: 'b@b.example' } }, field: 'headers.Bcc' },
    { name: 'a header of two lines', changes: { headers: { 'X-A': 'a\nBcc: b' } }, field: 'headers.X-A' },
  ];
  for (const { name, changes, field } of refused) {
    it(`refuses ${name} with 400 and the field`, async () => {
      const { status, errors } = await send(aRequest(changes));
      assert.equal(status, 400);
      assert.deepEqual(
        errors.map((error) => error.field),
        [field],
      );
      assert.deepEqual(mailbox.mails(), []);
    });
  }

  it('refuses what is not JSON, a missing key, and more than 30 MB', async () => {
    assert.equal((await send('{')).status, 400);
    assert.equal((await send(aRequest(), {})).status, 401);
    assert.equal((await send('x'.repeat(30 * 1_024 * 1_024 + 1))).status, 413);
    assert.deepEqual(mailbox.mails(), []);
  });

  it('keeps what it got across restarts, also where a killed run left half a line', async () => {
    await send(aRequest());
    await mailbox.stop();
    await appendFile(path.join(folder, 'mails.jsonl'), '{"id":"half');
    mailbox = await startMailbox({ folder });
    await send(aRequest({ custom_args: { notice_id: 'n-2' } }));
    await mailbox.stop();
    mailbox = await startMailbox({ folder });
    assert.deepEqual(
      mailbox.mails().map(({ noticeId }) => noticeId),
      ['n-1', 'n-2'],
    );
  });

  it('fails as often as it is told, for the client it is told, and then works again', async () => {
    assert.equal(
      (await fault({ status: 429, headers: { 'X-RateLimit-Reset': '7' }, times: 1, clientId: 'c-1' })).status,
      200,
    );
    assert.equal((await send(aRequest({ custom_args: { client_id: 'c-2' } }))).status, 202);
    assert.equal((await send(aRequest())).status, 429);
    assert.equal((await send(aRequest())).status, 202);
  });

  it('cuts the connection before or after it accepted a mail', async () => {
    await fault({ cut: 'before-accept', times: 1 });
    await assert.rejects(send(aRequest()));
    assert.equal(mailbox.mails().length, 0);
    await fault({ cut: 'after-accept', times: 1 });
    await assert.rejects(send(aRequest()));
    assert.equal(mailbox.mails().length, 1);
  });

  it('refuses a fault that it does not understand, with what it expected', async () => {
    const response = await fault({ cut: 'sideways' });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /cut: expected .*before-accept.*found .*sideways/);
  });

  it('tells a doctor whether a key may send', async () => {
    const scopes = await fetch(`${mailbox.apiUrl}/v3/scopes`, { headers: { Authorization: 'Bearer SG.x' } });
    assert.deepEqual(await scopes.json(), { scopes: ['mail.send'] });
    assert.equal((await fetch(`${mailbox.apiUrl}/v3/scopes`)).status, 401);
  });

  it('lists mails by client, notice and words, newest first', async () => {
    await send(aRequest());
    await send(aRequest({ subject: 'Other', custom_args: { notice_id: 'n-2', client_id: 'c-2' } }));
    const subjects = async (query: string) => {
      const response = await fetch(`${mailbox.url}/api/mails?${query}`);
      return ((await response.json()) as { mails: { subject: string }[] }).mails.map(
        ({ subject }) => subject,
      );
    };
    assert.deepEqual(await subjects(''), ['Other', 'Low balance']);
    assert.deepEqual(await subjects('client=c-2'), ['Other']);
    assert.deepEqual(await subjects('notice=n-1'), ['Low balance']);
    assert.deepEqual(await subjects('q=BILLING+low'), ['Low balance']);
    assert.deepEqual(await subjects('q=nowhere'), []);
  });
});
