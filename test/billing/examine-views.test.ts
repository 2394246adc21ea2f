import assert from 'node:assert/strict';
import type { DataSource } from 'typeorm';
import { createBillingTables } from '../../billing/mysql/billing-tables.js';
import { examineViews } from '../../billing/mysql/examine-views.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import type { Finding } from '../../domain/finding.js';
import { openDatabase } from '../../store/database.js';
import { aProfile } from '../domain/builders.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';

/** A blank of no width. */
const unseen = 'CONVERT(0xE2808B USING utf8mb4)';

/** What is wrong with a view, as SQL over good rows, and what doctor says of it. */
const wrongs: readonly (readonly [
  name: string,
  columns: Readonly<Record<string, string>>,
  what: string,
  said: RegExp,
  from?: string,
])[] = [
  [
    'statuses of another word',
    { status: "IF(n < 5, 'frozen', 'active')" },
    'billing_client.status',
    /^5 of 40: expected active, suspended or closed; such as C-000: "frozen", C-001: "frozen", C-002: "frozen"\. In the view: translate it/,
  ],
  [
    'each kind of wrong value first',
    { status: "IF(n < 30, 'frozen', IF(n = 35, NULL, IF(n = 36, '2', 'active')))" },
    'billing_client.status',
    /^32 of 40: .* such as C-000: "frozen", C-035: NULL, C-036: "2"\. In/,
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
    { billing_email: 'NULL', reseller_id: 'NULL' },
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
    'two rows of a client',
    { balance: 'balance + twice.k' },
    'billing_client.client_id',
    /expected one row of it, found 2 which differ in balance; such as .*GROUP BY/,
    'customer, (SELECT 0 AS k UNION ALL SELECT 1) twice',
  ],
  [
    'a column that the view cannot work out for a client',
    { balance: 'IF(n = 7, (SELECT 1 UNION ALL SELECT 2), 5)' },
    'billing_client.balance',
    /^1 of 40: expected a value that the view can work out; such as C-007: "Subquery returns more than 1 row"\. In the view: .* LIMIT 1/,
  ],
  [
    'a credit limit below zero',
    { credit_limit: '-5' },
    'billing_client.credit_limit',
    /^40 of 40: it is negative, and so lowers the available balance; such as C-000: "-5"/,
  ],
  [
    'a status with a character that nobody sees',
    { status: `CONCAT(status, ${unseen})` },
    'billing_client.status',
    /such as C-000: "active�"/,
  ],
  [
    'a profile with a character that nobody sees',
    { profile_id: `CONCAT(profile_id, ${unseen})` },
    'billing_client.profile_id',
    /there is no such profile; such as C-000: "acme\/prepaid�"/,
  ],
  [
    'ids with a character that nobody sees',
    { client_id: `CONCAT(client_id, ${unseen})` },
    'billing_client.client_id',
    /^40 of 40: it has characters that nobody sees; such as C-000�/,
  ],
  [
    'ids that end in a tab',
    { client_id: 'CONCAT(client_id, CHAR(9 USING utf8mb4))' },
    'billing_client.client_id',
    /without blanks around them and control characters: it cannot be watched; such as C-000�/,
  ],
  [
    'a reseller that has no row',
    { reseller_id: "CONCAT('0', reseller_id)" },
    'billing_client.reseller_id',
    /^40 of 40: billing_reseller has no row of it; such as C-000: "0acme".*In the view: select the key of billing_reseller/,
  ],
  [
    'a user whom a rule names and nobody knows',
    { reseller_id: 'NULL' },
    'billing_user.login',
    /^40 of 40: a rule names a user .* such as C-000: "j\.doe"/,
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
  const profile = aProfile({
    userNotification: { threshold: 10, users: ['j.doe'] },
    advancedRules: [{ name: 'dormant', threshold: 5, inactivity: '30d' }],
  });

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
    await database.query("INSERT INTO billing_user VALUES ('j.doe', 'acme', 'j.doe@acme.example')");
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

  for (const [name, columns, what, said, from] of wrongs)
    it(`names ${name}`, async () => {
      await view(columns, from);
      const found = (await examine()).filter((finding) => finding.what === what);
      assert.ok(
        found.some(({ message }) => said.test(message)),
        JSON.stringify(found),
      );
    });

  it('names each of several wrongs at once', async () => {
    await view({
      status: "IF(n < 3, 'frozen', 'active')",
      prepaid: 'IF(n BETWEEN 2 AND 4, NULL, 1)',
      currency: "IF(n = 5, 'DOL', 'EUR')",
      balance: "IF(n = 5, 'n/a', '5')",
      last_refill_at: 'IF(n = 6, 1769000000, NULL)',
      created_at: "IF(n = 7, '31.12.2025', NULL)",
      billing_email: "IF(n = 8, 'see contract', NULL)",
      profile_id: "IF(n = 9, 'acme/gone', profile_id)",
      client_id: "IF(n = 10, CONCAT(client_id, ' ', CHAR(10)), client_id)",
      reseller_id: "IF(n = 11, 'nobody', IF(n = 12, 'twice', 'acme'))",
      credit_limit: 'IF(n = 13, -1, IF(n = 14, (SELECT 1 UNION ALL SELECT 2), 0))',
    });
    // Errors come first.
    const found = notOk(await examine()).toReversed();
    const named = Object.fromEntries(found.map(({ what, result }) => [what, result]));
    assert.deepEqual(named, {
      'billing_client.balance': 'error',
      'billing_client.billing_email': 'warning',
      'billing_client.client_id': 'error',
      'billing_client.created_at': 'warning',
      'billing_client.credit_limit': 'error',
      'billing_client.currency': 'error',
      'billing_client.last_refill_at': 'error',
      'billing_client.prepaid': 'error',
      'billing_client.profile_id': 'error',
      'billing_client.reseller_id': 'warning',
      'billing_client.status': 'error',
      'billing_exchange_rate.rate': 'error',
      'billing_reseller.reseller_id': 'error',
      'billing_user.login': 'warning',
    });
  });

  it('names a view that selects nobody', async () => {
    await view({}, 'customer WHERE n < 0');
    const clients = (await examine()).find(({ what }) => what === 'clients');
    assert.deepEqual(clients && [clients.result, clients.message], [
      'warning',
      'there is none: billing_client selects no row',
    ]);
  });

  it('names a missing column, and a missing view', async () => {
    await database.query('CREATE OR REPLACE VIEW billing_client AS SELECT client_id, balance FROM customer');
    const found = (await examine()).find(({ what }) => what === 'billing_client');
    assert.match(
      found?.message ?? '',
      /Unknown column '\w+'.*Expected the columns client_id, currency, balance/,
    );
  });

  it('names times that are converted by the name of a zone which the server does not know', async () => {
    const [known] = await database.query<{ at: string | null }[]>(
      "SELECT CONVERT_TZ('2026-01-01', 'Europe/Vienna', '+00:00') AS at",
    );
    const zones = async () => (await examine()).filter(({ what }) => what === 'zones').length;
    await view({ last_charge_at: "CONVERT_TZ(created_at, 'America/Bogota', '+00:00')" });
    assert.equal(await zones(), known?.at === null ? 1 : 0);
    await view({ last_charge_at: "CONVERT_TZ(created_at, '-05:00', '+00:00')" });
    assert.equal(await zones(), 0);
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
