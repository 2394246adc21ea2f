import assert from 'node:assert/strict';
import type { DataSource } from 'typeorm';
import { createBilling } from '../../billing/mysql/billing.js';
import { readEntries, readLastBefore } from '../../billing/mysql/billing-entries.js';
import { createFleetReader } from '../../billing/mysql/fleet-reader.js';
import { createLookRows } from '../../billing/mysql/look-rows.js';
import { faultsText, isUnclear, type Client, type ClientFacts } from '../../domain/client.js';
import { openDatabase } from '../../store/database.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';

/** Types of a billing system's table below the views; each column has one when nothing is said. */
interface Odd {
  readonly types?: Readonly<Record<string, string>>;
  /** SQL values of the client with the id 17. */
  readonly values?: Readonly<Record<string, string>>;
  /** Expressions of the view in place of the column. */
  readonly view?: Readonly<Record<string, string>>;
  readonly resellers?: string;
  readonly users?: string;
  readonly rates?: string;
  readonly expected?: Partial<Client>;
  readonly unclear?: RegExp;
  readonly rateDoubt?: RegExp;
}

const usual = {
  client_id: ['VARCHAR(64)', "'17'"],
  name: ['VARCHAR(255)', "'Seventeen'"],
  reseller_id: ['VARCHAR(64)', "'4'"],
  profile_id: ['VARCHAR(191)', "'acme/prepaid'"],
  currency: ['CHAR(3)', "'EUR'"],
  balance: ['DECIMAL(24,8)', '12.5'],
  credit_limit: ['DECIMAL(24,8)', '0'],
  billing_email: ['VARCHAR(320)', "'billing@client.example'"],
  status: ['VARCHAR(16)', "'active'"],
  prepaid: ['TINYINT', '1'],
  language: ['VARCHAR(16)', 'NULL'],
  time_zone: ['VARCHAR(64)', 'NULL'],
  created_at: ['DATETIME(6)', "'2025-01-01'"],
  last_charge_at: ['DATETIME(6)', 'NULL'],
  last_refill_at: ['DATETIME(6)', 'NULL'],
} as const;

const usualResellers = "SELECT '4' AS reseller_id, 'Four' AS name, 'four@reseller.example' AS manager_email";
const usualUsers = "SELECT 'j.doe' AS login, '4' AS reseller_id, 'j.doe@reseller.example' AS email";
const usualRates =
  "SELECT 'USD' AS from_currency, 'EUR' AS to_currency, CAST('0.9' AS DECIMAL(24,12)) AS rate";
const read: Partial<Client> = {
  clientId: '17',
  resellerId: '4',
  managerEmail: 'four@reseller.example',
  rate: '0.9',
  users: { 'j.doe': 'j.doe@reseller.example' },
};
const needed = { currency: 'USD', logins: ['j.doe', 'щука'] };
const utc = (text: string) => Date.parse(text);

