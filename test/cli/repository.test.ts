import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommandLine } from '../../cli/command-line.js';
import { namedProfile } from '../../cli/shared/named-profile.js';
import { profilesFolder } from '../../cli/shared/repository.js';

const profile = (reseller: string, changes: object = {}) =>
  JSON.stringify({
    name: 'P',
    reseller,
    currency: 'USD',
    sortOrder: 1,
    maxQty: 3,
    period: '24h',
    clientNotification: { threshold: 50, notify: true },
    ...changes,
  });

const scenarios = JSON.stringify({
  scenarios: [{ name: 'nothing', client: { balance: 100 }, until: '1d', expect: [] }],
});

describe('a repository of profiles', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'repository-'));
    for (const folder of ['.git', 'billing/profiles/acme', 'billing/profiles/globex', 'billing/docs/deep'])
      await mkdir(path.join(root, folder), { recursive: true });
    await writeFile(path.join(root, 'billing/profiles/acme/a.json'), profile('acme'));
    await writeFile(path.join(root, 'billing/profiles/acme/a.test.json'), scenarios);
    await writeFile(path.join(root, 'billing/profiles/globex/b.json'), profile('globex', { sortOrder: 0 }));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function run(from: string, ...words: readonly string[]) {
    let out = '';
    let err = '';
    const code = await runCommandLine(words, {
      out: (text) => void (out += text),
      err: (line) => void (err += `${line}\n`),
      env: {},
      cwd: path.join(root, from),
      interactive: false,
      colour: false,
    });
    return { code, out, err };
  }

  for (const [from, expected] of [
    ['billing', 'profiles'],
    ['billing/profiles', '.'],
    ['billing/profiles/acme', '..'],
    ['billing/docs/deep', '../../profiles'],
    ['.', 'profiles'],
  ] as const)
    it(`has its profiles in ${expected}, seen from ${from}`, () =>
      assert.equal(profilesFolder(path.join(root, from)), expected));

  it('ends at the Git repository: a folder above it is another matter', async () => {
    await mkdir(path.join(root, 'billing/docs/.git'));
    assert.equal(profilesFolder(path.join(root, 'billing/docs/deep')), 'profiles');
  });

  it('is not the name of a file', async () => {
    await writeFile(path.join(root, 'billing/docs/profiles'), '');
    assert.equal(profilesFolder(path.join(root, 'billing/docs')), '../profiles');
  });

  const places = ['billing', 'billing/profiles', 'billing/profiles/acme', 'billing/docs/deep'];
  for (const from of places) {
    it(`list shows every profile from ${from}`, async () => {
      const { code, out } = await run(from, 'list', '--offline', '--format', 'json');
      assert.equal(code, 0);
      const { profiles } = JSON.parse(out) as { profiles: readonly { id: string }[] };
      assert.deepEqual(
        profiles.map(({ id }) => id),
        ['globex/b', 'acme/a'],
      );
    });

    it(`validate, fmt and test take them from ${from}`, async () => {
      assert.match((await run(from, 'validate')).err, /^3 files: 0 errors/);
      assert.equal((await run(from, 'fmt', '--check')).out.split('\n').length, 4);
      assert.match((await run(from, 'test')).out, /1 passed, 0 failed/);
    });

    it(`preview and simulate know a profile by its id from ${from}`, async () => {
      assert.match((await run(from, 'preview', 'acme/a')).out, /^To the client/);
      assert.equal((await run(from, 'simulate', 'acme/a')).code, 0);
    });

    it(`new writes beside the others from ${from}`, async () => {
      const { code, err } = await run(
        from,
        'new',
        'acme/fresh',
        '--name',
        'N',
        '--currency',
        'EUR',
        '--client-threshold',
        '5',
      );
      assert.equal(code, 0, err);
      assert.ok(existsSync(path.join(root, 'billing/profiles/acme/fresh.json')));
      assert.ok(!existsSync(path.join(root, from, 'profiles/profiles')));
    });
  }

  it('list takes those of one reseller', async () => {
    const { out } = await run('billing', 'list', '--offline', '--reseller', 'acme', '--format', 'json');
    assert.deepEqual(
      (JSON.parse(out) as { profiles: readonly { id: string }[] }).profiles.map(({ id }) => id),
      ['acme/a'],
    );
  });

  it('list by a state says that it needs MySQL', async () => {
    const { code, err } = await run('billing', 'list', '--state', 'low');
    assert.equal(code, 70);
    assert.match(err, /--state needs MySQL/);
  });

  it('a path of the line is relative to where it is given', async () => {
    for (const [from, word] of [
      ['billing', 'profiles/acme/a.json'],
      ['billing/profiles/acme', 'a.json'],
      ['billing/docs/deep', '../../profiles/acme/a.json'],
    ] as const)
      for (const verb of ['preview', 'simulate'])
        assert.equal((await run(from, verb, word)).code, 0, `${verb} ${word} from ${from}`);
    assert.equal(
      (await run('billing/docs', 'validate', '../profiles/acme')).err,
      '2 files: 0 errors, 0 warnings\n',
    );
  });

  it('names what there is where a profile is not', async () => {
    const { code, err } = await run('billing/profiles', 'preview', 'acme/none');
    assert.equal(code, 64);
    assert.match(err, /there is no profile "acme\/none" in \.: expected one of acme\/a, globex\/b/);
    await rm(path.join(root, 'billing/profiles'), { recursive: true });
    await mkdir(path.join(root, 'billing/profiles'));
    assert.match((await run('billing', 'preview', 'acme/none')).err, /profiles: it holds no profile/);
  });

  it('shows people paths from where they are, and code hosts paths of the Git repository', async () => {
    await writeFile(path.join(root, 'billing/profiles/acme/a.json'), profile('acme', { currency: 'usd' }));
    const from = 'billing/profiles/acme';
    assert.match((await run(from, 'validate')).out, /^a\.json:1:\d+: error/);
    assert.match((await run(from, 'validate', '--format', 'json')).out, /"file": "a\.json"/);
    const file = 'billing/profiles/acme/a.json';
    assert.match((await run(from, 'validate', '--format', 'github')).out, new RegExp(`file=${file},`));
    assert.match((await run(from, 'validate', '--format', 'sarif')).out, new RegExp(`"uri": "${file}"`));
    const junit = (await run(from, 'validate', '--format', 'junit')).out;
    assert.match(junit, new RegExp(`name="${file}"`));
    assert.match(junit, new RegExp(`>${file}:1:`));
    assert.match(
      (await run(from, 'test', '--format', 'junit')).out,
      /testsuite name="billing\/profiles\/acme\/a\.test\.json"/,
    );
  });

  it('encodes a file name in SARIF as a path', async () => {
    await writeFile(path.join(root, 'billing/profiles/acme/a#1 %?.json'), '{');
    const { out } = await run('billing', 'validate', '--format', 'sarif');
    assert.match(out, /"uri": "billing\/profiles\/acme\/a%231%20%25%3F\.json"/);
  });
});

describe('the profile that a word means', () => {
  for (const [word, folder, id, of] of [
    ['acme/a', 'profiles', 'acme/a', 'profiles'],
    ['profiles/acme/a', 'profiles', 'acme/a', 'profiles'],
    ['profiles/acme/a.json', 'profiles', 'acme/a', 'profiles'],
    ['./profiles/acme/a.json', 'profiles', 'acme/a', 'profiles'],
    ['profiles\\acme\\a.json', 'profiles', 'acme/a', 'profiles'],
    ['acme/a.json', '.', 'acme/a', '.'],
    ['elsewhere/globex/b.json', 'profiles', 'globex/b', 'elsewhere'],
    ['/other/globex/b.json', 'profiles', 'globex/b', '../other'],
  ] as const)
    it(`${word} with ${folder} is ${id} of ${of}`, () =>
      assert.deepEqual(namedProfile(word, folder, '/work'), { id, folder: of }));
});
