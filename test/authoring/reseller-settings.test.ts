import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { validateFile } from '../../authoring/validate-file.js';
import { loadResellers } from '../../authoring/load-resellers.js';
import { loadForSync } from '../../planning/load-for-sync.js';
import { aFolder } from '../dev/a-folder.js';

const everyField = {
  billingId: '17',
  sender: { from: 'Acme Billing <billing@acme.example>', replyTo: 'support@acme.example' },
  brand: { name: 'Acme', logoUrl: 'https://acme.example/logo.png', color: '#d9822b' },
  topUpUrl: 'https://portal.acme.example/top-up?client={clientId}&currency={currency}&lang={language}',
  support: { email: 'support@acme.example', phone: '+1 555 0100', url: 'https://acme.example/help' },
  language: 'de',
  timeZone: 'Europe/Vienna',
  sendGrid: { apiKeyVariable: 'ACME_SENDGRID_API_KEY' },
  webhooks: { crm: { url: 'https://crm.acme.example/hooks/balance', secretVariable: 'ACME_CRM_SECRET' } },
};

const profile = {
  name: 'Prepaid',
  reseller: 'acme',
  currency: 'USD',
  sortOrder: 10,
  maxQty: 3,
  period: '24h',
  clientNotification: { threshold: 50, webhooks: ['crm'] },
};