const cases: Readonly<Record<string, Odd>> = {
  'as the contract says': {},
  'with INT ids': {
    types: { client_id: 'INT PRIMARY KEY', reseller_id: 'INT' },
    values: { client_id: '17', reseller_id: '4' },
    resellers: "SELECT 4 AS reseller_id, 'Four' AS name, 'four@reseller.example' AS manager_email",
    users: "SELECT 'j.doe' AS login, 4 AS reseller_id, 'j.doe@reseller.example' AS email",
  },
  'with a reseller that is an INT here and a text there': {
    types: { reseller_id: 'INT' },
    values: { reseller_id: '4' },
  },
  'with BIGINT and DECIMAL ids': {
    types: { client_id: 'BIGINT UNSIGNED PRIMARY KEY', reseller_id: 'DECIMAL(12,0)' },
  },
  'with CHAR ids': { types: { client_id: 'CHAR(20)', reseller_id: 'CHAR(20)' } },
  'with trailing blanks under a collation that counts them': {
    types: {
      client_id: 'VARCHAR(64) COLLATE utf8mb4_nopad_bin',
      reseller_id: 'VARCHAR(64) COLLATE utf8mb4_nopad_bin',
    },
    values: { client_id: "'17  '", reseller_id: "'4 '" },
  },
  'with BINARY ids': { types: { client_id: 'BINARY(16)', reseller_id: 'BINARY(8)' } },
  'with latin1 texts': {
    types: {
      client_id: 'VARCHAR(64) CHARACTER SET latin1',
      reseller_id: 'VARCHAR(64) CHARACTER SET latin1',
      name: 'VARCHAR(64) CHARACTER SET latin1',
      currency: 'CHAR(3) CHARACTER SET latin1',
    },
    values: { name: "'Müller'" },
    expected: { name: 'Müller' },
  },
  'with GBK texts': {
    types: { name: 'VARCHAR(64) CHARACTER SET gbk', reseller_id: 'VARCHAR(8) CHARACTER SET gbk' },
    values: { name: "'余额不足'" },
    expected: { name: '余额不足' },
  },
  'with utf8mb3 and UTF-16 texts': {
    types: {
      client_id: 'VARCHAR(64) CHARACTER SET utf8mb3',
      reseller_id: 'VARCHAR(64) CHARACTER SET utf16',
      currency: 'CHAR(3) CHARACTER SET ucs2',
      status: 'VARCHAR(16) CHARACTER SET utf32',
    },
  },
  'with VARBINARY ids': { types: { client_id: 'VARBINARY(32)', reseller_id: 'VARBINARY(32)' } },
  'with collations that differ': {
    types: { reseller_id: 'VARCHAR(64) COLLATE utf8mb4_bin', currency: 'CHAR(3) COLLATE utf8mb4_bin' },
    resellers:
      "SELECT CONVERT('4' USING utf8mb4) COLLATE utf8mb4_general_ci AS reseller_id, 'Four' AS name, 'four@reseller.example' AS manager_email",
    users:
      "SELECT 'j.doe' AS login, CONVERT('4' USING utf8mb4) COLLATE utf8mb4_unicode_ci AS reseller_id, 'j.doe@reseller.example' AS email",
    rates:
      "SELECT CONVERT('usd' USING latin1) AS from_currency, CONVERT('eur' USING utf8mb4) COLLATE utf8mb4_general_ci AS to_currency, 0.9 AS rate",
  },
  'with currencies of rates in mixed case, with blanks before them': {
    rates: "SELECT ' Usd' AS from_currency, '\teur ' AS to_currency, 0.9 AS rate",
  },
  'with a currency of its own with a blank before it': {
    types: { currency: 'VARCHAR(8)' },
    values: { currency: "' EUR'" },
  },
  'with a login that ends in blanks which count': {
    users:
      "SELECT CONVERT('j.doe  ' USING utf8mb4) COLLATE utf8mb4_nopad_bin AS login, '4' AS reseller_id, 'j.doe@reseller.example' AS email",
  },
  'with a login of another one, which begins alike': {
    users:
      "SELECT CONVERT('j.doe x' USING utf8mb4) COLLATE utf8mb4_nopad_bin AS login, '4' AS reseller_id, 'j.doe@reseller.example' AS email",
    expected: { users: {} },
  },
  'with logins of an alphabet that knows no other, and counts blanks': {
    users:
      "SELECT CONVERT('j.doe ' USING latin1) COLLATE latin1_nopad_bin AS login, '4' AS reseller_id, 'j.doe@reseller.example' AS email",
  },
  'with a status in upper case': { values: { status: "'SUSPENDED'" }, expected: { status: 'suspended' } },
  'with a status of another word': {
    values: { status: "'blocked'" },
    unclear: /billing_client\.status is "blocked"/,
  },
  'with a status that ends in what nobody sees': {
    values: { status: "'active\u200B'" },
    unclear: /billing_client\.status is "active�"/,
  },
  'with tabs and line breaks around words': {
    values: { status: "'active\t'", profile_id: "'acme/prepaid\r\n'", currency: "'EUR'" },
  },
  'with prepaid as BIT': { types: { prepaid: 'BIT(1)' }, values: { prepaid: "b'1'" } },
  'with prepaid as ENUM': {
    types: { prepaid: "ENUM('postpaid','prepaid')" },
    values: { prepaid: "'prepaid'" },
  },
  'with prepaid as CHAR': {
    types: { prepaid: 'CHAR(1)' },
    values: { prepaid: "'n'" },
    expected: { prepaid: false },
  },
  'with prepaid as BOOL': { types: { prepaid: 'BOOL' }, values: { prepaid: 'TRUE' } },
  'with a prepaid that is NULL': {
    types: { prepaid: 'TINYINT NULL' },
    values: { prepaid: 'NULL' },
    unclear: /prepaid is NULL/,
  },
  'with a profile with blanks': {
    values: { profile_id: "' acme/prepaid '" },
    expected: { profileId: 'acme/prepaid' },
  },
  'with a currency in lower case': { values: { currency: "'eur'" }, expected: { currency: 'EUR' } },
  'with a currency that is none': { values: { currency: "'EU'" }, unclear: /currency is "EU"/ },
  'with TIMESTAMP, on a server five hours behind': {
    types: { last_refill_at: 'TIMESTAMP NULL' },
    values: { last_refill_at: 'FROM_UNIXTIME(1767225600)' },
    expected: { lastRefillAt: utc('2026-01-01T00:00:00Z') },
  },
  'with DATE and text times': {
    types: { created_at: 'DATE', last_charge_at: 'VARCHAR(40)', last_refill_at: 'VARCHAR(40)' },
    values: {
      created_at: "'2026-01-02'",
      last_charge_at: "'2026-01-02T03:04:05Z'",
      last_refill_at: "'2026-01-02T03:04:05+02:00'",
    },
    expected: {
      createdAt: utc('2026-01-02T00:00:00Z'),
      lastChargeAt: utc('2026-01-02T03:04:05Z'),
      lastRefillAt: utc('2026-01-02T01:04:05Z'),
    },
  },
  'with microseconds and fractions of them': {
    types: { last_refill_at: 'VARCHAR(40)' },
    values: {
      created_at: "'2026-01-02 03:04:05.999999'",
      last_refill_at: "'2026-01-02T03:04:05.123456789+0530'",
    },
    expected: {
      createdAt: utc('2026-01-02T03:04:05.999Z'),
      lastRefillAt: utc('2026-01-01T21:34:05.123Z'),
    },
  },
  'with the first time of a calendar for "never"': {
    values: { last_charge_at: "'0001-01-01 00:00:00'" },
    expected: { lastChargeAt: utc('0001-01-01T00:00:00Z') },
  },
  'with zero dates': {
    values: {
      created_at: "'0000-00-00 00:00:00'",
      last_charge_at: "'0000-00-00'",
      last_refill_at: "'0000-00-00'",
    },
    expected: { createdAt: null, lastChargeAt: null, lastRefillAt: null },
  },
  'with a DOUBLE balance': {
    types: { balance: 'DOUBLE' },
    values: { balance: '0.1e0 + 0.2e0' },
    expected: { balance: '0.3' },
  },
  'with a FLOAT balance': {
    types: { balance: 'FLOAT' },
    values: { balance: '0.1' },
    view: { balance: 'balance * 1e0' },
    expected: { balance: '0.1' },
  },
  'with a balance as text': {
    types: { balance: 'VARCHAR(20)' },
    values: { balance: "'12.50'" },
    expected: { balance: '12.5' },
  },
  'with the largest DECIMAL': {
    types: { balance: 'DECIMAL(60,30)' },
    values: { balance: '123456789012345678901234567890.123456789012345678901234567891' },
    expected: { balance: '123456789012345678901234567890.123456789012345678901234567891' },
  },
  'with zeros before an amount, and a negative credit limit': {
    types: { balance: 'DECIMAL(12,2) ZEROFILL' },
    values: { balance: '7.5', credit_limit: '-3' },
    expected: { balance: '7.5', creditLimit: '-3' },
  },
  'with a balance that is "NaN"': {
    types: { balance: 'VARCHAR(20)' },
    values: { balance: "'NaN'" },
    unclear: /balance is "NaN"/,
  },
  'with a balance that is too large for any number': {
    types: { balance: 'VARCHAR(20)' },
    values: { balance: "'1e400'" },
    unclear: /balance is "1e400"/,
  },
  'with a balance that is NULL': {
    types: { balance: 'DECIMAL(24,8) NULL' },
    values: { balance: 'NULL' },
    unclear: /billing_client\.balance is NULL/,
  },
  'with a balance that is no number': {
    types: { balance: 'VARCHAR(20)' },
    values: { balance: "'n/a'" },
    unclear: /balance is "n\/a"/,
  },
  'without a name': {
    types: { name: 'VARCHAR(20) NULL' },
    values: { name: 'NULL' },
    expected: { name: '17' },
  },
  'with a rate of 0': {
    rates: "SELECT 'USD' AS from_currency, 'EUR' AS to_currency, 0 AS rate",
    expected: { rate: null },
    rateDoubt: /rate is "0", expected a number above 0/,
  },
  'with two rates': {
    rates:
      "SELECT 'USD' AS from_currency, 'EUR' AS to_currency, 0.9 AS rate UNION ALL SELECT 'USD', 'EUR', 0.8",
    expected: { rate: null },
    rateDoubt: /"0\.[89] and 0\.[89]", expected one rate/,
  },
  'with two rows of its reseller': {
    resellers: `${usualResellers} UNION ALL SELECT '4', 'Vier', NULL`,
    unclear: /billing_reseller\.reseller_id is "4", expected one row/,
  },
  'with two rows of its own': {
    view: { balance: 'balance + twice.n' },
    unclear: /client_id is "17", expected one row of it, found 2 which differ in balance/,
  },
};

