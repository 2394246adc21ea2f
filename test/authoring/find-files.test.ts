import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFiles } from '../../authoring/find-files.js';
import { loadProfiles } from '../../authoring/load-profiles.js';
import { validateFile } from '../../authoring/validate-file.js';
import type { Problem } from '../../domain/problem.js';
import { loadForSync } from '../../planning/load-for-sync.js';

const profile = JSON.stringify({
  name: 'Prepaid',
  reseller: 'acme',
  currency: 'USD',
  sortOrder: 10,
  maxQty: 3,
  period: '24h',
  clientNotification: { threshold: 50 },
});

/** A path in the folder of profiles, and the code of what is wrong with it there. */
const misplaced: readonly (readonly [inside: string, code: string])[] = [
  ['root.json', 'misplaced-file'],
  ['Policy.json', 'misplaced-file'],
  ['root.test.json', 'misplaced-file'],
  ['acme/emea/retail.json', 'misplaced-file'],
  ['acme/emea/retail.test.json', 'misplaced-file'],
  ['acme/policy.json', 'misplaced-file'],
  ['acme/acknowledged.json', 'misplaced-file'],
  ['acme/retail.jsonc', 'file-extension'],
  ['acme/retail.JSON', 'file-extension'],
  ['acme/retail.Json', 'file-extension'],
  ['acme/retail.json5', 'file-extension'],
  ['acme/retail.json.txt', 'file-extension'],
  ['acme/retail.test.jsonc', 'file-extension'],
  ['acme/retail.yaml', 'file-extension'],
  ['policy.jsonc', 'file-extension'],
  ['acme/.retail.json', 'file-name'],
  ['acme/re tail.json', 'file-name'],
  ['acme/folder.json/', 'not-a-file'],
  ['acme/dangling.json→nowhere.json', 'missing-file'],
  ['linked→acme', 'linked-folder'],
  ['acme/linked→../other', 'linked-folder'],
];

/** Nothing of these is a profile, and nobody would take it for one. */
const passedOver = [
  'README.md',
  'acme/.gitkeep',
  'acme/a.json.bak',
  'acme/a.json~',
  '.vscode/settings.json',
  '.git/config.json',
  'node_modules/x/package.json',
  'empty/',
];

describe('which files are profiles', () => {
  let cwd: string;
  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'low-balance-files-'));
    await put('acme/a.json');
    await put('other/README.md');
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  /** `a→b` is a link to b, `a/` an empty folder. */
  async function put(inside: string): Promise<void> {
    const [name = '', target] = inside.split('→');
    const absolute = path.join(cwd, 'profiles', name);
    await mkdir(inside.endsWith('/') ? absolute : path.dirname(absolute), { recursive: true });
    if (target !== undefined) await symlink(target, absolute);
    else if (!inside.endsWith('/')) await writeFile(absolute, profile);
  }

  async function validated(paths: readonly string[], where = cwd): Promise<readonly Problem[]> {
    const { files, problems } = await findFiles(paths, where);
    const each = await Promise.all(files.map(({ file, kind }) => validateFile(file, where, { kind })));
    return [...problems, ...each.flatMap((one) => one.problems)];
  }

  const shown = (problems: readonly Problem[]) =>
    problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`).sort();

  for (const [inside, code] of misplaced) {
    it(`${inside}: ${code}, for validate as for plan, sync and list`, async () => {
      await put(inside);
      const byValidate = shown(await validated(['profiles']));
      const place = path.posix.join('profiles', inside.split('→')[0] ?? '').replace(/\/$/, '');
      assert.deepEqual(
        byValidate.map((each) => each.replace(/:\d+:\d+ /, ' ')),
        [`${place} ${code}`],
      );
      assert.deepEqual(shown((await loadForSync('profiles', cwd)).problems), byValidate);
      assert.deepEqual(
        (await loadProfiles('profiles', cwd)).profiles.map(({ id }) => id),
        ['acme/a'],
      );
    });
  }

  it('says where a misplaced profile belongs', async () => {
    await put('acme/emea/retail.json');
    const [problem] = await validated(['profiles']);
    assert.match(problem?.message ?? '', /profiles\/acme\/retail\.json/);
  });

  for (const inside of passedOver) {
    it(`${inside} is passed over`, async () => {
      await put(inside);
      assert.deepEqual(await validated(['profiles']), []);
      assert.deepEqual((await loadForSync('profiles', cwd)).problems, []);
    });
  }

  it('a file that is a link to a file is read', async () => {
    await put('acme/linked.json→a.json');
    const { profiles, problems } = await loadProfiles('profiles', cwd);
    assert.deepEqual(
      profiles.map(({ id }) => id),
      ['acme/a', 'acme/linked'],
    );
    assert.deepEqual(problems, []);
  });

  it('warns of files and folders that only the case of letters tells apart', async () => {
    await put('acme/A.json');
    const told = async () =>
      (await validated(['profiles'])).map(({ file, code }) => `${file} ${code}`).sort();
    assert.deepEqual(await told(), ['profiles/acme/a.json same-but-case']);
    await put('Acme/b.json');
    assert.deepEqual(await told(), [
      'profiles/Acme/b.json reseller-mismatch',
      'profiles/acme/A.json same-but-case',
      'profiles/acme/a.json same-but-case',
    ]);
  });

  it('says the same of a file that is named by itself, and from a folder below', async () => {
    await put('acme/emea/retail.json');
    await writeFile(path.join(cwd, 'package.json'), '{}');
    const below = path.join(cwd, 'profiles', 'acme');
    for (const [paths, where] of [
      [['profiles/acme/emea/retail.json'], cwd],
      [['profiles/acme/emea'], cwd],
      [['emea/retail.json'], below],
      [['.'], below],
    ] as const)
      assert.deepEqual(
        (await validated(paths, where)).map(({ code }) => code),
        ['misplaced-file'],
        paths.join(),
      );
  });

  it('takes a folder of another name for one of profiles where it holds a policy', async () => {
    await mkdir(path.join(cwd, 'data', 'acme', 'emea'), { recursive: true });
    await writeFile(path.join(cwd, 'data', 'policy.json'), '{}');
    await writeFile(path.join(cwd, 'data', 'acme', 'policy.json'), '{}');
    await writeFile(path.join(cwd, 'data', 'acme', 'emea', 'a.json'), profile);
    const expected = ['data/acme/emea/a.json:1:1 misplaced-file', 'data/acme/policy.json:1:1 misplaced-file'];
    assert.deepEqual(shown(await validated(['data'])), expected);
    const { problems } = await loadForSync('data', cwd);
    assert.deepEqual(shown(problems).slice(0, 2), expected);
  });

  it('takes files that stand alone for what their names say', async () => {
    await mkdir(path.join(cwd, 'stories', 'deep', 'acme'), { recursive: true });
    await writeFile(path.join(cwd, 'stories', 'deep', 'acme', 'a.json'), profile);
    assert.deepEqual(await findFiles(['stories'], cwd), {
      files: [{ file: 'stories/deep/acme/a.json', kind: 'profile' }],
      problems: [],
      folders: [],
    });
  });
});
