import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { DataSource } from 'typeorm';
import { packageRoot } from '../../authoring/package-root.js';
import { createBillingTables } from '../../billing/mysql/billing-tables.js';
import { createDeliveryReports } from '../../delivery/ledger/delivery-reports.js';
import { migrate, openDatabase } from '../../store/database.js';
import { createLog } from '../../worker/log.js';
import { reconcileId } from '../../worker/setup.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

const denied = /command denied|Access denied/;

describe('docs/examples/grants.sql', () => {
  let servers: RealServers;
  const opened: DataSource[] = [];

  before(async () => {
    servers = await startRealServers({ ownMysql: true });
    const { database } = servers;
    for (const name of ['own', 'billing']) await database.query(`CREATE DATABASE ${name}`);
    const script = await readFile(path.join(packageRoot(), 'docs', 'examples', 'grants.sql'), 'utf8');
    // The test server has a database of the usual name already.
    const [before, after] = script.replaceAll(/\blow_balance\./g, 'own.').split('-- Step 2,') as [
      string,
      string,
    ];
    await runScript(before);
    await migrate(await openAs('lb_setup', 'change-me-1', 'own'));
    await createBillingTables(await openAdmin('billing'));
    await runScript(`-- Step 2,${after}`);
    const billing = await openAdmin('billing');
    await putClient(billing, 'C-1', '40');
    await billing.query("INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'manager@acme.example')");
    await putProfile(await openAdmin('own'), 'prepaid');
  });
  after(async () => {
    for (const database of opened) await database.destroy();
    await servers?.stop();
  });

  async function runScript(script: string): Promise<void> {
    const statements = script.replaceAll(/^--.*$/gm, '').split(';');
    for (const statement of statements) if (statement.trim()) await servers.database.query(statement);
  }

  function urlOf(database: string, user?: string, password?: string): string {
    const url = new URL(servers.env['MYSQL_URL']!);
    url.pathname = `/${database}`;
    if (user !== undefined) [url.username, url.password] = [user, password!];
    return url.href;
  }

  async function open(url: string): Promise<DataSource> {
    const database = await openDatabase(url, { poolSize: 3 });
    opened.push(database);
    return database;
  }
  const openAdmin = (database: string) => open(urlOf(database));
  const openAs = (user: string, password: string, database: string) => open(urlOf(database, user, password));

  it('lets the worker check, tell, record deliveries and reconcile, and nothing more', async () => {
    const database = await openAs('lb_worker', 'change-me-2', 'own');
    const billing = await openAs('lb_billing', 'change-me-5', 'billing');
    const lines = new PassThrough();
    let logged = '';
    lines.on('data', (chunk) => (logged += String(chunk)));
    const worker = await servers.startWorker({
      parts: { database, billing, log: createLog('warn', lines) },
    });
    try {
      await servers.client.schedule.getHandle(reconcileId).trigger();
      await eventually('told', async () => (await servers.status('C-1')).rules['client']?.count === 1);
      await eventually('seen', async () => {
        const rows = await database.query<object[]>(
          "SELECT 1 FROM low_balance_watched_client WHERE state = 'low'",
        );
        return rows.length === 1;
      });
      const [notice] = await database.query<{ id: string }[]>('SELECT id FROM low_balance_notice');
      await createDeliveryReports(database).record([
        {
          eventId: 'e-1',
          noticeId: notice!.id,
          address: 'billing@c-1.example',
          delivery: 'bounced',
          reason: 'no such mailbox',
          at: Date.now(),
        },
      ]);
    } finally {
      await worker.stop();
    }
    assert.equal(logged, '', 'nothing is warned of');
    for (const statement of [
      'DELETE FROM low_balance_notice',
      "UPDATE low_balance_profile SET content = '{}'",
      'DELETE FROM low_balance_profile',
      'DROP TABLE low_balance_notice',
      'SELECT * FROM low_balance_revision',
      'UPDATE billing.billing_client SET balance = 0',
    ]) {
      await assert.rejects(database.query(statement), denied, statement);
    }
  });

  it('lets forget-old-notices.sql delete old notices with their addresses, and nothing else', async () => {
    const admin = await openAdmin('own');
    const dayMs = 86_400_000;
    const insert = async (id: string, days: number, state: string) => {
      const at = Date.now() - days * dayMs;
      await admin.query(
        "INSERT INTO low_balance_notice (id, client_id, check_at, audience, profile_id, rules, state, attempts, created_at) VALUES (?, ?, ?, 'client', 'acme/prepaid', '[]', ?, 1, ?)",
        [id, `C-${id}`, at, state, at],
      );
      await admin.query(
        "INSERT INTO low_balance_notice_recipient (notice_id, address, state, updated_at) VALUES (?, 'a@example.org', ?, ?)",
        [id, state, at],
      );
      await admin.query(
        'INSERT INTO low_balance_address (address, delivery, event_at, unreached, changed_at) VALUES (?, ?, ?, ?, ?)',
        [`${id}@example.org`, 'delivered', at, state === 'failed' ? 1 : 0, at],
      );
    };
    await insert('old', 401, 'accepted');
    await insert('old-unreached', 401, 'failed');
    await insert('old-pending', 401, 'pending');
    await insert('recent', 399, 'accepted');
    const script = await readFile(
      path.join(packageRoot(), 'docs', 'examples', 'forget-old-notices.sql'),
      'utf8',
    );
    // One connection: the script has a variable and a transaction.
    const forget = await openDatabase(urlOf('own', 'lb_forget', 'change-me-6'), { poolSize: 1 });
    opened.push(forget);
    for (const statement of script.replaceAll(/^--.*$/gm, '').split(';'))
      if (statement.trim()) await forget.query(statement);
    const idsOf = async (sql: string) => (await admin.query<{ id: string }[]>(sql)).map(({ id }) => id);
    const kept = ['old-pending', 'recent'];
    assert.deepEqual(
      await idsOf("SELECT id FROM low_balance_notice WHERE id LIKE 'old%' OR id = 'recent' ORDER BY id"),
      kept,
    );
    assert.deepEqual(
      await idsOf(
        "SELECT notice_id AS id FROM low_balance_notice_recipient WHERE address = 'a@example.org' ORDER BY notice_id",
      ),
      kept,
    );
    assert.deepEqual(
      await idsOf(
        "SELECT address AS id FROM low_balance_address WHERE address LIKE '%@example.org' ORDER BY address",
      ),
      ['old-unreached@example.org', 'recent@example.org'],
    );
    await assert.rejects(forget.query('UPDATE low_balance_notice SET attempts = 0'), denied);
    await assert.rejects(forget.query('DELETE FROM low_balance_profile'), denied);
  });

  it('lets nobody write to the billing database', async () => {
    const billing = await openAs('lb_billing', 'change-me-5', 'billing');
    for (const table of ['client', 'reseller', 'user', 'exchange_rate', 'entry']) {
      await billing.query(`SELECT * FROM billing_${table} LIMIT 1`);
      await assert.rejects(billing.query(`DELETE FROM billing_${table}`), denied, table);
      await assert.rejects(billing.query(`INSERT INTO billing_${table} VALUES ()`), denied, table);
    }
    await assert.rejects(billing.query('UPDATE billing_client SET balance = 1000'), denied);
    await assert.rejects(billing.query('CREATE TABLE mine (id INT)'), denied);
    await assert.rejects(billing.query('SELECT * FROM own.low_balance_notice'), denied);
  });

  it('lets sync write profiles and revisions alone, and readers nothing', async () => {
    const sync = await openAs('lb_sync', 'change-me-3', 'own');
    await sync.query('UPDATE low_balance_profile SET version = version');
    await sync.query('UPDATE low_balance_synced_commit SET commit_id = commit_id');
    for (const statement of [
      'UPDATE low_balance_revision SET version = 1',
      'DELETE FROM low_balance_revision',
      "UPDATE low_balance_notice SET state = 'accepted'",
      'DELETE FROM low_balance_watched_client',
    ]) {
      await assert.rejects(sync.query(statement), denied, statement);
    }
    const reader = await openAs('lb_read', 'change-me-4', 'own');
    await reader.query('SELECT * FROM low_balance_revision');
    await assert.rejects(reader.query('UPDATE low_balance_profile SET version = version'), denied);
    await assert.rejects(reader.query('SELECT * FROM billing.billing_client'), denied);
  });
});