describe('views over tables of other types, on a real MySQL', () => {
  let mysql: TestMysql;
  let database: DataSource;
  /** A collation that counts trailing blanks; MariaDB and MySQL have different names for it. */
  let blanksCount: string;

  before(async () => {
    // A configuration as unlike the usual one as there are.
    mysql = await provideTestMysql({
      serverOptions: [
        '--default-time-zone=-05:00',
        '--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,ONLY_FULL_GROUP_BY,PIPES_AS_CONCAT,IGNORE_SPACE',
        '--autocommit=0',
        '--skip-character-set-client-handshake',
        '--character-set-server=latin1',
        '--collation-server=latin1_german1_ci',
      ],
    });
    database = await openDatabase(mysql.url);
    const [found] = await database.query<{ name: string }[]>(
      `SELECT collation_name AS name FROM information_schema.collations
       WHERE collation_name IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')`,
    );
    blanksCount = found!.name;
  });
  after(async () => {
    await database?.destroy();
    await mysql?.stop();
  });

  async function createViews(odd: Odd): Promise<void> {
    await database.query('DROP TABLE IF EXISTS customer');
    const columns = Object.entries(usual)
      .map(([name, [type]]) => `${name} ${odd.types?.[name] ?? type}`)
      .map((column) => column.replace('utf8mb4_nopad_bin', blanksCount));
    await database.query(`CREATE TABLE customer (${columns.join(', ')}) CHARACTER SET utf8mb4`);
    const values = Object.entries(usual).map(([name, [, value]]) => odd.values?.[name] ?? value);
    await database.query(`INSERT INTO customer VALUES (${values.join(', ')})`);
    const selected = Object.keys(usual).map((name) => `${odd.view?.[name] ?? name} AS ${name}`);
    const twice = odd.view?.['balance']?.includes('twice')
      ? ', (SELECT 0 AS n UNION ALL SELECT 1) twice'
      : '';
    await database.query(
      `CREATE OR REPLACE VIEW billing_client AS SELECT ${selected.join(', ')} FROM customer${twice}`,
    );
    await database.query(`CREATE OR REPLACE VIEW billing_reseller AS ${odd.resellers ?? usualResellers}`);
    // MySQL has no such collation of latin1.
    const latin1 = blanksCount === 'utf8mb4_nopad_bin' ? 'latin1_nopad_bin' : 'latin1_bin';
    const users = (odd.users ?? usualUsers)
      .replace('utf8mb4_nopad_bin', blanksCount)
      .replace('latin1_nopad_bin', latin1);
    await database.query(`CREATE OR REPLACE VIEW billing_user AS ${users}`);
    await database.query(`CREATE OR REPLACE VIEW billing_exchange_rate AS ${odd.rates ?? usualRates}`);
  }

  /** The client as a plan reads it. */
  async function readByPage(): Promise<ReturnType<typeof Object>> {
    const fleet = createFleetReader(database);
    const { clients } = await fleet.page({
      after: '',
      limit: 100,
      costly: ['last_charge_at', 'last_refill_amount', 'daily_spend'],
    });
    assert.equal(clients.length, 1);
    const [client] = clients;
    assert.ok(client);
    if (isUnclear(client)) return client;
    const shared = await fleet.sharedFacts(needed.logins);
    return {
      ...client,
      ...shared.rate(needed.currency, client.currency),
      users: shared.users(needed.logins, client.resellerId),
    };
  }

  for (const [name, odd] of Object.entries(cases)) {
    it(`are read alike by a check and by a plan, ${name}`, async () => {
      await createViews(odd);
      const billing = createBilling(database);
      const client = await billing.readClient('17', needed);
      assert.ok(client, 'the check finds the client');
      assert.deepEqual(await readByPage(), client);
      const identity = await billing.identify('17');
      assert.equal(identity?.clientId, '17');
      assert.equal(identity?.profileId, 'acme/prepaid');
      assert.equal((await billing.listClients('', 10))[0]?.clientId, '17');
      if (odd.unclear) {
        assert.ok(isUnclear(client), 'it is unclear');
        assert.match(faultsText(client.faults), odd.unclear);
        return;
      }
      assert.ok(!isUnclear(client), isUnclear(client) ? faultsText(client.faults) : '');
      const expected: Partial<Client> = { ...read, ...odd.expected };
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(client[key as keyof ClientFacts], value, key);
      if (odd.rateDoubt) assert.match(faultsText(client.rateDoubt ? [client.rateDoubt] : []), odd.rateDoubt);
    });
  }

  async function insertClients(ids: readonly string[], more: Readonly<Record<string, string>> = {}) {
    await database.query('DELETE FROM customer');
    const values = Object.entries(usual).map(([name, [, value]]) => more[name] ?? value);
    for (const id of ids)
      await database.query(`INSERT INTO customer VALUES (?, ${values.slice(1).join(', ')})`, [id]);
  }

  async function idsByPage(limit: number): Promise<readonly string[]> {
    const fleet = createFleetReader(database);
    const found: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: Awaited<ReturnType<typeof fleet.page>> = await fleet.page({ after, limit, costly: [] });
      found.push(...page.clients.map(({ clientId }) => clientId));
      after = page.next;
    }
    return found;
  }

  it('find ids with quotes, backslashes and signs of every alphabet, each by itself', async () => {
    const ids = [
      "O'Neil",
      'a\\b',
      'x"y',
      '%',
      '_',
      "\\'",
      '客户',
      'Ω-1',
      '😀',
      'straße',
      'strasse',
      'é',
      'e',
    ];
    for (const collation of ['utf8mb4_bin', 'utf8mb4_general_ci', blanksCount]) {
      await createViews({ types: { client_id: `VARCHAR(64) COLLATE ${collation}` } });
      await insertClients(ids);
      const billing = createBilling(database);
      const read = await billing.readClients(ids, needed);
      assert.deepEqual(
        read.map((client) => (client instanceof Error ? client.message : client?.clientId)),
        ids,
        collation,
      );
      for (const limit of [1, 3, 100])
        assert.deepEqual(
          [...(await idsByPage(limit))].sort(),
          [...ids].sort(),
          `${collation}, ${limit} at once`,
        );
    }
  });

  it('answer ids that their character set does not know as not there, and the others of the statement', async () => {
    for (const type of ['VARCHAR(64) CHARACTER SET latin1', 'VARCHAR(64) CHARACTER SET utf8mb3', 'INT']) {
      await createViews({ types: { client_id: type } });
      const read = await createBilling(database).readClients(['客户', '17', '😀', 'Ω'], needed);
      assert.deepEqual(
        read.map((client) => (client instanceof Error ? client.message : client?.clientId)),
        [undefined, '17', undefined, undefined],
        type,
      );
    }
  });

  it('take ids that differ in what is no blank for two', async () => {
    await createViews({});
    await insertClients(['17', '17\t', '17\u00A0', '17\u200B']);
    const billing = createBilling(database);
    const found = await billing.listClients('', 10);
    assert.equal(new Set(found.map(({ clientId }) => clientId)).size, 4);
    for (const { clientId } of found) assert.equal((await billing.identify(clientId))?.clientId, clientId);
  });

  it('show bytes that are no text, as of a UUID, and find them by what was shown', async () => {
    const uuids = ['9f3c0a7be1d24c5fa8b6d7e0f1a2b300', '00112233445566778899aabbccddeeff'];
    await createViews({ types: { client_id: 'BINARY(16) PRIMARY KEY', reseller_id: 'BINARY(16)' } });
    await database.query('DELETE FROM customer');
    const values = Object.entries(usual).map(([name, [, value]]) =>
      name === 'reseller_id' ? 'NULL' : value,
    );
    for (const uuid of uuids)
      await database.query(`INSERT INTO customer VALUES (X'${uuid}', ${values.slice(1).join(', ')})`);
    const ids = uuids.map((uuid) => `0x${uuid}`);
    assert.deepEqual([...(await idsByPage(1))].sort(), [...ids].sort());
    const read = await createBilling(database).readClients(ids, needed);
    assert.deepEqual(
      read.map((client) => client && !(client instanceof Error) && client.clientId),
      ids,
    );
  });

  it('show the entries of a client whose id is of another type, with kinds in any case', async () => {
    await createViews({});
    for (const [type, id, value] of [
      ['BINARY(16)', '0x00112233445566778899aabbccddeeff', "X'00112233445566778899aabbccddeeff'"],
      ['INT', '17', '17'],
      ['VARCHAR(20) CHARACTER SET latin1', 'Müller', "'Müller'"],
    ] as const) {
      await database.query('DROP TABLE IF EXISTS entry');
      await database.query(
        `CREATE TABLE entry (client_id ${type}, at DATETIME, kind VARCHAR(16) COLLATE utf8mb4_bin, amount DOUBLE) CHARACTER SET utf8mb4`,
      );
      await database.query(
        `INSERT INTO entry VALUES (${value}, '2026-01-01', 'Charge ', 2), (${value}, '2026-01-02', 'REFILL', 25), (${value}, '2026-01-03', 'refill', -5)`,
      );
      await database.query('CREATE OR REPLACE VIEW billing_entry AS SELECT * FROM entry');
      const entries = await readEntries(database, id, 0);
      assert.deepEqual(
        entries.map(({ kind, amount }) => [kind, amount]),
        [
          ['charge', '2'],
          ['refill', '25'],
          ['adjustment', '-5'],
        ],
      );
      const last = await readLastBefore(database, id, utc('2026-02-01T00:00:00Z'));
      assert.deepEqual(last, {
        chargeAt: utc('2026-01-01T00:00:00Z'),
        refillAt: utc('2026-01-02T00:00:00Z'),
        refillAmount: '25',
      });
    }
  });

  it('have all rows of a client on one page', async () => {
    await createViews({ view: { balance: 'balance + twice.n' } });
    await insertClients(['15', '16', '17']);
    for (const limit of [1, 2, 3, 6, 7]) {
      const fleet = createFleetReader(database);
      const clients: unknown[] = [];
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: Awaited<ReturnType<typeof fleet.page>> = await fleet.page({ after, limit, costly: [] });
        clients.push(...page.clients.map((client) => [client.clientId, isUnclear(client)]));
        after = page.next;
      }
      assert.deepEqual(
        clients,
        [
          ['15', true],
          ['16', true],
          ['17', true],
        ],
        `${limit} rows at once`,
      );
    }
  });

  describe('where they fail for the values of some clients', () => {
    const ids = Array.from({ length: 40 }, (_, i) => `C-${String(i).padStart(2, '0')}`);
    const failing: Readonly<Record<string, readonly [column: string, expression: string]>> = {
      'a subquery with two rows': [
        'balance',
        "IF(client_id = 'C-07', (SELECT 1 UNION ALL SELECT 2), balance)",
      ],
      'a number out of range': [
        'credit_limit',
        "CAST(IF(client_id = 'C-07', 0, 5) AS UNSIGNED) - CAST(1 AS UNSIGNED)",
      ],
      'what a stored function refuses': ['last_refill_at', 'refused(client_id)'],
      'what a stored function refuses by a state of its own': ['balance', 'refused_so(client_id)'],
      'a stored function without an answer': ['balance', 'unanswered(client_id)'],
    };
    before(async () => {
      await database.query(
        `CREATE FUNCTION refused(id VARCHAR(64)) RETURNS DATETIME DETERMINISTIC
         BEGIN IF id = 'C-07' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such account'; END IF; RETURN NULL; END`,
      );
      await database.query(
        `CREATE FUNCTION refused_so(id VARCHAR(64)) RETURNS DECIMAL(24,8) DETERMINISTIC
         BEGIN IF id = 'C-07' THEN SIGNAL SQLSTATE '99001' SET MESSAGE_TEXT = 'no such account'; END IF; RETURN 1; END`,
      );
      await database.query(
        `CREATE FUNCTION unanswered(id VARCHAR(64)) RETURNS DECIMAL(24,8) DETERMINISTIC
         BEGIN IF id <> 'C-07' THEN RETURN 1; END IF; END`,
      );
    });

    for (const [name, [column, expression]] of Object.entries(failing))
      it(`read all others, and say which column of whom fails: ${name}`, async () => {
        await createViews({ view: { [column]: expression } });
        await insertClients(ids);
        const read = await createBilling(database).readClients(ids, needed);
        const unclear = read.flatMap((client) =>
          client && !(client instanceof Error) && isUnclear(client) ? [client] : [],
        );
        assert.deepEqual(
          unclear.map((client) => [client.clientId, client.faults.map((fault) => fault.column)]),
          [['C-07', [column]]],
        );
        assert.equal(read.filter((client) => client && !(client instanceof Error)).length, ids.length);
        const page = await createFleetReader(database).page({ after: '', limit: 25, costly: [] });
        assert.deepEqual(
          page.clients.map(({ clientId }) => clientId),
          ids.slice(0, 25),
        );
        assert.deepEqual(page.clients.filter(isUnclear), unclear);
        const named = { profiles: ['acme/prepaid'], unnamed: false };
        const glanced = await createLookRows(database).page({ after: '', limit: 25, costly: [], named });
        assert.equal(glanced.clients.length, 24);
        assert.equal(glanced.next, 'C-24');
      });
  });

  it('are used with optional columns from the moment they have them', async () => {
    await createViews({});
    const billing = createBilling(database);
    const before = await billing.readClient('17', needed);
    assert.ok(before && !isUnclear(before));
    assert.deepEqual([before.ownThreshold, before.group], [null, null]);
    await database.query(
      "CREATE OR REPLACE VIEW billing_client AS SELECT *, 'vip' AS client_group, 7.5 AS own_threshold, 2 AS daily_spend, 100 AS last_refill_amount FROM customer",
    );
    const after = await createBilling(database).readClient('17', needed);
    assert.ok(after && !isUnclear(after));
    assert.deepEqual(
      [after.ownThreshold, after.group, after.dailySpend, after.lastRefillAmount],
      ['7.5', 'vip', '2', '100'],
    );
    const without = Object.keys(usual).filter(
      (name) =>
        ![
          'profile_id',
          'name',
          'language',
          'time_zone',
          'created_at',
          'billing_email',
          'reseller_id',
        ].includes(name),
    );
    const known = createBilling(database);
    await known.readClient('17', needed);
    await database.query(
      `CREATE OR REPLACE VIEW billing_client AS SELECT ${without.join(', ')} FROM customer`,
    );
    const bare = await known.readClient('17', needed);
    assert.ok(bare && !isUnclear(bare), 'columns that are gone are noticed by the next statement');
    assert.deepEqual([bare.profileId, bare.name, bare.resellerId], [null, '17', null]);
  });

  it('give every client page by page, whatever the type of the id', async () => {
    for (const type of [
      'INT PRIMARY KEY',
      'VARCHAR(10) COLLATE utf8mb4_bin PRIMARY KEY',
      'BINARY(8) PRIMARY KEY',
      'DECIMAL(10,0) PRIMARY KEY',
    ]) {
      await createViews({ types: { client_id: type } });
      await database.query('DELETE FROM customer');
      const ids = ['-3', '0', '7', '10', '100', '2000'];
      const values = Object.entries(usual)
        .filter(([name]) => name !== 'client_id')
        .map(([, [, value]]) => value);
      for (const id of ids)
        await database.query(`INSERT INTO customer VALUES ('${id}', ${values.join(', ')})`);
      const billing = createBilling(database);
      const found = new Set<string>();
      for (let after = ''; ;) {
        const page = await billing.listClients(after, 2);
        for (const { clientId } of page) found.add(clientId);
        if (page.length < 2) break;
        after = page.at(-1)!.clientId;
      }
      assert.deepEqual([...found].sort(), [...ids].sort(), type);
      assert.equal((await billing.identifyAll(ids)).length, ids.length, type);
      assert.equal(await billing.readClient('no such id', needed), undefined, type);
      assert.equal(await billing.readClient('07', needed), undefined, `${type}: 07 is not 7`);
    }
  });
});
