import assert from 'node:assert/strict';
import type { DataSource } from 'typeorm';
import { createBillingTables } from '../../billing/mysql/billing-tables.js';
import { examineViews } from '../../billing/mysql/examine-views.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import type { Finding } from '../../domain/finding.js';
import { openDatabase } from '../../store/database.js';
import { aProfile } from '../domain/builders.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';

/** What is wrong with a view, as SQL over good rows, and what doctor says of it. */
const wrongs: readonly (readonly [
  name: string,
  columns: Readonly<Record<string, string>>,
  what: string,
  said: RegExp,
])[] = [
  [
    'statuses of another word',
    { status: "IF(n < 5, 'frozen', 'active')" },
    'billing_client.status',
    /^5 of 40: expected active, suspended or closed; such as C-000: "frozen", C-001: "frozen", C-002: "frozen"\. In the view: translate it/,
  ],
  [
    'a prepaid that is NULL',
    { prepaid: 'NULLIF(1, n > 2)' },
    'billing_client.prepaid',
    /^37 of 40: expected 1 or 0; such as C-003: NULL/,
  ],
  [
    'a currency that is none',
    { currency: "'DOL'" },
    'billing_client.currency',
    /^40 of 40: expected an ISO 4217 code/,
  ],
  [
    'a balance that is NULL',
    { balance: 'IF(n = 7, NULL, 5)' },
    'billing_client.balance',
    /^1 of 40: expected a decimal number; such as C-007: NULL\. In the view: .*COALESCE/,
  ],
  ['a balance that is text', { balance: "IF(n = 7, 'n/a', '5')" }, 'billing_client.balance', /C-007: "n\/a"/],
  ['a credit limit that is NULL', { credit_limit: 'NULL' }, 'billing_client.credit_limit', /^40 of 40/],
  [
    'unix times',
    { last_refill_at: '1769000000' },
    'billing_client.last_refill_at',
    /expected a time in UTC or NULL; .*FROM_UNIXTIME/,
  ],
  [
    'times that are none',
    { created_at: "'31.12.2025'" },
    'billing_client.created_at',
    /expected a time in UTC or NULL/,
  ],
  [
    'times ahead of UTC',
    { last_refill_at: 'UTC_TIMESTAMP() + INTERVAL 5 HOUR' },
    'billing_client.last_refill_at',
    /it lies in the future: expected UTC/,
  ],
  [
    'a profile that is none',
    { profile_id: "'Acme/Prepaid'" },
    'billing_client.profile_id',
    /^40 of 40: there is no such profile; such as C-000: "Acme\/Prepaid"/,
  ],
  ['no rate', { currency: "'GBP'" }, 'billing_exchange_rate.rate', /there is no rate from USD to GBP/],
  [
    'a rate of 0',
    { currency: "'EUR'" },
    'billing_exchange_rate.rate',
    /expected a number above 0 from USD to EUR/,
  ],
  ['two rates', { currency: "'CHF'" }, 'billing_exchange_rate.rate', /expected one rate from USD to CHF/],
  [
    'two rows of a reseller',
    { reseller_id: "'twice'" },
    'billing_reseller.reseller_id',
    /expected one row of it, found 2 which differ/,
  ],
  [
    'nobody to notify',
    { billing_email: 'NULL' },
    'billing_client.billing_email',
    /nobody whom its rules name has an address/,
  ],
  [
    'addresses that are none',
    { billing_email: "'see contract'" },
    'billing_client.billing_email',
    /expected e-mail addresses/,
  ],
  [
    'ids that are too long',
    { client_id: "CONCAT(client_id, REPEAT('x', 70))" },
    'billing_client.client_id',
    /expected 1 to 64 characters/,
  ],
];

