import assert from 'node:assert/strict';
import { problemLine } from '../../domain/problem.js';

it('a problem is one line, whatever its file is called', () => {
  const problem = { line: 1, column: 2, severity: 'error', code: 'syntax', message: 'no JSON' } as const;
  assert.equal(
    problemLine({ ...problem, file: 'acme/a\n::error::b\u202e.json' }),
    'acme/a\\u{a}::error::b\\u{202e}.json:1:2: error syntax: no JSON',
  );
  assert.equal(
    problemLine({ ...problem, file: 'acme/größe 1.json' }),
    'acme/größe 1.json:1:2: error syntax: no JSON',
  );
});
