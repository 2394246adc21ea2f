import assert from 'node:assert/strict';
import { isOneOf, keyValue, readViewColumns, type FoundColumn } from '../../billing/mysql/view-columns.js';

const text = (collation: string): FoundColumn => ({ type: 'varchar', collation, length: null });
const binary = (length: number): FoundColumn => ({ type: 'binary', collation: null, length });

/** What `information_schema.columns` answers. */
function serverWith(view: string, columns: Readonly<Record<string, string>>, version = '8.0.36') {
  const rows = Object.entries(columns).map(([name, type]) => ({
    version,
    view,
    name,
    type,
    collation: null,
    length: null,
  }));
  return { query: <T>() => Promise.resolve(rows as T) };
}

describe('the columns of the billing views', () => {
  it('are known by whatever case the server writes views and columns in', async () => {
    const columns = await readViewColumns(
      serverWith('Billing_Client', { CLIENT_ID: 'INT', Profile_Id: 'VARCHAR' }),
    );
    assert.equal(columns.of('billing_client', 'client_id')?.type, 'int');
    assert.deepEqual(columns.readable(['client_id', 'profile_id', 'client_group', 'balance']), [
      'client_id',
      'profile_id',
      'balance',
    ]);
    assert.equal(columns.server, 'MySQL');
  });

  it('are compared with ids of any alphabet', () => {
    const marks = (column: FoundColumn | undefined) => isOneOf('id', ['a', '客户'], column);
    assert.deepEqual(marks(text('utf8mb4_0900_ai_ci')), { sql: 'id IN (?)', values: [['a', '客户']] });
    assert.deepEqual(marks(undefined), { sql: 'id IN (?)', values: [['a', '客户']] });
    assert.deepEqual(marks(text('latin1_german1_ci')), {
      sql: 'id IN (?, CONVERT(? USING latin1) COLLATE latin1_german1_ci)',
      values: ['a', '客户'],
    });
    assert.deepEqual(isOneOf('id', ['a', 'b'], text('latin1_german1_ci')).sql, 'id IN (?)');
  });

  it('take an id as the bytes that they hold', () => {
    assert.equal(keyValue('C-1', text('utf8mb4_bin')), 'C-1');
    assert.deepEqual(keyValue('C-1', binary(6)), Buffer.from('C-1\0\0\0'));
    assert.deepEqual(keyValue('0x00ff', binary(2)), Buffer.from([0, 255]));
    assert.deepEqual(
      keyValue('0x41', binary(4)),
      Buffer.from('0x41'),
      'bytes that are text are shown as text',
    );
    assert.deepEqual(keyValue('longer than that', binary(4)), Buffer.from('longer than that'));
  });
});
