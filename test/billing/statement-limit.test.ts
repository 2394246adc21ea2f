import assert from 'node:assert/strict';
import { isStatementTimeout, serverKindOf, withLimit } from '../../billing/mysql/statement-limit.js';

describe('the time limit of a statement', () => {
  for (const [version, expected] of [
    ['8.0.36', 'SELECT /*+ MAX_EXECUTION_TIME(1500) */ a FROM t'],
    ['5.7.44-log', 'SELECT /*+ MAX_EXECUTION_TIME(1500) */ a FROM t'],
    ['8.0.mysql_aurora.3.05.2', 'SELECT /*+ MAX_EXECUTION_TIME(1500) */ a FROM t'],
    ['10.11.6-MariaDB-0+deb12u1', 'SET STATEMENT max_statement_time=1.500 FOR SELECT a FROM t'],
    ['5.5.5-10.1.48-MariaDB', 'SET STATEMENT max_statement_time=1.500 FOR SELECT a FROM t'],
    ['11.4.2-MariaDB', 'SET STATEMENT max_statement_time=1.500 FOR SELECT a FROM t'],
    ['5.5.68-MariaDB', 'SELECT a FROM t'],
    ['5.5.5-10.0.38-MariaDB', 'SELECT a FROM t'],
  ] as const)
    it(`is kept by ${version} itself, where it knows one`, () =>
      assert.equal(withLimit('SELECT a FROM t', 1_500, serverKindOf(version)), expected));

  it('is at least a millisecond', () => {
    assert.match(withLimit('SELECT 1', -3, 'MySQL'), /\(1\)/);
    assert.match(withLimit('SELECT 1', 0.2, 'MariaDB'), /=0\.001 /);
  });

  it('is told from other errors', () => {
    for (const error of [{ errno: 3024 }, { errno: 1969 }, { driverError: { code: 'ER_QUERY_TIMEOUT' } }])
      assert.ok(isStatementTimeout(error));
    for (const error of [{ errno: 1690 }, new Error('timeout'), null, 'ER_QUERY_TIMEOUT'])
      assert.ok(!isStatementTimeout(error));
  });
});
