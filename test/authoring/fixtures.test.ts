import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
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

describe('files that are wrong in one way', () => {
  const names = readdirSync(path.join(fixtures, 'invalid')).sort();

  it('all have their place written down, and there are at least sixty', () => {
    assert.deepEqual(Object.keys(expected).sort(), names);
    assert.ok(names.length >= 60, `${names.length} files`);
  });

  for (const name of names) {
    it(`${name}: exactly its code at its place`, async () => {
      const { problems } = await validateFile(path.join('invalid', name), fixtures);
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

describe('files that are right', () => {
  for (const name of readdirSync(path.join(fixtures, 'valid')).sort()) {
    it(name, async () => {
      const { problems, profile } = await validateFile(path.join('valid', name), fixtures);
      assert.deepEqual(problems, []);
      assert.ok(profile);
    });
  }
});