describe("a reseller's settings", () => {
  const folder = aFolder();
  let folders = 0;

  async function aFolderOf(files: Readonly<Record<string, object>>): Promise<string> {
    folders += 1;
    const cwd = path.join(folder(), String(folders));
    for (const [name, content] of Object.entries(files)) await written(cwd, `profiles/acme/${name}`, content);
    return cwd;
  }

  const cases: readonly (readonly [title: string, changes: object, problems: readonly string[]])[] = [
    ['every field', {}, []],
    ['a sender without an address', { sender: { from: 'Acme' } }, ['error invalid-sender']],
    ['two senders', { sender: { from: 'a@acme.example, b@acme.example' } }, ['error invalid-sender']],
    [
      'replies to no address',
      { sender: { from: 'a@acme.example', replyTo: 'acme' } },
      ['error invalid-sender'],
    ],
    ['a sender at a number', { sender: { from: 'billing@10.0.0.1' } }, ['error invalid-sender-domain']],
    [
      "a sender at a mailbox provider's domain",
      { sender: { from: 'acme@gmail.com' } },
      ['warning sender-of-mailbox-provider'],
    ],
    ['a logo over http', { brand: { logoUrl: 'http://acme.example/logo.png' } }, ['error wrong-value']],
    ['a logo with a password', { brand: { logoUrl: 'https://a:b@acme.example/' } }, ['error invalid-url']],
    ['a colour by name', { brand: { color: 'orange' } }, ['error wrong-value']],
    ['a short colour', { brand: { color: '#fa0' } }, ['error wrong-value']],
    ['a top-up address that is script', { topUpUrl: 'javascript:alert(1)' }, ['error wrong-value']],
    ['an unknown placeholder', { topUpUrl: 'https://acme.example/{client}' }, ['error unknown-placeholder']],
    ['half a placeholder', { topUpUrl: 'https://acme.example/{clientId' }, ['error unknown-placeholder']],
    ['a host by client', { topUpUrl: 'https://{clientId}.acme.example/' }, ['error placeholder-in-host']],
    ['a language of no words', { language: 'sv' }, ['error language-without-words']],
    ['a region of a known language', { language: 'de_AT' }, []],
    ['a language that is none', { language: 'x' }, ['error wrong-length']],
    ['an unknown zone', { timeZone: 'Europe/Wien' }, ['error unknown-time-zone']],
    ['a key instead of its variable', { sendGrid: { apiKeyVariable: 'SG.abc' } }, ['error wrong-value']],
    [
      'a variable of the service',
      { sendGrid: { apiKeyVariable: 'MYSQL_URL' } },
      ['error variable-of-service'],
    ],
    [
      'a webhook over http',
      { webhooks: { crm: { url: 'http://crm.acme.example/', secretVariable: 'A' } } },
      ['error not-https'],
    ],
    [
      'a webhook on this machine',
      { webhooks: { crm: { url: 'http://127.0.0.1:4100/', secretVariable: 'A' } } },
      ['warning local-webhook'],
    ],
    ...[
      'https://10.1.2.3/hooks',
      'https://[fd00::1]/hooks',
      'https://[::ffff:10.0.0.1]/hooks',
      'https://2130706433/hooks',
      'https://169.254.169.254/latest',
      'https://crm.localhost/hooks',
      'https://crm/hooks',
      'https://crm.lan/hooks',
      'https://crm.corp./hooks',
      'https://crm.default.svc.cluster.local/hooks',
      'https://0177.0.0.1/hooks',
      'https://198.18.0.1/hooks',
      'https://240.0.0.1/hooks',
      'https://[64:ff9b::a00:1]/hooks',
    ].map(
      (url) =>
        [
          `a webhook that is not on the public Internet: ${url}`,
          { webhooks: { crm: { url, secretVariable: 'A' } } },
          ['warning local-webhook'],
        ] as const,
    ),
    [
      'a placeholder in the address of a webhook',
      { webhooks: { crm: { url: 'https://crm.acme.example/{clientId}', secretVariable: 'A' } } },
      ['error unknown-placeholder'],
    ],
    [
      'a webhook at a public address, and in another script',
      {
        webhooks: {
          crm: { url: 'https://8.8.8.8/hooks', secretVariable: 'A' },
          erp: { url: 'https://пошта.example/гак', secretVariable: 'SENDGRID_API_KEY_ACME' },
        },
      },
      ['warning unused-webhook'],
    ],
    ...[
      'https://acme.example/${clientId}',
      'https://acme.example/%7BclientId%7D',
      'https://acme.example/pay/:clientId',
      'https://acme.example/pay?c=%CLIENT_ID%',
      'https://acme.example/pay/[clientId]?x=1',
    ].map(
      (topUpUrl) =>
        [
          `a placeholder as other programs write it: ${topUpUrl}`,
          { topUpUrl },
          ['error unknown-placeholder'],
        ] as const,
    ),
    [
      'a placeholder in angle brackets',
      { topUpUrl: 'https://acme.example/<clientId>' },
      ['error invalid-url', 'error unknown-placeholder'],
    ],
    ['a placeholder after a colon that is none', { topUpUrl: 'https://acme.example/a:b/{clientId}' }, []],
    ...(['https:///acme.example/x', 'https://acme.example:0/x', 'https://acme.example/"x'] as const).map(
      (url) =>
        [`an address that is read in two ways: ${url}`, { support: { url } }, ['error invalid-url']] as const,
    ),
    [
      'a placeholder where nothing is filled in',
      {
        brand: { logoUrl: 'https://acme.example/{clientId}.png' },
        support: { url: 'https://acme.example/{language}' },
      },
      ['error unknown-placeholder', 'error unknown-placeholder'],
    ],
    [
      'a logo that most mails do not show',
      { brand: { logoUrl: 'https://acme.example/l.SVG?v=2' } },
      ['warning logo-not-shown'],
    ],
    [
      'a sender that turns what follows',
      { sender: { from: '\u202eAcme <a@acme.example>' } },
      ['error invalid-sender'],
    ],
    [
      'a sender of half a character',
      { sender: { from: 'Acme \ud83d <a@acme.example>' } },
      ['error invalid-sender'],
    ],
    [
      'a sender with a comma, quotes and a symbol',
      { sender: { from: '"Acme, Inc. 🚀" <a@acme.example>' } },
      [],
    ],
    ['a phone number with a line break', { support: { phone: '1\n2' } }, ['error invalid-name']],
    ['an id with a control character', { billingId: '1\u00007' }, ['error invalid-name']],
    ...['SENDGRID_API_KEY', 'MAIL_FROM', 'AWS_SECRET_ACCESS_KEY', 'PAYLOAD_KEY', 'TEMPORAL_API_KEY'].map(
      (secretVariable) =>
        [
          `a variable that is not the reseller's: ${secretVariable}`,
          { webhooks: { crm: { url: 'https://crm.acme.example/', secretVariable } } },
          ['error variable-of-service'],
        ] as const,
    ),
    ['a backslash after a host', { topUpUrl: 'https://acme.example\\@evil.example/' }, ['error invalid-url']],
    ['a name with a line break', { brand: { name: 'Acme\r\nBcc: a@b.example' } }, ['error invalid-name']],
    ['a name that turns what follows', { brand: { name: '\u202eAcme' } }, ['error invalid-name']],
    ['a name of half a character', { brand: { name: 'Acme \ud800' } }, ['error invalid-name']],
    ['a name of blanks', { brand: { name: '   ' } }, ['error invalid-name']],
    ['a name in another script, with a symbol', { brand: { name: 'Ґрунт ☎' } }, []],
    ['an id with blanks', { billingId: ' 17' }, ['error blank-at-end']],
    [
      'a webhook that no rule names',
      {
        webhooks: {
          crm: { url: 'https://crm.acme.example/', secretVariable: 'A' },
          erp: { url: 'https://erp.acme.example/', secretVariable: 'B' },
        },
      },
      ['warning unused-webhook'],
    ],
    [
      'a webhook of an empty name',
      { webhooks: { '': everyField.webhooks.crm } },
      ['error invalid-webhook-name', 'warning unused-webhook'],
    ],
    ['an unknown field', { brand: { colour: '#d9822b' } }, ['error unknown-property']],
  ];
  for (const [title, changes, expected] of cases) {
    it(`${expected.length === 0 ? 'accepts' : 'names'} ${title}`, async () => {
      const cwd = await aFolderOf({
        'reseller.json': { ...everyField, ...changes },
        'prepaid.json': profile,
      });
      const { problems } = await validateFile('profiles/acme/reseller.json', cwd);
      assert.deepEqual(
        problems.map(({ severity, code }) => `${severity} ${code}`).sort(),
        [...expected].sort(),
      );
    });
  }

  it('names a rule whose webhook is not there, at its place, with the one that was meant', async () => {
    const rule = { threshold: 50, webhooks: ['crn'] };
    const cwd = await aFolderOf({
      'reseller.json': everyField,
      'prepaid.json': { ...profile, clientNotification: rule },
    });
    const { problems } = await validateFile('profiles/acme/prepaid.json', cwd);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!.message, /no webhook "crn".*perhaps "crm"/);
    assert.equal(problems[0]!.code, 'unknown-webhook');
    const { problems: toSync } = await loadForSync('profiles', cwd);
    assert.ok(toSync.some(({ code, severity }) => code === 'unknown-webhook' && severity === 'error'));
  });

  it('counts a webhook as used that a profile of a platform names', async () => {
    const cwd = await aFolderOf({ 'reseller.json': everyField });
    await written(cwd, 'profiles/all/reseller.json', { platform: true });
    await written(cwd, 'profiles/all/everybody.json', { ...profile, reseller: 'all' });
    const { problems } = await validateFile('profiles/acme/reseller.json', cwd);
    assert.deepEqual(problems, []);
  });

  it('finds what is wrong with words of its own by file, line and column', async () => {
    const cwd = await aFolderOf({ 'reseller.json': everyField, 'prepaid.json': profile });
    const texts = {
      'de/client.text.hbs': 'Guten Tag {{client.name}}\n{{client.nam}}',
      'de/client.txt.hbs': 'x',
      'sv/words.hbs': '{{#*inline "greeting"}}Hej{{/inline}}',
      'de/words.hbs': '{{#*inline "greeting"}}Servus{{/inline}}',
    };
    for (const [name, text] of Object.entries(texts)) await put(cwd, `profiles/acme/templates/${name}`, text);
    const { problems, resellers } = await loadResellers('profiles', ['acme'], cwd);
    const shown = problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
    assert.ok(shown.includes('profiles/acme/templates/de/client.text.hbs:2:3 unknown-placeholder'), shown[0]);
    assert.ok(shown.includes('profiles/acme/templates/de/client.txt.hbs:1:1 unknown-template'));
    assert.ok(shown.includes('profiles/acme/templates/sv/words.hbs:1:1 missing-phrase'));
    assert.deepEqual(Object.keys(resellers[0]!.content.templates ?? {}), ['de/words.hbs']);
  });

  it('keeps one spelling, whatever the order in the file', async () => {
    const { webhooks, sender, ...rest } = everyField;
    const cwd = await aFolderOf({
      'reseller.json': {
        webhooks: { crm: { secretVariable: webhooks.crm.secretVariable, url: webhooks.crm.url } },
        ...rest,
        sender: { replyTo: sender.replyTo, from: sender.from },
      },
      'prepaid.json': profile,
    });
    const other = await aFolderOf({ 'reseller.json': everyField, 'prepaid.json': profile });
    const [one] = (await loadResellers('profiles', ['acme'], cwd)).resellers;
    const [two] = (await loadResellers('profiles', ['acme'], other)).resellers;
    assert.equal(JSON.stringify(one?.content), JSON.stringify(two?.content));
  });
});

async function written(cwd: string, file: string, content: object): Promise<void> {
  await put(cwd, file, JSON.stringify(content, null, 2));
}

async function put(cwd: string, file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(cwd, file)), { recursive: true });
  await writeFile(path.join(cwd, file), text);
}
