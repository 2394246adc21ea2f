import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkTemplates } from '../../delivery/email/check-templates.js';
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
  for (const { name, source, code, at } of wrong) {
    it(`with ${name} are refused with the place`, async () => {
      assert.deepEqual(await problemsOf('de/client.text.hbs', source), [`de/client.text.hbs:${at} ${code}`]);
      assert.throws(
        () => createRenderer(folder),
        new RegExp(`TemplateError[\\s\\S]*client.text.hbs:${at}: error ${code}`),
      );
    });
  }

  it('reach what is around a list', async () => {
    assert.deepEqual(
      await problemsOf('en/staff.text.hbs', '{{#each rules}}{{../balance}}{{@index}}{{/each}}'),
      [],
    );
  });

  it('that are missing are named', async () => {
    await rm(path.join(folder, 'uk', 'staff.subject.hbs'));
    const [problem] = checkTemplates(folder);
    assert.equal(problem?.code, 'missing-template');
    assert.equal(path.relative(folder, problem.file), 'uk/staff.subject.hbs');
  });

  it('of another language are found by their folder alone', async () => {
    await cp(path.join(folder, 'en'), path.join(folder, 'fr'), { recursive: true });
    await writeFile(path.join(folder, 'fr', 'client.subject.hbs'), 'Solde faible : {{balance}}');
    const { sampleMail } = await import('../../delivery/email/sample-mail.js');
    const { subject } = createRenderer(folder).render({ ...sampleMail, language: 'fr-CH' });
    assert.equal(subject.replaceAll(/\s/g, ' '), 'Solde faible : 4.50 €');
  });
});
