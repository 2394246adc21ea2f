import type { DataSource } from 'typeorm';
import { createBillingTables } from '../billing/mysql/billing-tables.js';
import { createBilling } from '../billing/mysql/billing.js';
import { examineViews } from '../billing/mysql/examine-views.js';
import { createFleetReader } from '../billing/mysql/fleet-reader.js';
import { createAssigner } from '../domain/assignment.js';
import { normaliseProfile } from '../domain/profile/profile.js';
import { profileNeeds } from '../domain/profile-needs.js';
import { openDatabase } from '../store/database.js';
import { createBareReads } from './bare-reads.js';
import { provideBenchMysql } from './bench-mysql.js';
import { clientIdOf, insertClients } from './clients.js';
import { benchMysql } from './given.js';
import { median, ratioOf, type Measured, type Series } from './measured.js';

const atOnce = 100;
const readsWarm = 60;
const readsMeasured = 400;
/** Reads of one round: a single one is too short to be measured. */
const readsOfRound = 20;

/**
 * What a check's read costs over tables as the contract has them, against a statement that takes every value as it comes; what `doctor`
 * and a page of a plan cost over the views of a billing system, which look refills and calls up in tables of their own.
 */
export async function views(clients: number): Promise<readonly Measured[]> {
  const mysql = await provideBenchMysql();
  const database = await openDatabase(mysql.url);
  try {
    await createBillingTables(database);
    await database.query("INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'manager@acme.example')");
    await database.query("INSERT INTO billing_user VALUES ('j.doe', 'acme', 'j.doe@acme.example')");
    await database.query("INSERT INTO billing_exchange_rate VALUES ('USD', 'EUR', 0.9)");
    await insertClients(database, clients);
    await database.query(
      `UPDATE billing_client SET last_refill_at = '2026-01-02 03:04:05', last_charge_at = '2026-02-03 04:05:06',
         billing_email = CONCAT(client_id, '@client.example'), currency = IF(RIGHT(client_id, 1) < '5', 'USD', 'EUR')`,
    );
    await database.query('ANALYZE TABLE billing_client');
    const reads = await measureReads(database, clients);
    await makeViews(database);
    return [reads, await measureViews(database, clients)];
  } finally {
    await database.destroy();
    await mysql.stop();
  }
}

const profile = normaliseProfile('acme/prepaid', {
  name: 'Prepaid',
  reseller: 'acme',
  currency: 'USD',
  sortOrder: 1,
  maxQty: 3,
  period: '1d',
  userNotification: { threshold: 100, users: ['j.doe'] },
  clientNotification: { threshold: 50 },
  advancedRules: [{ name: 'dormant', threshold: 5, inactivity: '30d' }],
});

async function measureReads(database: DataSource, clients: number): Promise<Measured> {
  const needs = profileNeeds(profile);
  const idsOf = (round: number) =>
    Array.from({ length: atOnce }, (_, i) => clientIdOf((round * 7919 + i * 97) % clients));
  const [ours, bare] = [createBilling(database), createBareReads(database)];
  const sides = [
    { name: 'reads of a check, by the gate', read: (ids: readonly string[]) => ours.readClients(ids, needs) },
    {
      name: 'bare: the same join, its values as they come',
      read: (ids: readonly string[]) => bare(ids, needs),
    },
  ].map((side) => ({ ...side, rates: [] as number[], cpu: [] as number[] }));
  for (let round = 0; round < readsWarm + readsMeasured; round += readsOfRound) {
    for (const { read, rates, cpu } of sides) {
      const [from, cpuFrom] = [performance.now(), process.cpuUsage()];
      for (let i = 0; i < readsOfRound; i += 1) {
        const found = await read(idsOf(round + i));
        if (found.length !== atOnce || found.includes(undefined)) throw new Error('clients are missing');
      }
      const used = process.cpuUsage(cpuFrom);
      if (round < readsWarm) continue;
      rates.push((readsOfRound * 1_000) / (performance.now() - from));
      cpu.push((used.user + used.system) / 1_000 / readsOfRound / atOnce);
    }
  }
  const series = (values: 'rates' | 'cpu', unit: string): readonly Series[] =>
    sides.map((side) => ({
      side: values === 'cpu' ? `${side.name}; CPU of a client` : side.name,
      unit,
      rounds: side[values],
    }));
  const [rate, bareRate] = series('rates', 'reads/s');
  const [cpu, bareCpu] = series('cpu', 'ms');
  return {
    bench: `reads of ${atOnce} clients`,
    how: `${benchMysql}, tables of ${clients} clients; ${readsOfRound} reads a round, in turns; CPU is this process's`,
    series: [rate!, bareRate!, cpu!, bareCpu!],
    // A read may take 1.2 times as long.
    ratios: [ratioOf(rate!, bareRate!, 0.83), ratioOf(cpu!, bareCpu!)],
    figures: [],
  };
}

