import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { getNodeValue, parseTree } from 'jsonc-parser';
import { formatSource } from '../../authoring/format-source.js';
import { packageRoot } from '../../authoring/package-root.js';

const value = (text: string): unknown => {
  const root = parseTree(text, [], { allowTrailingComma: true });
  return root && getNodeValue(root);
};

/** JSON with comments and white space wherever they may stand, as people leave it. */
const messyJson = fc
  .tuple(
    fc.jsonValue(),
    fc.array(fc.constantFrom(' ', '\n', '\t', '\r\n', '/* a */', '// b\n', ''), {
      minLength: 40,
      maxLength: 40,
    }),
  )
  .map(([json, gaps]) => {
    let gap = 0;
    const next = () => gaps[gap++ % gaps.length];
    return JSON.stringify(json).replaceAll(
      /("(?:[^"\\]|\\.)*")|([{}[\],:])/g,
      (token, text: string | undefined) => (text === undefined ? `${next()}${token}${next()}` : token),
    );
  });

describe('formatting', () => {
  it('never changes what is parsed, and changes nothing the second time', () => {
    fc.assert(
      fc.property(messyJson, (text) => {
        const once = formatSource(text);
        assert.deepEqual(value(once), value(text));
        assert.equal(formatSource(once), once);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every comment', () => {
    const text = '// first\n{\n"a":1, /* second */\n"b":2 // third\n}\n// fourth';
    const formatted = formatSource(text);
    for (const comment of ['// first', '/* second */', '// third', '// fourth'])
      assert.ok(formatted.includes(comment));
    assert.equal(formatted, '// first\n{\n  "a": 1, /* second */\n  "b": 2 // third\n}\n// fourth\n');
  });

  it('keeps the kind of line ends that it finds', () => {
    assert.equal(formatSource('{\r\n"a":1\r\n}'), '{\r\n  "a": 1\r\n}\r\n');
  });

  it('has been done to the profiles of this repository', () => {
    const folder = path.join(packageRoot(), 'profiles');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
    assert.ok(files.length >= 5);
    for (const name of files) {
      const text = readFileSync(path.join(folder, name), 'utf8');
      assert.equal(formatSource(text), text, name);
    }
  });
});
