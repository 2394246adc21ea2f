import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { packageRoot } from '../../authoring/package-root.js';
import { createBilling } from '../../billing/mysql/billing.js';
import { examineViews } from '../../billing/mysql/examine-views.js';
import { createAssigner, watchedWith } from '../../domain/assignment.js';
import { checkClient } from '../../domain/check-client.js';
import { faultsText, isUnclear } from '../../domain/client.js';
import { compare, toDecimal } from '../../domain/money.js';
import { profileNeeds } from '../../domain/profile-needs.js';
import { freshWatch } from '../../domain/cycle/watch-state.js';
import { openDatabase } from '../../store/database.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';
import { aProfile } from '../domain/builders.js';
import { billingSystems, type BillingSystem } from './billing-systems.js';

interface TruthRow {
  readonly id: string | number;
  readonly available: string | number;
  readonly watched: string | number;
  readonly status: string;
  readonly refill: string | null;
  readonly charge: string | null;
}

const clients = 2_000;
const now = Date.UTC(2026, 10, 26);

describe('the views for real billing systems', function () {
  this.timeout(180_000);
  let mysql: TestMysql;
  let database: DataSource;
  const profile = {
    ...aProfile({
      currency: 'USD',
      clientNotification: { threshold: 10 },
      advancedRules: [{ name: 'dormant', threshold: 30, inactivity: '30d' }],
    }),
    reseller: 'all',
    appliesTo: { all: true as const },
  };
  const assigner = createAssigner([profile], [{ reseller: 'all', platform: true }]);

  before(async () => {
    // Five hours behind UTC, as the servers of many of these systems are.
    mysql = await provideTestMysql({ serverOptions: ['--default-time-zone=-05:00', '--sql-mode='] });
    database = await openDatabase(mysql.url);
  });
  after(async () => {
    await database?.destroy();
    await mysql?.stop();
  });

  async function run(sql: string): Promise<void> {
    for (const statement of sql.replaceAll(/^\s*--.*$/gm, '').split(/;\s*(?:\n|$)/))
      if (statement.trim() !== '') await database.query(statement);
  }

  async function build({ name, tables, rows, fill }: BillingSystem): Promise<void> {
    for (const statement of [...tables, ...rows]) await database.query(statement);
    const all = new Map<string, (readonly unknown[])[]>();
    for (let i = 0; i < clients; i += 1)
      for (const [table, some] of Object.entries(fill(i))) {
        const known = all.get(table) ?? [];
        known.push(...some);
        all.set(table, known);
      }
    for (const [table, some] of all)
      for (let from = 0; from < some.length; from += 2_000)
        await database.query(`INSERT INTO ${table} VALUES ?`, [some.slice(from, from + 2_000)]);
    const folder = path.join(packageRoot(), 'integrations', name);
    await run(await readFile(path.join(folder, 'views.sql'), 'utf8'));
    await run(await readFile(path.join(folder, 'indexes.sql'), 'utf8'));
  }

  for (const system of billingSystems) {
    describe(system.name, () => {
      before(async () => {
        await database.query('DROP DATABASE IF EXISTS integration');
        await database.query('CREATE DATABASE integration CHARACTER SET utf8mb4');
        await database.destroy();
        const url = new URL(mysql.url);
        url.pathname = '/integration';
        database = await openDatabase(url.href);
        await build(system);
      });

      it('show each client as plain SQL over the tables does', async () => {
        const truth = await database.query<TruthRow[]>(system.truth);
        assert.equal(truth.length, clients);
        const billing = createBilling(database);
        const needs = profileNeeds(profile);
        const sums = { right: 0, watched: 0, told: 0 };
        for (let from = 0; from < truth.length; from += 500) {
          const rows = truth.slice(from, from + 500);
          const read = await billing.readClients(
            rows.map(({ id }) => String(id)),
            needs,
          );
          for (const [index, row] of rows.entries()) {
            const client = read[index];
            assert.ok(
              client && !(client instanceof Error) && !isUnclear(client),
              `${row.id}: ${client instanceof Error ? client.message : client && isUnclear(client) ? faultsText(client.faults) : 'not found'}`,
            );
            const { reading, decisions } = checkClient(client, profile, freshWatch, {
              now,
              instant: now,
              plannedAt: now,
            });
            const found = {
              available: reading.availableBalance,
              watched: watchedWith(client, assigner) !== undefined,
              status: client.status,
              refill: client.lastRefillAt,
              charge: client.lastChargeAt,
            };
            const at = (text: string | null) =>
              text === null ? null : Date.parse(`${text.replace(' ', 'T').slice(0, 19)}Z`);
            const available = toDecimal(row.available);
            assert.deepEqual(found, {
              available,
              watched: Number(row.watched) === 1,
              status: row.status,
              refill: at(row.refill),
              charge: at(row.charge),
            });
            sums.right += 1;
            if (!found.watched) continue;
            sums.watched += 1;
            const told = decisions.some(({ decision }) => decision === 'send');
            const idle = now - at(row.charge)! >= 30 * 86_400_000;
            const low = compare(available, '10') < 0 || (idle && compare(available, '30') < 0);
            assert.equal(told, row.status === 'active' && low, `${row.id} told`);
            if (told) sums.told += 1;
          }
        }
        assert.equal(sums.right, clients);
        assert.ok(sums.watched > clients / 3 && sums.told > 50, JSON.stringify(sums));
      });

      it('satisfy doctor, and are fast enough', async () => {
        const findings = await examineViews(database, {
          assigner,
          profiles: new Map([[profile.id, profile]]),
          all: true,
          readsOnly: false,
          now,
          progress: () => {},
        });
        const wrong = findings.filter(
          ({ result, what }) => result !== 'ok' && what !== 'engines' && what !== 'billing_entry',
        );
        assert.deepEqual(wrong, []);
      });
    });
  }
});