async function measureViews(database: DataSource, clients: number): Promise<Measured> {
  const assigner = createAssigner([profile], [{ reseller: 'acme', platform: false }]);
  const pages: number[] = [];
  const fleet = createFleetReader(database);
  for (let after: string | undefined = ''; after !== undefined;) {
    const from = performance.now();
    const page = await fleet.page({ after, limit: 10_000, costly: [] });
    if (page.clients.length === 10_000) pages.push((performance.now() - from) / 1_000);
    after = page.next;
  }
  const from = performance.now();
  const findings = await examineViews(database, {
    assigner,
    profiles: new Map([[profile.id, profile]]),
    all: false,
    readsOnly: false,
    now: Date.now(),
    progress: () => {},
  });
  const doctor = (performance.now() - from) / 1_000;
  const bad = findings.filter(({ result }) => result === 'error');
  if (bad.length > 0) throw new Error(JSON.stringify(bad));
  return {
    bench: `views over ${clients} clients, ${clients * 5} calls and ${clients * 2} refills`,
    how: `${benchMysql}; the views look calls and refills up by index`,
    series: [{ side: 'a page of 10,000 clients of a plan', unit: 's', rounds: pages }],
    ratios: [],
    figures: [
      { name: 'a page of 10,000 clients of a plan', value: median(pages), unit: 's', below: 0.5 },
      { name: 'doctor, sampled', value: doctor, unit: 's', below: 10 },
    ],
  };
}

/** The billing tables become those of a billing system, with refills and calls of their own, and views over them. */
async function makeViews(database: DataSource): Promise<void> {
  const several = (count: number) =>
    Array.from({ length: count }, (_, i) => `SELECT ${i + 1} AS n`).join(' UNION ALL ');
  for (const statement of [
    'RENAME TABLE billing_client TO customer',
    'CREATE TABLE refill (customer VARCHAR(64) COLLATE utf8mb4_bin, at DATETIME, amount DECIMAL(15,5))',
    'CREATE TABLE call_record (customer VARCHAR(64) COLLATE utf8mb4_bin, at DATETIME, cost DECIMAL(15,5))',
    `INSERT INTO refill SELECT client_id, '2026-01-01' + INTERVAL n DAY, 25 FROM customer, (${several(2)}) numbers`,
    `INSERT INTO call_record SELECT client_id, '2026-02-01' + INTERVAL n DAY, 0.1 FROM customer, (${several(5)}) numbers`,
    'CREATE INDEX last_refill ON refill (customer, at)',
    'CREATE INDEX last_call ON call_record (customer, at)',
    'ANALYZE TABLE refill, call_record',
    `CREATE VIEW billing_client AS SELECT c.client_id, c.name, c.reseller_id, c.profile_id, c.currency, c.balance, c.credit_limit,
       c.billing_email, c.status, c.prepaid, c.language, c.time_zone, c.created_at,
       (SELECT MAX(r.at) FROM call_record r WHERE r.customer = c.client_id) AS last_charge_at,
       (SELECT MAX(f.at) FROM refill f WHERE f.customer = c.client_id) AS last_refill_at FROM customer c`,
  ])
    await database.query(statement);
}
