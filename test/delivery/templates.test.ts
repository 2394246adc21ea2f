import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkOverride, checkTemplates } from '../../delivery/email/check-templates.js';
import { createRenderer } from '../../delivery/email/render.js';
import { ownTemplates } from '../../delivery/email/template-files.js';

describe('mail templates', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'templates-'));
    await cp(ownTemplates, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function problemsOf(name: string, source: string): Promise<readonly string[]> {
    await writeFile(path.join(folder, name), source);
    return checkTemplates(folder).map(
      ({ file, line, column, code }) => `${path.relative(folder, file)}:${line}:${column} ${code}`,
    );
  }

  it('of this package are right', () => {
    assert.deepEqual(checkTemplates(), []);
  });

  const wrong: readonly {
    readonly name: string;
    readonly source: string;
    readonly code: string;
    readonly at: string;
  }[] = [
    {
      name: 'a name that no mail has',
      source: 'Hello\n{{client.nmae}}',
      code: 'unknown-placeholder',
      at: '2:3',
    },
    {
      name: 'a name of a rule outside of the rules',
      source: '{{threshold}}',
      code: 'unknown-placeholder',
      at: '1:3',
    },
    {
      name: 'a name of a client inside of the rules',
      source: '{{#each rules}}{{balance}}{{/each}}',
      code: 'unknown-placeholder',
      at: '1:18',
    },
    { name: 'a misspelt condition', source: '{{#if lst}}x{{/if}}', code: 'unknown-placeholder', at: '1:7' },
    {
      name: 'a misspelt argument',
      source: '{{plural lft language other="x"}}',
      code: 'unknown-placeholder',
      at: '1:10',
    },
    {
      name: 'a helper that does not exist',
      source: '{{#loop rules}}{{/loop}}',
      code: 'unknown-helper',
      at: '1:1',
    },
    { name: 'a partial that does not exist', source: '{{> footer}}', code: 'unknown-partial', at: '1:1' },
    { name: 'a block that is not closed', source: 'a\n{{#if last}}', code: 'template-syntax', at: '2:1' },
    {
      name: 'a prototype of an object',
      source: '{{client.constructor}}',
      code: 'unknown-placeholder',
      at: '1:3',
    },
  ];
  const wrongWords: readonly (readonly [string, string, string])[] = [
    ['a phrase that no mail says', '{{#*inline "greting"}}Hi{{/inline}}', '1:1 unknown-phrase'],
    ['a name that no rule has', '{{#*inline "reminder"}}{{balance}}{{/inline}}', '1:26 unknown-placeholder'],
    [
      'a name that no mail has',
      '{{#*inline "greeting"}}{{@root.blance}}{{/inline}}',
      '1:26 unknown-placeholder',
    ],
    ['a phrase that is not closed', '{{#*inline "greeting"}}Hi', '1:1 template-syntax'],
  ];
  for (const [name, source, problem] of wrongWords) {
    it(`with ${name} among the words of a language are refused with the place`, () => {
      const file = 'profiles/acme/templates/de/words.hbs';
      const found = checkOverride({ name: 'de/words.hbs', file, source });
      assert.deepEqual(
        found.map(({ line, column, code }) => `${line}:${column} ${code}`),
        [problem],
      );
    });
  }

  it('need every phrase in every language', async () => {
    const words = await readFile(path.join(folder, 'pl', 'words.hbs'), 'utf8');
    const without = words.replace(/.*"reminder".*\n/, '').replace(/.*"topUp".*\n/, '');
    assert.deepEqual(await problemsOf('pl/words.hbs', without), [
      'pl/words.hbs:1:1 missing-phrase',
      'pl/words.hbs:1:1 missing-phrase',
    ]);
  });

  it('say a phrase of a rule only where a rule is at hand', async () => {
    assert.deepEqual(await problemsOf('client.text.hbs', '{{phrase "threshold"}}'), [
      'client.text.hbs:1:1 unknown-phrase',
    ]);
    assert.deepEqual(await problemsOf('client.text.hbs', '{{phrase "hello"}}'), [
      'client.text.hbs:1:1 unknown-phrase',
    ]);
  });

  it('of a reseller have a name that a mail is made of', () => {
    const check = (name: string) =>
      checkOverride({ name, file: name, source: '{{balance}}' }).map(({ code }) => code);
    assert.deepEqual(check('de/client.text.hbs'), []);
    assert.deepEqual(check('de/staff-recovered.subject.hbs'), []);
    assert.deepEqual(check('de/klient.text.hbs'), ['unknown-template']);
  });

  for (const { name, source, code, at } of wrong) {
    it(`with ${name} are refused with the place`, async () => {
      assert.deepEqual(await problemsOf('client.text.hbs', source), [`client.text.hbs:${at} ${code}`]);
      assert.throws(
        () => createRenderer(folder),
        new RegExp(`TemplateError[\\s\\S]*client.text.hbs:${at}: error ${code}`),
      );
    });
  }

  it('reach what is around a list', async () => {
    assert.deepEqual(
      await problemsOf(
        'en/staff.text.hbs',
        '{{#each rules}}{{../balance}}{{@root.balance}}{{@index}}{{/each}}',
      ),
      [],
    );
  });

  it('that are missing are named', async () => {
    await rm(path.join(folder, 'staff.subject.hbs'));
    const [problem] = checkTemplates(folder);
    assert.equal(problem?.code, 'missing-template');
    assert.equal(path.relative(folder, problem.file), 'staff.subject.hbs');
  });

  it('of another language are found by their folder alone', async () => {
    await cp(path.join(folder, 'en'), path.join(folder, 'nl'), { recursive: true });
    await writeFile(path.join(folder, 'nl', 'client.subject.hbs'), 'Laag saldo: {{balance}}');
    const { sampleMail } = await import('../../delivery/email/sample-mail.js');
    const { subject } = createRenderer(folder).render({ ...sampleMail, language: 'nl-BE' });
    assert.equal(subject.replaceAll(/\s/g, ' '), 'Laag saldo: € 4,50');
  });
});
