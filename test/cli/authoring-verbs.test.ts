import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadForSync } from '../../planning/load-for-sync.js';
import { problemLine } from '../../domain/problem.js';
import { fmt } from '../../cli/write/fmt.js';
import type { Io } from '../../cli/shared/io.js';
import { newReseller, type NewResellerOptions } from '../../cli/write/new-reseller.js';
import { newProfile, type NewOptions } from '../../cli/write/new.js';
import { validate, type ValidateOptions } from '../../cli/write/validate.js';

const valid = JSON.stringify({
  name: 'P',
  reseller: 'acme',
  currency: 'USD',
  sortOrder: 1,
  maxQty: 3,
  period: '24h',
  clientNotification: { threshold: 50 },
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('the verbs of authors', () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'authoring-'));
    await mkdir(path.join(cwd, 'profiles', 'acme'), { recursive: true });
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  const write = (name: string, text: string | Buffer) => writeFile(path.join(cwd, name), text);

  async function run(verb: (io: Io) => Promise<number>): Promise<Ran> {
    let out = '';
    let err = '';
    const io: Io = {
      out: (text) => void (out += text),
      err: (line) => void (err += `${line}\n`),
      env: {},
      cwd,
      interactive: false,
      colour: false,
    };
    const code = await verb(io);
    return { code, out, err };
  }

  const validated = (
    paths: readonly string[] = [],
    format: ValidateOptions['format'] = 'human',
    info = false,
  ) => run((io) => validate(paths, { format, info }, io));

  describe('validate', () => {
    it('says nothing but the counts where all is well', async () => {
      await write('profiles/acme/a.json', valid);
      assert.deepEqual(await validated(), { code: 0, out: '', err: '1 file: 0 errors, 0 warnings\n' });
    });

    it('tells all problems of all files, in lines that the editor reads', async () => {
      await write('profiles/acme/a.json', valid.replace('"USD"', '"usd"').replace('"24h"', '"1 day"'));
      await write('profiles/acme/b.json', valid.replace('"acme"', '"globex"'));
      const { code, out } = await validated();
      assert.equal(code, 1);
      assert.deepEqual(
        out.split('\n').map((line) => line.split(': ').slice(0, 2).join(': ')),
        [
          'profiles/acme/a.json:1:42: error invalid-currency',
          'profiles/acme/a.json:1:82: error invalid-duration',
          'profiles/acme/b.json:1:24: error reseller-mismatch',
          '',
        ],
      );
    });

    it('gives JSON of exactly its shape', async () => {
      await write('profiles/acme/a.json', valid.replace('"USD"', '"ABC"'));
      const { out } = await validated([], 'json');
      assert.deepEqual(JSON.parse(out), {
        problems: [
          {
            file: 'profiles/acme/a.json',
            line: 1,
            column: 42,
            severity: 'error',
            code: 'unknown-currency',
            message: '"ABC" is no currency of ISO 4217: expected one such as "USD"',
          },
        ],
      });
    });

    it('gives annotations to GitHub, at most ten and how many more', async () => {
      for (let file = 0; file < 13; file += 1) {
        await write(`profiles/acme/p${file + 10}.json`, valid.replace('"USD"', '"ABC"'));
      }
      const { out } = await validated([], 'github');
      const lines = out.trimEnd().split('\n');
      assert.equal(lines.length, 11);
      assert.equal(
        lines[0],
        '::error file=profiles/acme/p10.json,line=1,col=42,title=unknown-currency::"ABC" is no currency of ISO 4217: expected one such as "USD"',
      );
      assert.equal(lines[10], '::error::and 3 more, in the log of this step');
    });

    it('gives SARIF and JUnit that others read', async () => {
      await write('profiles/acme/a.json', valid.replace('"USD"', '"ABC"'));
      await write('profiles/acme/b.json', valid);
      const log = JSON.parse((await validated([], 'sarif')).out) as {
        version: string;
        runs: { results: { ruleId: string; locations: { physicalLocation: { region: object } }[] }[] }[];
      };
      assert.equal(log.version, '2.1.0');
      assert.deepEqual(log.runs[0]?.results[0]?.locations[0]?.physicalLocation.region, {
        startLine: 1,
        startColumn: 42,
      });
      const xml = (await validated([], 'junit')).out;
      assert.match(xml, /<testsuites tests="2" failures="1">/);
      assert.match(
        xml,
        /<failure message="profiles\/acme\/a\.json:1:42: error unknown-currency: &quot;ABC&quot;/,
      );
    });

    it('says in one sentence what a profile does, where asked', async () => {
      await write('profiles/acme/a.json', valid);
      const { code, out } = await validated([], 'human', true);
      assert.equal(code, 0);
      assert.match(out, /info summary: 3 notices over 72 h, then silence until a refill\n$/);
    });

    it('names a path that is not there', async () => {
      const { code, out } = await validated(['nowhere.json']);
      assert.equal(code, 1);
      assert.equal(out, 'nowhere.json:1:1: error missing-file: there is no such file\n');
    });

    const strange: readonly {
      readonly name: string;
      readonly make: () => Promise<void>;
      readonly code: string;
    }[] = [
      {
        name: 'a folder named like a file',
        make: () => mkdir(path.join(cwd, 'profiles/acme/a.json')),
        code: 'not-a-file',
      },
      {
        name: 'a file of 10 MB',
        make: () => write('profiles/acme/a.json', Buffer.alloc(10_000_000, ' ')),
        code: 'too-large',
      },
      {
        name: 'a link that leads to itself',
        make: () => symlink('a.json', path.join(cwd, 'profiles/acme/a.json')),
        code: 'symlink-loop',
      },
      {
        name: 'a hundred thousand brackets',
        make: () => write('profiles/acme/a.json', '['.repeat(100_000)),
        code: 'too-deep',
      },
    ];
    for (const { name, make, code } of strange) {
      it(`takes ${name} as one clear problem`, async () => {
        await make();
        const found = await validated();
        assert.equal(found.code, 1);
        const lines = found.out.trimEnd().split('\n');
        assert.equal(lines.length, 1, found.out);
        assert.match(
          lines[0] ?? '',
          new RegExp(`^profiles/acme/a\\.json:\\d+:\\d+: error ${code}: .*expected`),
        );
      });
    }

    it('takes a file that may not be read as one clear problem', async function () {
      // Root may read everything.
      if (process.getuid?.() === 0) this.skip();
      await write('profiles/acme/a.json', valid);
      await chmod(path.join(cwd, 'profiles/acme/a.json'), 0);
      assert.match((await validated()).out, /error unreadable-file: .*expected read permission/);
    });

    it('does not follow links to folders, which may lead in a circle', async () => {
      await write('profiles/acme/a.json', valid);
      await symlink('..', path.join(cwd, 'profiles/acme/up'));
      const { code, out, err } = await validated();
      assert.deepEqual([code, err], [1, '1 file: 1 error, 0 warnings\n']);
      assert.match(out, /^profiles\/acme\/up:1:1: error linked-folder: /);
    });

    it('says what is wrong between files, as plan does', async () => {
      const platform = { ...(JSON.parse(valid) as object), appliesTo: { resellers: ['globex'] } };
      await write('profiles/acme/a.json', JSON.stringify(platform));
      await write('profiles/acme/reseller.json', '{ "billingId": "17" }');
      await mkdir(path.join(cwd, 'profiles/globex'));
      await write('profiles/globex/reseller.json', '{ "billingId": "17" }');
      const { problems } = await loadForSync('profiles', cwd);
      assert.deepEqual(problems.map(({ code }) => code).sort(), ['billing-id-twice', 'not-a-platform']);
      const { code, out } = await validated();
      assert.equal(code, 1);
      assert.deepEqual(out.trimEnd().split('\n').sort(), problems.map(problemLine).sort());
      assert.match((await validated(['profiles/acme/a.json'])).out, /^[^\n]* not-a-platform: [^\n]*\n$/);
    });

    it('says of a misplaced profile alone what is wrong', async () => {
      await write('profiles/root.json', valid);
      const { code, out } = await validated();
      assert.equal(code, 1);
      assert.match(out, /^profiles\/root\.json:1:1: error misplaced-file: /);
    });
  });

  describe('fmt', () => {
    const messy = '{\n"a":1,\n// why\n"b":2\n}';

    it('with --check names what is not formatted and writes nothing', async () => {
      await write('profiles/acme/a.json', messy);
      const { code, out } = await run((io) => fmt([], { check: true }, io));
      assert.deepEqual([code, out], [1, 'profiles/acme/a.json\n']);
      assert.equal(await readFile(path.join(cwd, 'profiles/acme/a.json'), 'utf8'), messy);
    });

    it('writes the layout of the editor, and then has nothing more to do', async () => {
      await write('profiles/acme/a.json', messy);
      assert.equal((await run((io) => fmt([], {}, io))).code, 0);
      assert.equal(
        await readFile(path.join(cwd, 'profiles/acme/a.json'), 'utf8'),
        '{\n  "a": 1,\n  // why\n  "b": 2\n}\n',
      );
      assert.deepEqual(await run((io) => fmt([], { check: true }, io)), { code: 0, out: '', err: '' });
    });

    it('leaves what is no JSON as it is', async () => {
      await write('profiles/acme/a.json', '{"a": ');
      const { code, err } = await run((io) => fmt([], {}, io));
      assert.equal(code, 1);
      assert.match(err, /a\.json is left as it is: it is not valid JSON/);
      assert.equal(await readFile(path.join(cwd, 'profiles/acme/a.json'), 'utf8'), '{"a": ');
    });
  });

  describe('new-reseller', () => {
    const create = (reseller: string | undefined, options: Partial<NewResellerOptions> = {}) =>
      run((io) => newReseller(reseller, { folder: 'profiles', webhook: [], ...options }, io));
    const written = async (reseller: string) =>
      JSON.parse(await readFile(path.join(cwd, 'profiles', reseller, 'reseller.json'), 'utf8')) as Readonly<
        Record<string, unknown>
      >;

    it('writes settings that are valid and formatted, and names the variables that workers need', async () => {
      const { out, err } = await create('acme', {
        billingId: '17',
        from: 'Acme Billing <billing@acme.example>',
        replyTo: 'help@acme.example',
        name: 'Acme',
        color: '#d9822b',
        topUpUrl: 'https://acme.example/pay?client={clientId}',
        supportPhone: '+1 555 0100',
        language: 'de',
        timeZone: 'Europe/Vienna',
        sendgridKey: 'ACME_KEY',
        webhook: [{ name: 'crm.v2', url: 'https://crm.acme.example/hooks' }],
      });
      assert.equal(out, 'profiles/acme/reseller.json\n');
      assert.match(err, /warning unused-webhook: .*\n.*need ACME_CRM_V2_SECRET, .*\n.*need ACME_KEY, /);
      assert.deepEqual(await written('acme'), {
        $schema: '../../schemas/reseller.schema.json',
        billingId: '17',
        sender: { from: 'Acme Billing <billing@acme.example>', replyTo: 'help@acme.example' },
        brand: { name: 'Acme', color: '#d9822b' },
        topUpUrl: 'https://acme.example/pay?client={clientId}',
        support: { phone: '+1 555 0100' },
        language: 'de',
        timeZone: 'Europe/Vienna',
        sendGrid: { apiKeyVariable: 'ACME_KEY' },
        webhooks: {
          'crm.v2': { url: 'https://crm.acme.example/hooks', secretVariable: 'ACME_CRM_V2_SECRET' },
        },
      });
      assert.equal((await run((io) => fmt([], { check: true }, io))).code, 0);
      await assert.rejects(create('acme', { name: 'Acme' }), { code: 3, message: /is there already/ });
    });

    it('writes no more than it is given', async () => {
      await create('globex', { name: 'Globex' });
      assert.deepEqual(await written('globex'), {
        $schema: '../../schemas/reseller.schema.json',
        brand: { name: 'Globex' },
      });
    });

    it('leaves nothing where the settings would not be valid', async () => {
      for (const [wrong, message] of [
        [{ from: 'billing' }, /invalid-sender/],
        [{ color: 'orange' }, /expected a colour/],
        [{ topUpUrl: 'http://acme.example' }, /https/],
        [{ sendgridKey: 'SG.abc' }, /expected the name of a variable/],
        [{ replyTo: 'help@acme.example' }, /expected --from as well/],
      ] as const)
        await assert.rejects(create('acme', wrong), { code: 64, message });
      const twice = { name: 'crm', url: 'https://acme.example/' };
      await assert.rejects(create('acme', { webhook: [twice, twice] }), { code: 64, message: /given twice/ });
      await assert.rejects(written('acme'), { code: 'ENOENT' });
    });

    it('says what it needs where there is no terminal to ask on', async () => {
      await assert.rejects(create('acme'), { code: 64, message: /no terminal to ask on/ });
      await assert.rejects(create(undefined, { name: 'Acme' }), {
        code: 64,
        message: /no terminal to ask on/,
      });
    });
  });

  describe('new', () => {
    const options: NewOptions = {
      folder: 'profiles',
      name: 'New',
      currency: 'EUR',
      sortOrder: 10,
      maxQty: 3,
      period: '24h',
      user: [],
      clientThreshold: '20',
      staffThreshold: '40',
    };
    const create = (id: string | undefined, changes: Partial<NewOptions> = {}) =>
      run((io) => newProfile(id, { ...options, ...changes }, io));

    it('writes a profile that is valid and formatted, and a scenario that passes', async () => {
      assert.equal(
        (await create('globex/fresh')).out,
        'profiles/globex/fresh.json\nprofiles/globex/fresh.test.json\n',
      );
      assert.deepEqual(await validated(), { code: 0, out: '', err: '2 files: 0 errors, 0 warnings\n' });
      assert.equal((await run((io) => fmt([], { check: true }, io))).code, 0);
      const { test } = await import('../../cli/write/test.js');
      const played = await run((io) => test(['profiles'], { format: 'human' }, io));
      assert.equal(played.code, 0, played.out);
    });

    it('never overwrites', async () => {
      await write('profiles/acme/a.json', valid);
      await assert.rejects(create('acme/a'), {
        code: 3,
        message: /a\.json is there already: nothing was overwritten/,
      });
      assert.equal(await readFile(path.join(cwd, 'profiles/acme/a.json'), 'utf8'), valid);
    });

    it('leaves nothing where the profile would not be valid', async () => {
      await assert.rejects(create('acme/a', { currency: 'EUX' }), { code: 64, message: /unknown-currency/ });
      await assert.rejects(readFile(path.join(cwd, 'profiles/acme/a.json')), { code: 'ENOENT' });
    });

    it('asks nothing where there is no terminal, and says what it needs', async () => {
      await assert.rejects(create(undefined), { code: 64, message: /there is no terminal to ask on/ });
      await assert.rejects(create('acme/reseller'), { code: 64, message: /new-reseller acme/ });
      await assert.rejects(create('no-slash'), { code: 64, message: /expected <reseller>\/<slug>/ });
    });
  });
});
