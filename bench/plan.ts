import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { loadForSync } from '../cli/load-for-sync.js';
import { makePlan } from '../cli/make-plan.js';
import { createBillingTables } from '../dev/billing-tables.js';
import { provideMysql } from '../dev/mysql.js';
import { progressOnStderr } from '../dev/progress.js';
import { migrate, openDatabase } from '../store/database.js';
import { applyPlan } from '../store/sync.js';

// Measures a plan of 1,000 changed profiles against 100,000 clients: `node dist/bench/plan.js [profiles] [clients]`.
// Exit 1 where it takes 10 s or more, or 1 GB or more.

const [profileCount = 1_000, clientCount = 100_000] = process.argv.slice(2).map(Number);
const limits = { seconds: 10, megabytes: 1_000 };

const mysql = await provideMysql({ env: process.env, progress: progressOnStderr, ephemeral: true });
const folder = await mkdtemp(path.join(tmpdir(), 'low-balance-bench-'));
try {
  const database = await openDatabase(mysql.url);
  await migrate(database);
  await createBillingTables(database);
  await fillBilling(database);
  await writeProfiles(50);
  const first = await measure('sync of new profiles', () => plan(database));
  await measure('  carried out', () => apply(database, first.result.hash));
  await writeProfiles(60);
  const { result, seconds, megabytes } = await measure('plan of changed profiles', () => plan(database));
  const newlyTold = result.changes.reduce((sum, { impact }) => sum + impact.newlyTold.length, 0);
  process.stdout.write(
    `${result.changes.length} profiles change, ${clientCount} clients, ${newlyTold} newly told: ` +
      `${seconds.toFixed(1)} s (limit ${limits.seconds}), ${megabytes.toFixed(0)} MB at most (limit ${limits.megabytes})\n`,
  );
  await database.destroy();
  process.exitCode = seconds < limits.seconds && megabytes < limits.megabytes ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
  await mysql.stop();
}

async function plan(database: DataSource) {
  const loaded = await loadForSync('profiles', folder);
  const result = await makePlan({ database, billing: database, folder: loaded, now: Date.now() });
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems.slice(0, 3)));
  return result.plan;
}

async function apply(database: DataSource, expectedHash: string): Promise<void> {
  const { files, policy } = await loadForSync('profiles', folder);
  const nobody = { author: null, sourceCommit: null };
  await applyPlan(database, {
    files,
    policy,
    expectedHash,
    ...nobody,
    now: Date.now(),
    lockWaitMs: 1_000,
  });
}

/** Memory is the whole process's, sampled ten times a second. */
async function measure<T>(
  what: string,
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
  const [seconds, megabytes] = [(performance.now() - from) / 1_000, most / 1e6];
  process.stderr.write(`${what}: ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB\n`);
  return { result, seconds, megabytes };
}

async function writeProfiles(threshold: number): Promise<void> {
  for (let i = 0; i < profileCount; i += 1) {
    const reseller = `reseller-${i % 20}`;
    const file = path.join(folder, 'profiles', reseller, `p-${i}.json`);
    await mkdir(path.dirname(file), { recursive: true });
    const profile = {
      name: `Profile ${i}`,
      reseller,
      currency: i % 2 === 0 ? 'USD' : 'EUR',
      sortOrder: i,
      maxQty: 3,
      period: '24h',
      userNotification: { threshold: 2 * threshold, notify: true, users: ['j.doe'] },
      clientNotification: { threshold, notify: true },
      advancedRules: [{ name: 'dormant', threshold: 5, inactivity: '30d', notify: true }],
    };
    await writeFile(file, JSON.stringify(profile, null, 2));
  }
}

async function fillBilling(database: DataSource): Promise<void> {
  const at = '2026-01-01 00:00:00';
  const now = Date.now();
  await database.query(
    "INSERT INTO billing_exchange_rate VALUES ('USD', 'EUR', '0.9'), ('EUR', 'USD', '1.1')",
  );
  await database.query("INSERT INTO billing_user VALUES ('j.doe', NULL, 'j.doe@carrier.example')");
  for (let from = 0; from < clientCount; from += 2_000) {
    const ids = Array.from({ length: Math.min(2_000, clientCount - from) }, (_, i) => from + i);
    const profileOf = (i: number) => `reseller-${(i % profileCount) % 20}/p-${i % profileCount}`;
    await database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, billing_email, created_at,
         last_charge_at, last_refill_at) VALUES ?`,
      [
        ids.map((i) => [
          `client-${i}`,
          `Client ${i}`,
          `reseller-${(i % profileCount) % 20}`,
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
