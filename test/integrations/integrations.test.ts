import assert from 'node:assert/strict';
import type { DataSource } from 'typeorm';
import { createBilling } from '../../billing/mysql/billing.js';
import { examineViews } from '../../billing/mysql/examine-views.js';
import { createAssigner, watchedWith } from '../../domain/assignment.js';
import { checkClient } from '../../domain/check-client.js';
import { faultsText, isUnclear } from '../../domain/client.js';
import { toDecimal } from '../../domain/money.js';
import { profileNeeds } from '../../domain/profile-needs.js';
import { freshWatch } from '../../domain/cycle/watch-state.js';
import { openDatabase } from '../../store/database.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';
import { aProfile } from '../domain/builders.js';
import { billingSystems, idleOrLow, instantOf, type TruthRow } from './billing-systems.js';
import { buildSystem } from './build-system.js';

const clients = 4_000;
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

  for (const system of billingSystems) {
    describe(system.name, () => {
      before(async () => {
        await database.query('DROP DATABASE IF EXISTS integration');
        await database.query('CREATE DATABASE integration CHARACTER SET utf8mb4');
        await database.destroy();
        const url = new URL(mysql.url);
        url.pathname = '/integration';
        database = await openDatabase(url.href);
        await buildSystem(database, system, clients);
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
            const available = toDecimal(row.available);
            assert.deepEqual(found, {
              available,
              watched: Number(row.watched) === 1,
              status: row.status,
              refill: instantOf(row.refill),
              charge: instantOf(row.charge),
            });
            sums.right += 1;
            if (!found.watched) continue;
            sums.watched += 1;
            const told = decisions.some(({ decision }) => decision === 'send');
            assert.equal(told, row.status === 'active' && idleOrLow(row, now), `${row.id} told`);
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
