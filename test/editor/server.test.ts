import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CodeAction } from 'vscode-languageserver/node.js';
import { packageRoot } from '../../authoring/package-root.js';
import { validateFile } from '../../authoring/validate-file.js';
import { docsOf } from '../../editor/server/diagnostics.js';
import type { ScenarioResult, VerbAnswer } from '../../editor/server/protocol.js';
import { Server } from './a-server.js';

const valid = {
  name: 'P',
  reseller: 'acme',
  currency: 'USD',
  sortOrder: 10,
  maxQty: 3,
  period: '24h',
  userNotification: { threshold: 100, users: ['j.doe'] },
  clientNotification: { threshold: 50 },
};

describe('the language server', () => {
  let folder: string;
  let server: Server;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-test-'));
    server = await Server.start(folder);
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (text: string, name = 'profiles/acme/a.json') => server.open(name, text);
  const written = (changes: object = {}) => JSON.stringify({ ...valid, ...changes }, null, 2);
  const placeOf = (text: string, what: string) => {
    const document = TextDocument.create('file:///x', 'jsonc', 1, text);
    const { line, character } = document.positionAt(text.indexOf(what));
    return [line, character] as const;
  };
  /** The text of a file after a fix. */
  const fixed = (text: string, action: CodeAction | undefined) => {
    assert.ok(action, 'expected a fix');
    const [edits = []] = Object.values(action.edit?.changes ?? {});
    return TextDocument.applyEdits(TextDocument.create('file:///x', 'jsonc', 1, text), edits);
  };

  describe('problems', () => {
    for (const [name, text] of Object.entries({
      'an unknown currency': written({ currency: 'XXZ' }),
      'a misspelt key': written({ priod: '1h' }),
      'a reseller that is not the folder': written({ reseller: 'globex' }),
      'broken JSON': '{ "name": ',
      'a warning': written({ clientNotification: { threshold: 50, emails: ['a@b.example', 'A@b.example'] } }),
      'a good file': written(),
    })) {
      it(`are those of validate, each once: ${name}`, async () => {
        const uri = await open(text, `profiles/acme/${name.replaceAll(' ', '-')}.json`);
        const { problems } = await validateFile(`profiles/acme/${name.replaceAll(' ', '-')}.json`, folder);
        const severities = { error: 1, warning: 2, info: 3 };
        assert.deepEqual(
          (await server.diagnostics(uri)).map(({ range, severity, code, message }) => [
            range.start.line + 1,
            range.start.character + 1,
            severity,
            code,
            message,
          ]),
          problems.map(({ line, column, severity, code, message }) => [
            line,
            column,
            severities[severity],
            code,
            message,
          ]),
        );
      });
    }

    it('come as somebody types, before anything is saved', async () => {
      const uri = await open(written());
      assert.deepEqual(await server.diagnostics(uri), []);
      await server.type(uri, written({ maxQty: 0 }));
      assert.deepEqual(
        (await server.diagnostics(uri)).map(({ code }) => code),
        ['out-of-range'],
      );
      await server.type(uri, written());
      assert.deepEqual(await server.diagnostics(uri), []);
    });

    it('link their code to its line in the docs', async () => {
      const uri = await open(written({ currency: 'XXZ' }));
      const [problem] = await server.diagnostics(uri);
      const href = problem?.codeDescription?.href ?? '';
      const line = Number(/#L(\d+)$/.exec(href)?.[1]);
      const docs = await readFile(path.join(packageRoot(), 'docs', 'profiles.md'), 'utf8');
      assert.match(docs.split('\n')[line - 1] ?? '', /`unknown-currency`/);
    });

    it('of a reseller’s settings link to the page about them', async () => {
      const uri = await open('{ "timeZone": "Mars/Olympus" }', 'profiles/zone/reseller.json');
      const [problem] = await server.diagnostics(uri);
      assert.match(problem?.codeDescription?.href ?? '', /\/docs\/resellers\.md#L\d+$/);
    });

    it('have each a line in the docs', async () => {
      const file = path.join(packageRoot(), 'test', 'fixtures', 'invalid.expected.json');
      const expected = JSON.parse(await readFile(file, 'utf8')) as Record<string, { code: string }>;
      for (const { code } of Object.values(expected)) assert.match(docsOf(code), /#L\d+$/, code);
    });
  });

  describe('quick fixes', () => {
    const cases = {
      'a misspelt key': [written({ priod: '1h' }), 'Change to "period"', undefined],
      'a currency in small letters': [written({ currency: 'usd' }), 'Change to "USD"', written()],
      'the reseller of another folder': [written({ reseller: 'globex' }), 'Change to "acme"', written()],
      'a number in quotes': [written({ maxQty: '3' }), 'Change to 3, without quotes', written()],
    } as const;
    for (const [name, [text, title, expected]] of Object.entries(cases)) {
      it(name, async () => {
        const uri = await open(text);
        const action = (await server.fixes(uri)).find((each) => each.title === title);
        const result = fixed(text, action);
        if (expected === undefined) assert.match(result, /"period": "1h"/);
        else assert.deepEqual(JSON.parse(result), JSON.parse(expected));
      });
    }

    const hours = (changes: object) =>
      written({
        sendingHours: { from: '08:00', to: '20:00', days: ['mon'], audiences: ['client'], ...changes },
      });
    const meant = {
      'a day with its whole name': [hours({ days: ['Monday'] }), 'mon', hours({})],
      'an audience': [hours({ audiences: ['clients'] }), 'client', hours({})],
      'an hour of one digit': [hours({ from: '8:00' }), '08:00', hours({})],
      'a choice in capitals': [written({ alreadyLow: 'Wait' }), 'wait', written({ alreadyLow: 'wait' })],
      'the key of a kind of threshold': [
        written({ clientNotification: { threshold: { percentofCreditLimit: 20 } } }),
        'percentOfCreditLimit',
        written({ clientNotification: { threshold: { percentOfCreditLimit: 20 } } }),
      ],
    } as const;
    for (const [name, [text, value, expected]] of Object.entries(meant)) {
      it(`${name} is the one that was meant`, async () => {
        const uri = await open(text);
        const title = `Change to ${JSON.stringify(value)}`;
        const action = (await server.fixes(uri)).find((each) => each.title === title);
        assert.deepEqual(JSON.parse(fixed(text, action)), JSON.parse(expected));
      });
    }

    it('of a reseller’s settings: an id in quotes, a time zone by its city, a colour with its sign', async () => {
      const text = '{ "billingId": 17, "timeZone": "vienna", "brand": { "color": "d9822b" } }';
      const uri = await open(text, 'profiles/other/reseller.json');
      const titles = (await server.fixes(uri)).map(({ title }) => title);
      for (const value of ['17', 'Europe/Vienna', '#d9822b'])
        assert.ok(titles.includes(`Change to "${value}"`), titles.join('; '));
      // A duration is as wrong in quotes.
      const profile = written({ clientNotification: { threshold: { lasts: 3 } } });
      const offered = (await server.fixes(await open(profile))).map(({ title }) => title);
      assert.ok(!offered.includes('Change to "3"'), offered.join('; '));
    });

    it('adds a missing property, and the file is then valid', async () => {
      const { maxQty: _, ...without } = valid;
      const text = JSON.stringify(without, null, 2);
      const uri = await open(text);
      const action = (await server.fixes(uri)).find(({ title }) => title.startsWith('Add "maxQty"'));
      assert.deepEqual(JSON.parse(fixed(text, action)), { ...without, maxQty: 3 });
    });

    it('lays the file out as fmt does, and offers it only where it is not', async () => {
      const text = '{\n"name": "P",\n  "maxQty":3}\n';
      const uri = await open(text);
      const action = (await server.fixes(uri)).find(({ title }) => title === 'Lay out the file');
      assert.match(fixed(text, action), /^\{\n {2}"name": "P",/);
    });
  });

  it('hovers show the field’s own help', async () => {
    const text = written({ $schema: '../../schemas/profile.schema.json' });
    const uri = await open(text);
    const hover = await server.hover(uri, ...placeOf(text, 'period'));
    assert.match(JSON.stringify(hover?.contents), /how often a client is checked/);
  });

  it('no empty box hovers over a value that has no help', async () => {
    const text = written({ sendingHours: { from: '08:00', to: '20:00', days: ['mon'] } });
    assert.equal(await server.hover(await open(text), ...placeOf(text, 'mon')), null);
  });

  describe('completion', () => {
    const labels = async (text: string, what: string, name?: string) => {
      const uri = await open(text, name);
      return (await server.completion(uri, ...placeOf(text, what))).map(({ label }) => label);
    };

    it('offers every currency of ISO 4217', async () => {
      const found = await labels(written(), 'USD');
      assert.ok(found.length > 150 && found.includes('"UAH"') && found.includes('"USD"'));
    });

    it('offers the rule keys of the profile beside scenarios, in rules', async () => {
      await open(written({ advancedRules: [{ name: 'dormant', threshold: 5 }] }), 'profiles/acme/b.json');
      const text = '{ "scenarios": [{ "expect": [{ "at": "48h", "rules": ["client"] }] }] }';
      const found = await labels(text, 'client', 'profiles/acme/b.test.json');
      for (const key of ['"user"', '"client"', '"advanced:dormant"']) assert.ok(found.includes(key), key);
    });

    it('offers the webhooks of the reseller, in profiles and in scenarios', async () => {
      const ops = { url: 'https://ops.example/', secretVariable: 'OPS_SECRET' };
      await open(JSON.stringify({ webhooks: { ops } }), 'profiles/acme/reseller.json');
      const profile = written({ clientNotification: { threshold: 50, webhooks: ['x'] } });
      assert.ok((await labels(profile, '"x"', 'profiles/acme/hooks.json')).includes('"ops"'));
      const scenarios = '{ "scenarios": [{ "expect": [{ "at": "0s", "webhooks": ["x"] }] }] }';
      assert.ok((await labels(scenarios, '"x"', 'profiles/acme/hooks.test.json')).includes('"ops"'));
    });

    it('offers every time zone, and the languages of mails', async () => {
      const zones = await labels('{ "timeZone": "x" }', '"x"', 'profiles/acme/reseller.json');
      assert.ok(
        zones.length > 300 &&
          zones.includes('"UTC"') &&
          zones.includes('"Europe/Kyiv"') !== zones.includes('"Europe/Kiev"'),
      );
      const languages = await labels('{ "language": "x" }', '"x"', 'profiles/acme/reseller.json');
      assert.ok(languages.includes('"de"') && languages.includes('"en"'));
    });

    it('offers events and times in scenarios', async () => {
      const text = '{ "scenarios": [{ "until": "10d", "events": [{ "at": "25h",  }] }] }';
      const found = await labels(text, ' }] }] }', 'profiles/acme/b.test.json');
      for (const key of ['balance', 'charge', 'refill', 'mailFails']) assert.ok(found.includes(key), key);
      assert.ok((await labels(text, '25h', 'profiles/acme/b.test.json')).includes('"10d"'));
    });
  });

  it('the lens has mail and scenarios, and nothing of clients without MySQL', async () => {
    const uri = await open(written(), 'profiles/acme/lens.json');
    await open(
      JSON.stringify({ scenarios: [{ name: 'a', client: { balance: 1 }, until: '1s', expect: [] }] }),
      'profiles/acme/lens.test.json',
    );
    const titles = (await server.lenses(uri)).map(({ command }) => command?.title);
    assert.deepEqual(titles, ['mail', '1 scenario']);
  });

  it('plays scenarios, and says at which line of expect they differ', async () => {
    await open(written(), 'profiles/acme/play.json');
    const scenario = (name: string, at: string) => ({
      name,
      client: { balance: 40, lastChargeAgo: '1h', createdAgo: '365d' },
      until: '1s',
      expect: [{ at, rules: ['client', 'user'] }],
    });
    const text = JSON.stringify({ scenarios: [scenario('right', '0s'), scenario('wrong', '1s')] }, null, 2);
    const uri = await open(text, 'profiles/acme/play.test.json');
    const results = await server.request<readonly ScenarioResult[]>('lowBalance/runScenarios', { uri });
    assert.deepEqual(
      results.map(({ name, ok }) => [name, ok]),
      [
        ['right', true],
        ['wrong', false],
      ],
    );
    const wrong = results[1]!;
    assert.match(wrong.explanation, /expected check of 1s[\s\S]*found {4}check of 0s/);
    assert.match(
      text
        .split('\n')
        .slice(wrong.line, wrong.line + 2)
        .join(' '),
      /"at": "1s"/,
    );
  });

  it('runs the verbs that an editor needs, and no other', async () => {
    await open(written());
    const { code, out } = await server.request<VerbAnswer>('lowBalance/verb', {
      words: ['list', '--offline', '--format', 'json'],
    });
    assert.equal(code, 0);
    assert.ok((JSON.parse(out) as { profiles: { id: string }[] }).profiles.some(({ id }) => id === 'acme/a'));
    await assert.rejects(server.request('lowBalance/verb', { words: ['sync'] }), /does not run "sync"/);
  });
});
