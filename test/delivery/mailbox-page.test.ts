import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { provideChromium } from '../../dev/chromium.js';
import { progressOnStderr } from '../../dev/progress.js';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';
import type { Message } from '../../delivery/message.js';
import { createRenderer } from '../../delivery/email/render.js';
import { createSendGridChannel } from './sendgrid-channel.js';
import { sampleMail } from '../../delivery/email/sample-mail.js';

/** Everything that a name should not be able to do to a page, a header or a template. */
const hostileName =
  '<img src=x onerror="document.title=\'hacked\'"><script>document.title="hacked"</script>{{client.id}}{{{balance}}}\r\nBcc: evil@evil.example \u202egnp.exe 👩‍👩‍👧 ' +
  'x'.repeat(10_000);

describe('the mailbox page in Chromium', () => {
  let folder: string;
  let mailbox: Mailbox;
  let browser: Browser;
  let page: Page;

  before(async () => {
    const executablePath = await provideChromium({ env: process.env, progress: progressOnStderr });
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
    });
  });
  after(() => browser?.close());

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mailbox-'));
    mailbox = await startMailbox({
      folder,
      temporalUiUrl: 'http://127.0.0.1:8233',
      temporalNamespace: 'default',
    });
    page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
  });
  afterEach(async () => {
    await page.close();
    await mailbox.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** As the service sends: through SendGrid's own library. */
  async function send(changes: Partial<Message> = {}): Promise<void> {
    const mailer = createSendGridChannel({
      apiKey: 'SG.test',
      baseUrl: mailbox.apiUrl,
      from: 'Acme <billing@acme.example>',
      renderer: createRenderer(),
    });
    await mailer.send(
      { ...sampleMail, ...changes },
      { signal: new AbortController().signal, timeoutMs: 10_000 },
    );
  }

  it('lists a mail with its recipients, its client and the way to its workflow', async () => {
    await send({ recipients: ['billing@client.example', 'cfo@client.example'] });
    await page.goto(mailbox.url);
    const row = page.locator('tbody tr');
    assert.equal(await row.count(), 1);
    const text = await row.innerText();
    for (const part of [
      'Your balance with Sample Reseller is low: €4.50',
      'billing@client.example',
      'cfo@client.example',
      'C-1001',
    ]) {
      assert.ok(text.includes(part), `expected "${part}" in ${text}`);
    }
    const workflow = await row.getByRole('link', { name: 'workflow' }).getAttribute('href');
    assert.equal(
      workflow,
      'http://127.0.0.1:8233/namespaces/default/workflows/low-balance%3Aclient%3AC-1001',
    );
  });

  it('shows a new mail by itself', async () => {
    await page.goto(mailbox.url);
    await page.getByText('No mail yet').waitFor();
    await send();
    await page.getByText('Your balance with Sample Reseller is low').waitFor({ timeout: 10_000 });
  });

  it('finds mails by words', async () => {
    await send({ clientId: 'C-7', facts: { ...sampleMail.facts, resellerName: 'Needle Networks' } });
    await send();
    await page.goto(mailbox.url);
    await page.getByRole('searchbox').fill('needle');
    await page.getByRole('searchbox').press('Enter');
    await page.waitForURL(/q=needle/);
    assert.equal(await page.locator('tbody tr').count(), 1);
  });

  it('shows the HTML, the text and the request of a mail, and what it belongs to', async () => {
    await send();
    await page.goto(mailbox.url);
    await page.getByRole('link', { name: /Your balance/ }).click();
    await page.getByText(sampleMail.noticeId).first().waitFor();
    const html = page.frameLocator('iframe');
    await html.getByText('€46.30').waitFor();
    await page.getByText('Text', { exact: true }).click();
    await page.locator('pre.text').getByText('- below €46.30 ($50.00) · reminder 1 of 3').waitFor();
    assert.equal(await page.locator('iframe').isVisible(), false);
    await page.getByText('Request', { exact: true }).click();
    await page.locator('pre.raw').getByText('"notice_id"').waitFor();
  });

  it('shows hostile names as text and runs nothing of theirs', async () => {
    const facts = {
      ...sampleMail.facts,
      clientName: hostileName,
      resellerName: hostileName,
      profileName: hostileName,
    };
    for (const audience of ['client', 'staff'] as const) await send({ audience, facts });
    for (const { url, subject, text, html, raw } of mailbox.mails()) {
      assert.doesNotMatch(subject, /[\r\n\u202e]/);
      assert.ok(subject.length < 500, `a subject of ${subject.length} characters`);
      assert.match(text, /\{\{client\.id\}\}\{\{\{balance\}\}\}/, 'template syntax stays text');
      assert.doesNotMatch(html, /<script>document|<img src=x/);
      assert.match(html, /&lt;script&gt;document/);
      assert.deepEqual(
        raw.personalizations.map(({ to }) => to.map(({ email }) => email)),
        [['billing@client.example']],
      );
      for (const address of [url, `${url}/html`, mailbox.url]) {
        await page.goto(address);
        await page.waitForTimeout(200);
        assert.notEqual(await page.title(), 'hacked');
      }
    }
  });

  it('runs no script of a mail, also where one got into its HTML', async () => {
    const renderer = createRenderer();
    const mailer = createSendGridChannel({
      apiKey: 'SG.test',
      baseUrl: mailbox.apiUrl,
      from: 'billing@acme.example',
      renderer: {
        render: (mail) => ({
          ...renderer.render(mail),
          html: '<title>safe</title><script>document.title="hacked"</script>',
        }),
      },
    });
    await mailer.send(sampleMail, { signal: new AbortController().signal, timeoutMs: 10_000 });
    const [mail] = mailbox.mails();
    await page.goto(`${mail?.url}/html`);
    await page.waitForTimeout(200);
    assert.equal(await page.title(), 'safe');
  });
});