describe('doctor, on the billing views', function () {
  this.timeout(120_000);
  let mysql: TestMysql;
  let database: DataSource;
  const profile = aProfile({ advancedRules: [{ name: 'dormant', threshold: 5, inactivity: '30d' }] });

  before(async () => {
    mysql = await provideTestMysql();
    database = await openDatabase(mysql.url);
    await createBillingTables(database);
    await database.query('RENAME TABLE billing_client TO customer');
    await database.query('ALTER TABLE billing_exchange_rate DROP PRIMARY KEY');
    await database.query(
      "INSERT INTO billing_exchange_rate VALUES ('USD', 'EUR', 0), ('USD', 'CHF', 0.9), ('USD', 'CHF', 0.8)",
    );
    await database.query('ALTER TABLE billing_reseller DROP PRIMARY KEY');
    await database.query(
      "INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'm@acme.example'), ('twice', 'A', NULL), ('twice', 'B', NULL)",
    );
    await insert(40);
  });
  after(async () => {
    await database?.destroy();
    await mysql?.stop();
  });

  async function insert(count: number): Promise<void> {
    await database.query('ALTER TABLE customer ADD COLUMN IF NOT EXISTS n INT');
    await database.query('DELETE FROM customer');
    for (let from = 0; from < count; from += 5_000) {
      const rows = Array.from({ length: Math.min(5_000, count - from) }, (_, i) => {
        const id = `C-${String(from + i).padStart(3, '0')}`;
        return [id, id, 'acme', profile.id, 'USD', 5, 'a@client.example', '2025-01-01', from + i];
      });
      await database.query(
        'INSERT INTO customer (client_id, name, reseller_id, profile_id, currency, balance, billing_email, created_at, n) VALUES ?',
        [rows],
      );
    }
  }

  async function view(columns: Readonly<Record<string, string>> = {}, from = 'customer'): Promise<void> {
    const names =
      'client_id name reseller_id profile_id currency balance credit_limit billing_email status prepaid language time_zone created_at last_charge_at last_refill_at'.split(
        ' ',
      );
    const selected = names.map((name) => `${columns[name] ?? name} AS ${name}`).join(', ');
    await database.query(`CREATE OR REPLACE VIEW billing_client AS SELECT ${selected} FROM ${from}`);
  }

  const examine = (
    changes: { readonly all?: boolean; readonly readsOnly?: boolean } = {},
  ): Promise<readonly Finding[]> =>
    examineViews(database, {
      assigner: namedProfilesOnly,
      profiles: new Map([[profile.id, profile]]),
      all: false,
      readsOnly: false,
      now: Date.now(),
      progress: () => {},
      ...changes,
    });
  const notOk = (findings: readonly Finding[]) => findings.filter(({ result }) => result !== 'ok');

  it('finds nothing wrong with good ones, and says how many there are of each kind', async () => {
    await view();
    const findings = await examine();
    assert.deepEqual(notOk(findings), []);
    const clients = findings.find(({ what }) => what === 'clients');
    assert.match(
      clients?.message ?? '',
      /^40 in billing_client: 40 prepaid, 0 closed; of those prepaid and open 40 with a profile, 0 without; 0 unknown; 40 with an address/,
    );
  });

  for (const [name, columns, what, said] of wrongs)
    it(`names ${name}`, async () => {
      await view(columns);
      const found = (await examine()).filter((finding) => finding.what === what);
      assert.ok(
        found.some(({ message }) => said.test(message)),
        JSON.stringify(found),
      );
    });

  it('names each of several wrongs at once', async () => {
    await view({ status: "'frozen'", balance: 'NULL', billing_email: 'NULL', created_at: "'x'" });
    const whats = notOk(await examine()).map(({ what }) => what);
    assert.deepEqual(whats.slice(0, 2).sort(), ['billing_client.balance', 'billing_client.status']);
  });

  it('names a missing column, and a missing view', async () => {
    await database.query('CREATE OR REPLACE VIEW billing_client AS SELECT client_id, balance FROM customer');
    const found = (await examine()).find(({ what }) => what === 'billing_client');
    assert.match(
      found?.message ?? '',
      /Unknown column '\w+'.*Expected the columns client_id, currency, balance/,
    );
  });

  it('says what more than reading the user may do', async () => {
    await view();
    const rights = (await examine({ readsOnly: true })).find(({ what }) => what === 'rights');
    assert.equal(rights?.result, 'warning');
  });

  it('names the table that each read scans, with the index that helps, and tables without transactions', async () => {
    await database.query(
      'CREATE TABLE call_record (id_user VARCHAR(64) COLLATE utf8mb4_bin, starttime DATETIME) ENGINE=MyISAM',
    );
    const calls = Array.from({ length: 3_000 }, (_, i) => [
      `C-${String(i % 40).padStart(3, '0')}`,
      '2026-01-01 00:00:00',
    ]);
    await database.query('INSERT INTO call_record VALUES ?', [calls]);
    await view({
      last_charge_at: '(SELECT MAX(r.starttime) FROM call_record r WHERE r.id_user = customer.client_id)',
    });
    const scan = (await examine()).find(({ what, result }) => what === 'indexes' && result === 'warning');
    assert.match(
      scan?.message ?? '',
      /scans call_record, about 3000 rows\. What helps: CREATE INDEX low_balance ON call_record \(id_user/,
    );
    assert.match(
      (await examine()).find(({ what }) => what === 'engines')?.message ?? '',
      /^call_record \(MyISAM\) know no transactions/,
    );
    await database.query('ALTER TABLE call_record ENGINE=InnoDB, ADD KEY low_balance (id_user, starttime)');
    assert.deepEqual(
      (await examine()).filter(({ what, result }) => /indexes|engines/.test(what) && result !== 'ok'),
      [],
    );
  });

  it('reads a sample of a large fleet, spread over its ids, or all of it', async () => {
    await insert(30_000);
    await view({ status: "IF(n > 29000, 'frozen', 'active')" });
    const sampled = await examine();
    assert.match(
      sampled.find(({ what }) => what === 'clients')?.message ?? '',
      /^of 30000 clients, 10000 were read \(--all reads each\)/,
    );
    assert.ok(
      sampled.some(({ what }) => what === 'billing_client.status'),
      'the end of the fleet is sampled too',
    );
    const whole = await examine({ all: true });
    assert.match(whole.find(({ what }) => what === 'billing_client.status')?.message ?? '', /^999 of 30000/);
  });
});
