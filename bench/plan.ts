import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { loadForSync } from '../planning/load-for-sync.js';
import { makePlan } from '../planning/make-plan.js';
import { createBillingTables } from '../billing/mysql/billing-tables.js';
import { migrate, openDatabase } from '../store/database.js';
import { applyPlan } from '../planning/sync.js';
import { provideBenchMysql } from './bench-mysql.js';
import { benchMysql } from './given.js';
import { profileIdOf, writeProfiles } from './many-profiles.js';
import { median, type Measured } from './measured.js';

const rounds = 3;
const limits = { seconds: 10, megabytes: 1_000 };

/** A plan in which every profile changed: what it means for each client is read and decided twice, before and after. */
export async function plan(profiles: number, clients: number): Promise<Measured> {
  const mysql = await provideBenchMysql();
  const folder = await mkdtemp(path.join(tmpdir(), 'low-balance-bench-'));
  const database = await openDatabase(mysql.url);
  try {
    await migrate(database);
    await createBillingTables(database);
    await fillBilling(database, profiles, clients);
    await writeProfiles(folder, profiles, 50);
    const { hash } = await planOf(database, folder);
    const sync = await measure(() => apply(database, folder, hash));
    await writeProfiles(folder, profiles, 60);
    const planned: { seconds: number; megabytes: number }[] = [];
    let newlyTold = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { result, ...measured } = await measure(() => planOf(database, folder));
      if (result.changes.length !== profiles)
        throw new Error(`expected ${profiles} changes, found ${result.changes.length}`);
      newlyTold = result.changes.reduce((sum, { impact }) => sum + impact.newlyTold.length, 0);
      planned.push(measured);
    }
    return {
      bench: `a plan of ${profiles} changed profiles against ${clients} clients`,
      how: `${benchMysql}, median of ${rounds}; memory is the most of the whole process, sampled ten times a second`,
      series: [],
      ratios: [],
      figures: [
        {
          name: 'plan',
          value: median(planned.map(({ seconds }) => seconds)),
          unit: 's',
          below: limits.seconds,
        },
        {
          name: 'memory',
          value: Math.max(...planned.map(({ megabytes }) => megabytes)),
          unit: 'MB',
          below: limits.megabytes,
        },
        { name: 'clients it names as newly notified', value: newlyTold, unit: 'clients' },
        { name: 'sync of as many new profiles', value: sync.seconds, unit: 's' },
      ],
    };
  } finally {
    await database.destroy();
    await rm(folder, { recursive: true, force: true });
    await mysql.stop();
  }
}

async function planOf(database: DataSource, folder: string) {
  const loaded = await loadForSync('profiles', folder);
  const result = await makePlan({ database, billing: database, folder: loaded, now: Date.now() });
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems.slice(0, 3)));
  return result.plan;
}

async function apply(database: DataSource, folder: string, expectedHash: string): Promise<void> {
  const { files, resellerFiles, policy } = await loadForSync('profiles', folder);
  await applyPlan(database, {
    files,
    resellerFiles,
    policy,
    expectedHash,
    author: null,
    sourceCommit: null,
    now: Date.now(),
    lockWaitMs: 1_000,
  });
}

async function measure<T>(
  work: () => Promise<T>,
): Promise<{ result: T; seconds: number; megabytes: number }> {
  let most = 0;
  const sample = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, 100);
  const from = performance.now();
  const result = await work();
  clearInterval(timer);
  sample();
  return { result, seconds: (performance.now() - from) / 1_000, megabytes: most / 1e6 };
}

async function fillBilling(database: DataSource, profiles: number, clients: number): Promise<void> {
  const at = '2026-01-01 00:00:00';
  const now = Date.now();
  await database.query(
    "INSERT INTO billing_exchange_rate VALUES ('USD', 'EUR', '0.9'), ('EUR', 'USD', '1.1')",
  );
  await database.query("INSERT INTO billing_user VALUES ('j.doe', NULL, 'j.doe@carrier.example')");
  for (let from = 0; from < clients; from += 2_000) {
    const ids = Array.from({ length: Math.min(2_000, clients - from) }, (_, i) => from + i);
    const profileOf = (i: number) => profileIdOf(i % profiles);
    await database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, billing_email, created_at,
         last_charge_at, last_refill_at) VALUES ?`,
      [
        ids.map((i) => [
          `client-${i}`,
          `Client ${i}`,
          profileOf(i).split('/')[0],
          profileOf(i),
          i % 3 === 0 ? 'EUR' : 'USD',
          (i * 7919) % 500,
          `billing@client-${i}.example`,
          at,
          at,
          at,
        ]),
      ],
    );
    await database.query(
      `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch) VALUES ?`,
      [
        ids.map((i) => [
          `client-${i}`,
          profileOf(i),
          'low',
          86_400_000,
          now + i,
          now,
          JSON.stringify({
            profileId: profileOf(i),
            lastRefillAt: Date.parse(`${at}Z`),
            acceptedAt: { user: [now - 1_000 - i, now - i], client: [now - i] },
          }),
        ]),
      ],
    );
  }
  await database.query('ANALYZE TABLE billing_client, low_balance_watched_client');
}
