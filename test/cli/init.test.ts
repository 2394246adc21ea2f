import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';
import { findFiles } from '../../authoring/find-files.js';
import { validateFile } from '../../authoring/validate-file.js';
import { CliError } from '../../cli/shared/exit-code.js';
import { test as runScenarios } from '../../cli/write/test.js';
import { init } from '../../cli/write/init/init.js';
import { aFolder } from '../dev/a-folder.js';
import { anIo } from '../scenarios/an-io.js';

describe('init', () => {
  const folder = aFolder();
  const team = () => path.join(folder(), 'team');
  const read = (name: string) => readFile(path.join(team(), name), 'utf8');
  const run = async (options: Parameters<typeof init>[1], name = 'team') => {
    const io = anIo(folder());
    assert.equal(await init(name, options, io), 0);
    return io;
  };

  it('makes a repository whose files are valid and whose scenarios pass', async () => {
    await run({ reseller: 'northwind', currency: 'EUR' });
    const files = (await findFiles(['profiles'], team())).files.map(({ file }) => file);
    assert.deepEqual(files, [
      'profiles/northwind/prepaid-eur.json',
      'profiles/northwind/prepaid-eur.test.json',
      'profiles/policy.json',
    ]);
    for (const file of files) assert.deepEqual((await validateFile(file, team())).problems, []);
    assert.equal(await runScenarios([], { format: 'human' }, anIo(team())), 0);
  });

  it('makes what Git, VS Code and both CIs need', async () => {
    await run({ reseller: 'northwind' });
    for (const name of [
      'package.json',
      'README.md',
      'CODEOWNERS',
      '.gitignore',
      '.gitattributes',
      '.gitlab-ci.yml',
      '.github/workflows/profiles-check.yml',
      '.github/workflows/profiles-plan.yml',
      '.github/workflows/profiles-sync.yml',
      '.github/workflows/profiles-drift.yml',
      '.vscode/extensions.json',
      '.vscode/settings.json',
      '.vscode/tasks.json',
      'schemas/profile.schema.json',
    ])
      assert.ok((await read(name)).length > 0, name);
    assert.match(await read('CODEOWNERS'), /\/profiles\/northwind\/ /);
    assert.match(await read('.vscode/settings.json'), /"files.readonlyInclude": \{ "schemas\/\*\*": true \}/);
    const { dependencies } = JSON.parse(await read('package.json')) as { dependencies: object };
    assert.deepEqual(Object.keys(dependencies), ['low-balance-profiles']);
  });

  it('in a folder of a larger repository says where the CI needs its files, and makes no repository in it', async () => {
    await mkdir(path.join(folder(), '.git'), { recursive: true });
    const io = await run({ reseller: 'northwind', ci: 'github' }, 'services/billing');
    assert.match(
      io.said(),
      /only at the top of the Git repository, .*: move them there.* in services\/billing\//,
    );
    assert.doesNotMatch(io.said(), /git init/);
    assert.doesNotMatch((await run({ reseller: 'northwind', ci: 'none' }, 'other')).said(), /move them/);
    await rm(path.join(folder(), '.git'), { recursive: true });
    assert.match((await run({ reseller: 'northwind' }, 'third')).said(), /git init/);
  });

  it('writes the CI that is asked for, and no other', async () => {
    await run({ reseller: 'northwind', ci: 'gitlab' });
    await read('.gitlab-ci.yml');
    await assert.rejects(read('.github/workflows/profiles-check.yml'), /ENOENT/);
  });

  it('its README says how profiles are reviewed and synced without a CI', async () => {
    await run({ reseller: 'northwind', ci: 'none' });
    const text = await read('README.md');
    assert.match(text, /npx low-balance plan --for-merge/);
    assert.doesNotMatch(text, /Its checks|Secrets of the CI/);
  });

  it('run again it writes nothing where nothing changed, and asks for nothing', async () => {
    await run({ reseller: 'northwind', ci: 'github' });
    const again = await run({});
    assert.equal(again.printed(), '');
    await assert.rejects(read('.gitlab-ci.yml'), /ENOENT/);
  });

  it('run again it updates what an older version wrote', async () => {
    await run({ reseller: 'northwind' });
    const current = await read('.gitignore');
    // As a version of the package wrote it that had another list.
    await writeFile(
      path.join(team(), '.gitignore'),
      '# Made by low-balance init (88d4266fd4e6), which updates this file until you edit it.\nabcd',
    );
    await writeFile(path.join(team(), 'schemas', 'policy.schema.json'), '{}\n');
    const again = await run({});
    assert.equal(again.printed(), 'schemas/policy.schema.json updated\n.gitignore updated\n');
    assert.equal(await read('.gitignore'), current);
  });

  it('run again it leaves alone what was edited, and what was deleted', async () => {
    await run({ reseller: 'northwind' });
    const edits = {
      '.gitignore': '.env\n',
      CODEOWNERS: '/x @me\n',
      'README.md': 'Ours\n',
      'package.json': '{}\n',
    };
    for (const [name, text] of Object.entries(edits))
      await writeFile(path.join(team(), name), `${await read(name)}${text}`);
    const before = await Promise.all(Object.keys(edits).map(read));
    await rm(path.join(team(), '.github'), { recursive: true });
    const again = await run({});
    assert.deepEqual(await Promise.all(Object.keys(edits).map(read)), before);
    assert.match(again.said(), /CODEOWNERS was edited: left as it is/);
    await assert.rejects(read('.github/workflows/profiles-check.yml'), /ENOENT/);
  });

  it('leaves alone what was there before it, and says what that may lack', async () => {
    await mkdir(path.join(team(), '.vscode'), { recursive: true });
    const before = {
      'package.json': '{\r\n\t"name": "ours",\r\n\t"scripts": { "test": "jest" }\r\n}',
      '.gitignore': 'node_modules\r\ndist\r\n',
      '.vscode/settings.json': '{ "editor.tabSize": 4 }',
    };
    for (const [name, text] of Object.entries(before)) await writeFile(path.join(team(), name), text);
    const io = await run({ reseller: 'northwind' });
    for (const [name, text] of Object.entries(before)) assert.equal(await read(name), text);
    assert.match(
      io.said(),
      /^\.gitignore is not made by init: left as it is\. Add to it: \.low-balance\/, plan\.json$/m,
    );
    assert.match(
      io.said(),
      /settings\.json is not made by init: .* node_modules\/low-balance-profiles\/\.vscode\/settings\.json$/m,
    );
    assert.match(
      io.said(),
      /^Next: cd team && git init -b main && npm install low-balance-profiles && npx low-balance val/m,
    );
  });

  it('run again it knows its files also where a checkout has other line ends', async () => {
    await run({ reseller: 'northwind' });
    for (const name of ['CODEOWNERS', '.vscode/tasks.json', 'schemas/profile.schema.json'])
      await writeFile(path.join(team(), name), (await read(name)).replaceAll('\n', '\r\n'));
    const again = await run({});
    assert.equal(again.printed(), '');
    assert.doesNotMatch(again.said(), /left as it is/);
  });

  it('says of the line ends of its own files alone, for a repository that has others', async () => {
    await run({ reseller: 'northwind' });
    const lines = (await read('.gitattributes'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines) assert.match(line, /^\/(profiles|schemas)\//);
  });

  for (const [what, make, message] of [
    [
      'a file where a folder belongs',
      (at: string) => writeFile(path.join(at, 'schemas'), ''),
      /schemas is a file/,
    ],
    [
      'a folder where a file belongs',
      (at: string) => mkdir(path.join(at, '.gitignore')),
      /\.gitignore is a folder/,
    ],
  ] as const)
    it(`says what is in the way: ${what}`, async () => {
      await mkdir(team());
      await make(team());
      await assert.rejects(init('team', { reseller: 'northwind' }, anIo(folder())), (error) => {
        assert.ok(error instanceof CliError);
        assert.match(error.message, message);
        return true;
      });
    });

  it('takes a folder with spaces and letters of any language', async () => {
    for (const [name, expected] of [
      ['Büro – Profile 1', 'buro-profile-1'],
      ['Straße', 'strasse'],
      ['прибуток', 'low-balance-profiles-of-a-team'],
    ] as const) {
      const io = await run({ reseller: 'northwind' }, name);
      assert.ok(io.said().includes(`Next: cd '${name}' && `), io.said());
      const text = await readFile(path.join(folder(), name, 'package.json'), 'utf8');
      assert.equal((JSON.parse(text) as { name: string }).name, expected);
    }
  });

  it('leaves the profiles of a reseller that has some', async () => {
    await mkdir(path.join(team(), 'profiles', 'northwind'), { recursive: true });
    await run({ reseller: 'northwind' });
    assert.deepEqual((await findFiles(['profiles'], team())).files, [
      { file: 'profiles/policy.json', kind: 'policy' },
    ]);
  });

  for (const system of ['magnusbilling', 'a2billing', 'astpp', 'ivozprovider', 'plain-table'])
    it(`copies the views of ${system}, as the package has them`, async () => {
      await run({ reseller: 'northwind', billing: system });
      for (const name of ['views.sql', 'indexes.sql', 'README.md']) {
        const ours = await readFile(path.join(packageRoot(), 'integrations', system, name), 'utf8');
        assert.equal(await read(`billing/${name}`), ours);
      }
    });

  it('says which flag is wrong or missing', async () => {
    const refusal = (options: Parameters<typeof init>[1], message: RegExp) =>
      assert.rejects(init('team', options, anIo(folder())), (error) => {
        assert.ok(error instanceof CliError);
        assert.equal(error.code, 64);
        assert.match(error.message, message);
        return true;
      });
    await refusal({}, /--reseller/);
    await refusal({ reseller: 'a/b' }, /--reseller is "a\/b"/);
    await refusal({ reseller: 'a', currency: 'XXZ' }, /--currency is "XXZ"/);
    await refusal({ reseller: 'a', currency: 'usd' }, /--currency is "usd": expected .* in capitals/);
    assert.equal(existsSync(team()), false);
    await refusal({ reseller: 'a', billing: 'abacus' }, /--billing is "abacus": expected one of none/);
  });

  it('its schemas are those of the package', async () => {
    await run({ reseller: 'northwind' });
    const names = await readdir(path.join(packageRoot(), 'schemas'));
    assert.deepEqual((await readdir(path.join(team(), 'schemas'))).toSorted(), names.toSorted());
    for (const name of names)
      assert.equal(
        await read(`schemas/${name}`),
        await readFile(path.join(packageRoot(), 'schemas', name), 'utf8'),
      );
  });
});
