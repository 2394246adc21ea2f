import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getNodeValue, parseTree } from 'jsonc-parser';
import { profileFields, type FieldTable } from '../../domain/profile/profile-fields.js';
import { packageRoot } from '../../authoring/package-root.js';
import { validateFile } from '../../authoring/validate-file.js';

const fixtures = path.join(packageRoot(), 'test', 'fixtures');

interface Expected {
  readonly code: string;
  readonly line: number;
  readonly column: number;
}

const expected = JSON.parse(readFileSync(path.join(fixtures, 'invalid.expected.json'), 'utf8')) as Record<
  string,
  Expected
>;

/** But for webhooks: no `reseller.json` lies beside the invalid files. */
async function validated(file: string) {
  const { problems, ...rest } = await validateFile(file, fixtures);
  return {
    ...rest,
    problems: problems.filter(({ code }) => code !== 'unknown-webhook'),
  };
}

describe('files that are wrong in one way', () => {
  const names = readdirSync(path.join(fixtures, 'invalid')).sort();

  it('all have their place written down, and there are at least sixty', () => {
    assert.deepEqual(Object.keys(expected).sort(), names);
    assert.ok(names.length >= 60, `${names.length} files`);
  });

  for (const name of names) {
    it(`${name}: exactly its code at its place`, async () => {
      const { problems } = await validated(path.join('invalid', name));
      assert.deepEqual(
        problems.map(({ code, line, column }) => ({ code, line, column })),
        [expected[name]],
        problems.map(({ message }) => message).join('\n'),
      );
      assert.ok(name.startsWith(problems[0]?.code ?? 'no problem'));
      assert.match(problems[0]?.message ?? '', /\S/);
    });
  }
});

it('a rule that notifies nobody cannot notify of a recovery either', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'low-balance-fixture-'));
  const text = readFileSync(path.join(fixtures, 'invalid', 'reaches-nobody-client.json'), 'utf8');
  await mkdir(path.join(folder, 'invalid'));
  await writeFile(
    path.join(folder, 'invalid', 'a.json'),
    text.replace('"notify": false', '"notify": false, "recovered": true'),
  );
  const { problems } = await validateFile('invalid/a.json', folder);
  await rm(folder, { recursive: true });
  assert.deepEqual(
    problems.map(({ severity, code }) => `${severity} ${code}`),
    ['error reaches-nobody', 'warning recovery-of-nobody'],
  );
});

it('every-field.json has every field that a profile may have', () => {
  const text = readFileSync(path.join(fixtures, 'valid', 'every-field.json'), 'utf8');
  const root = parseTree(text);
  assert.ok(root);
  assert.deepEqual(missingFields(getNodeValue(root), profileFields), []);
});

function missingFields(written: unknown, table: FieldTable): readonly string[] {
  const objects = (Array.isArray(written) ? written : [written]) as readonly Readonly<
    Record<string, unknown>
  >[];
  return Object.entries(table).flatMap(([name, field]) => {
    const found = objects.map((each) => each[name]).find((value) => value !== undefined);
    if (found === undefined) return [name];
    return field.kind === 'value' ? [] : missingFields(found, field.fields).map((each) => `${name}.${each}`);
  });
}

describe('files that are right', () => {
  for (const name of readdirSync(path.join(fixtures, 'valid')).sort()) {
    it(name, async () => {
      assert.deepEqual((await validated(path.join('valid', name))).problems, []);
    });
  }
});
