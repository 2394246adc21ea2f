import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { backtest } from '../../cli/write/backtest.js';
import { simulate } from '../../cli/write/simulate.js';
import { readLastBefore } from '../../billing/mysql/billing-entries.js';
import { createBillingTables } from '../../billing/mysql/billing-tables.js';
import { openDatabase } from '../../store/database.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';
import { anIo } from './an-io.js';

const dayMs = 86_400_000;

describe('what a profile would have sent', () => {
  let folder: string;
  let mysql: TestMysql;
  let database: DataSource;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'backtest-'));
    await mkdir(path.join(folder, 'profiles', 'acme'), { recursive: true });
    await writeFile(
      path.join(folder, 'profiles', 'acme', 'prepaid.json'),
      JSON.stringify({
        name: 'Prepaid',
        reseller: 'acme',
        currency: 'USD',
        sortOrder: 1,
        maxQty: 2,
        period: '24h',
        clientNotification: { threshold: 50 },
      }),
    );
    mysql = await provideTestMysql();
    database = await openDatabase(mysql.url);
    await createBillingTables(database);
  });

  after(async () => {
    await database?.destroy();
    await mysql?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('backtest: by the recorded entries of a client, back from its balance of today', async () => {
    const at = (daysAgo: number) =>
      new Date(Date.now() - daysAgo * dayMs).toISOString().slice(0, 23).replace('T', ' ');
    await database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, credit_limit, billing_email, status, prepaid, created_at)
       VALUES ('C-1', 'One', 'acme', 'acme/prepaid', 'USD', '45.00', 0, 'one@client.example', 'active', 1, ?)`,
      [at(400)],
    );
    // 100 at the start, 40 from day 2.5, told on days 3 and 4; 140 from day 5.5; 45 from day 9.3, told on day 10.
    const entries = [
      ['C-1', at(8), 'charge', '60'],
      ['C-1', at(5), 'refill', '100'],
      ['C-1', at(1.2), 'charge', '95'],
      ['C-1', at(300), 'charge', '1000'],
    ];
    await database.query('INSERT INTO billing_entry (client_id, at, kind, amount) VALUES ?', [entries]);
    const io = anIo(folder, { MYSQL_URL: mysql.url });
    const options = {
      folder: 'profiles',
      since: Date.now() - 10.5 * 86_400_000,
      limit: 10,
      format: 'json',
    } as const;
    assert.equal(await backtest('acme/prepaid', options, io), 0);
    const { clients } = JSON.parse(io.printed()) as {
      clients: {
        client: string;
        sums: object;
        notices: { at: string; available: string; count: object }[];
      }[];
    };
    assert.equal(clients[0]?.client, 'C-1');
    assert.deepEqual(clients[0].sums, { client: 3 });
    assert.deepEqual(
      clients[0].notices.map(({ at, available, count }) => [at, available, count]),
      [
        ['3d', '40', { client: 1 }],
        ['4d', '40', { client: 2 }],
        ['10d', '45', { client: 1 }],
      ],
    );
    assert.doesNotMatch(io.printed(), /@/, 'no address is shown');

    const people = anIo(folder, { MYSQL_URL: mysql.url });
    await backtest('acme/prepaid', { ...options, format: 'human' }, people);
    assert.match(people.printed(), /1 of 1 clients would have been notified, at 3 checks/);
  });

  it('backtest: a recorded refill of zero or less corrects the balance, and starts no new cycle', async () => {
    const at = (daysAgo: number) => new Date(Date.now() - daysAgo * dayMs);
    await database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, credit_limit, billing_email, status, prepaid, created_at)
       VALUES ('C-2', 'Two', 'acme', 'acme/prepaid', 'USD', 30, 0, 'two@client.example', 'active', 1, ?)`,
      [at(400)],
    );
    // 40 from the start, told at once and on day 1, and then Max Qty; what comes then is no refill.
    const entries = [
      ['C-2', at(100), 'refill', 50],
      ['C-2', at(90), 'refill', -5],
      ['C-2', at(6.2), 'refill', 0],
      ['C-2', at(4.2), 'Refill', -10],
    ];
    await database.query('INSERT INTO billing_entry (client_id, at, kind, amount) VALUES ?', [entries]);
    const since = Date.now() - 10.5 * dayMs;
    const io = anIo(folder, { MYSQL_URL: mysql.url });
    const options = { folder: 'profiles', client: 'C-2', since, limit: 10, format: 'json' } as const;
    await backtest('acme/prepaid', options, io);
    const { clients } = JSON.parse(io.printed()) as {
      clients: { notices: { at: string; available: string }[] }[];
    };
    assert.deepEqual(
      clients[0]?.notices.map(({ at: offset, available }) => [offset, available]),
      [
        ['0s', '40'],
        ['1d', '40'],
      ],
    );
    const { refillAt } = await readLastBefore(database, 'C-2', since);
    assert.equal(Math.round((Date.now() - refillAt!) / dayMs), 100);
  });

  it('backtest: at the real times of day, of a client of many years that was charged just before', async () => {
    const since = Math.floor((Date.now() - 3 * dayMs) / 60_000) * 60_000;
    const clock = (hours: number) => new Date(since + hours * 3_600_000).toISOString().slice(11, 16);
    await writeFile(
      path.join(folder, 'profiles', 'acme', 'hours.json'),
      JSON.stringify({
        name: 'Hours',
        reseller: 'acme',
        currency: 'USD',
        sortOrder: 2,
        maxQty: 2,
        period: '24h',
        sendingHours: { from: clock(2), to: clock(3) },
        clientNotification: { threshold: 50 },
      }),
    );
    await database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, credit_limit, billing_email, status, prepaid, created_at)
       VALUES ('C-3', 'Three', 'acme', 'acme/hours', 'USD', 40, 0, 'three@client.example', 'active', 1, '2001-01-01')`,
    );
    const entries = [
      ['C-3', '2002-01-01', 'refill', 50],
      ['C-3', new Date(since - 400).toISOString().slice(0, 23).replace('T', ' '), 'charge', 5],
    ];
    await database.query('INSERT INTO billing_entry (client_id, at, kind, amount) VALUES ?', [entries]);
    const io = anIo(folder, { MYSQL_URL: mysql.url });
    await backtest('acme/hours', { folder: 'profiles', client: 'C-3', since, limit: 10, format: 'json' }, io);
    const { clients } = JSON.parse(io.printed()) as { clients: { notices: { at: string }[] }[] };
    assert.deepEqual(
      clients[0]?.notices.map(({ at }) => at),
      ['2h', '1d2h'],
    );
  });

  it('simulate: by a balance history, and by a linear decline', async () => {
    await writeFile(
      path.join(folder, 'h.csv'),
      'at,balance\n2026-01-01T00:00:00Z,100\n2026-01-02T12:00:00Z,49.99\n',
    );
    const options = { folder: 'profiles', balance: '100', perDay: '24', refill: [], creditLimit: '0' };
    const io = anIo(folder);
    await simulate(
      'acme/prepaid',
      { ...options, balanceFrom: 'h.csv', forMs: 10 * 86_400_000, format: 'json' },
      io,
    );
    const { notices } = JSON.parse(io.printed()) as { notices: { time: string; available: string }[] };
    assert.deepEqual(
      notices.map(({ time, available }) => [time, available]),
      [
        ['2026-01-03T00:00:00.000Z', '49.99'],
        ['2026-01-04T00:00:00.000Z', '49.99'],
      ],
    );
    const people = anIo(folder);
    await simulate('acme/prepaid', { ...options, format: 'human' }, people);
    assert.match(people.printed(), /│ 3d .*│ 28 .*│ client \(1 of 2\)/);
    assert.match(people.printed(), /▲/);
    const daily = anIo(folder);
    await simulate('acme/prepaid', { ...options, perDay: '10', refill: [], format: 'json' }, daily);
    const first = (JSON.parse(daily.printed()) as { notices: { available: string }[] }).notices[0];
    assert.equal(first?.available, '40', 'after six days of 10 a day, whatever an hour comes to');
    const belowZero = anIo(folder);
    await simulate('acme/prepaid', { ...options, perDay: '10', format: 'human' }, belowZero);
    assert.match(belowZero.printed(), /^ +0\.00 /m);
    assert.doesNotMatch(belowZero.printed(), /-0\.00 /);
  });

  it('simulate and backtest: limits that move are drawn moving', async () => {
    await writeFile(
      path.join(folder, 'profiles', 'acme', 'moving.json'),
      JSON.stringify({
        name: 'Moving',
        reseller: 'acme',
        currency: 'USD',
        sortOrder: 2,
        maxQty: 20,
        period: '24h',
        clientNotification: { threshold: { lasts: '2d' }, recovered: true },
        advancedRules: [{ name: 'tenth', threshold: { percentOfLastRefill: 10 } }],
      }),
    );
    await writeFile(
      path.join(folder, 'moving.csv'),
      [
        'at,kind,amount',
        '0s,refill,400',
        ...Array.from({ length: 10 }, (_, day) => `${day * 24 + 12}h,charge,${day < 5 ? 10 : 80}`),
        '244h,refill,1000',
        '270h,charge,1',
        '',
      ].join('\n'),
    );
    const options = { folder: 'profiles', balance: '0', perDay: '0', refill: [], creditLimit: '0' };
    const io = anIo(folder);
    await simulate('acme/moving', { ...options, balanceFrom: 'moving.csv', format: 'json' }, io);
    const { notices } = JSON.parse(io.printed()) as { notices: Record<string, unknown>[] };
    // Means of the seven days before: 10 a day for five days, then (5 × 10 + 80) / 6, and so on.
    assert.deepEqual(
      notices.map(({ at, available, rules, recovered, limits }) => [at, available, rules, recovered, limits]),
      [
        ['9d', '30', ['advanced:tenth', 'client'], undefined, { 'advanced:tenth': '40', client: '100' }],
        ['10d', '-50', ['advanced:tenth', 'client'], undefined, { 'advanced:tenth': '40', client: '120' }],
        ['11d', '950', [], ['client'], { client: '117.142857142858' }],
      ],
    );
    const people = anIo(folder);
    await simulate('acme/moving', { ...options, balanceFrom: 'moving.csv', format: 'human' }, people);
    assert.match(people.printed(), /client recovered/);
    const rising = people
      .printed()
      .split('\n')
      .filter((line) => line.includes('╭') || line.includes('╯'));
    assert.ok(rising.length >= 2, people.printed());
  });

  it('simulate: own thresholds and sending hours by the client’s clocks', async () => {
    await writeFile(
      path.join(folder, 'profiles', 'acme', 'own.json'),
      JSON.stringify({
        name: 'Own',
        reseller: 'acme',
        currency: 'USD',
        sortOrder: 3,
        maxQty: 1,
        period: '1h',
        sendingHours: { from: '09:00', to: '17:00' },
        clientNotification: { threshold: { own: true, otherwise: 50 } },
      }),
    );
    const options = { folder: 'profiles', balance: '100', perDay: '24', refill: [], creditLimit: '0' };
    const noticesWith = async (own: { ownThreshold?: string; timeZone?: string }) => {
      const io = anIo(folder);
      await simulate('acme/own', { ...options, ...own, format: 'json' }, io);
      const { notices } = JSON.parse(io.printed()) as { notices: Record<string, unknown>[] };
      return notices.map(({ at, available, limits }) => [at, available, limits]);
    };
    // 50 is passed at 02:00 UTC of the third day, and hours open at 09:00.
    assert.deepEqual(await noticesWith({}), [['2d9h', '43', { client: '50' }]]);
    assert.deepEqual(await noticesWith({ timeZone: 'Asia/Tokyo' }), [['2d3h', '49', { client: '50' }]]);
    assert.deepEqual(await noticesWith({ ownThreshold: '30' }), [['3d9h', '19', { client: '30' }]]);
    await writeFile(path.join(folder, 'profiles', 'acme', 'reseller.json'), '{ "timeZone": "Asia/Tokyo" }');
    assert.deepEqual(await noticesWith({}), [['2d3h', '49', { client: '50' }]], 'by the reseller’s clocks');
    assert.deepEqual(await noticesWith({ timeZone: 'Etc/UTC' }), [['2d9h', '43', { client: '50' }]]);

    const io = anIo(folder, { MYSQL_URL: mysql.url });
    const recorded = { folder: 'profiles', client: 'C-2', since: Date.now() - 10 * dayMs, limit: 1 } as const;
    await backtest('acme/own', { ...recorded, format: 'json' }, io);
    const { clients } = JSON.parse(io.printed()) as { clients: { notices: { time: string }[] }[] };
    const hour = Number(clients[0]?.notices[0]?.time.slice(11, 13));
    assert.ok(hour >= 0 && hour < 8, `between 09:00 and 17:00 in Tokyo: ${io.printed()}`);
  });

  for (const [name, text, message] of [
    ['a header it does not know', 'when,balance\n1,2\n', /expected the header/],
    ['a row without an amount', 'at,kind,amount\n1h,charge,x\n', /row 1: expected an amount/],
    ['a time that is none', '[{ "at": "soon", "balance": 1 }]', /row 1: at: expected an offset/],
    ['no row', 'at,balance\n', /at least one row/],
  ] as const) {
    it(`simulate: refuses a history with ${name}`, async () => {
      await writeFile(path.join(folder, 'bad'), text);
      const options = { folder: 'profiles', balance: '1', perDay: '1', refill: [], creditLimit: '0' };
      const ran = simulate('acme/prepaid', { ...options, balanceFrom: 'bad', format: 'json' }, anIo(folder));
      await assert.rejects(ran, message);
    });
  }
});
