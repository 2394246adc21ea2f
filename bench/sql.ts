import { reconcile } from '../activities/reconcile.js';
import type { ReconcileCursor } from '../activities/contract.js';
import { createBillingTables } from '../billing/mysql/billing-tables.js';
import { createBilling } from '../billing/mysql/billing.js';
import { migrate, openDatabase } from '../store/database.js';
import { createProfiles } from '../store/profiles.js';
import { createWatchedClients } from '../store/watched-clients.js';
import { putProfile } from '../dev/trial/real-servers.js';
import type { Parts } from '../activities/parts.js';
import { provideBenchMysql } from './bench-mysql.js';
import { insertClients } from './clients.js';
import { benchMysql } from './given.js';
import { median, ratioOf, type Measured } from './measured.js';

const rounds = 5;

/** What reconciliation asks of MySQL where little or nothing changed, against a scan of all clients as cron jobs do it. */
export async function sql(clients: number): Promise<Measured> {
  const mysql = await provideBenchMysql();
  const database = await openDatabase(mysql.url);
  try {
    await migrate(database);
    await createBillingTables(database);
    await putProfile(database, 'prepaid', { period: '30d' });
    await insertClients(database, clients);
    await database.query(
      `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch)
       SELECT client_id, profile_id, 'ok', ?, ?, ?, '{"acceptedAt":{}}' FROM billing_client`,
      [30 * 86_400_000, Date.now() + 86_400_000, Date.now()],
    );
    await database.query('ANALYZE TABLE billing_client, low_balance_watched_client');
    const parts = {
      billing: createBilling(database),
      profiles: createProfiles(database),
      watched: createWatchedClients(database, (error) => console.error(error)),
      watchers: { start: () => Promise.resolve(true), wake: () => Promise.resolve(true) },
      now: () => Promise.resolve(Date.now()),
      count: () => {},
    } as unknown as Parts;
    const whole = async (): Promise<number> => {
      let woken = 0;
      for (let from: ReconcileCursor | undefined = { pass: 'lost', after: '' }; from;) {
        const result = await reconcile(parts, { from }, () => {});
        woken += result.woken;
        from = result.next;
      }
      return woken;
    };
    const scan = () =>
      database.query(
        `SELECT client_id, balance + credit_limit AS available FROM billing_client
         WHERE prepaid = 1 AND status = 'active' AND balance + credit_limit < 10`,
      );
    const [nothing = [], scanned = []] = await inTurns(whole, scan);
    await database.query(
      'UPDATE low_balance_watched_client SET period_ms = period_ms * 2 ORDER BY client_id LIMIT ?',
      [clients / 100],
    );
    const from = performance.now();
    const woken = await whole();
    const some = (performance.now() - from) / 1_000;
    if (woken !== clients / 100)
      throw new Error(`expected ${clients / 100} clients to be woken, found ${woken}`);
    const series = [
      { side: 'reconciliation with nothing to do', unit: 's', rounds: nothing },
      { side: 'a cron-style scan, its answer thrown away', unit: 's', rounds: scanned },
    ] as const;
    return {
      bench: `SQL over ${clients} clients`,
      how: `${benchMysql}, ${rounds} rounds in turns; the scan is one statement, as A2Billing and MagnusBilling send it from cron: no Period for each client, no counters, no exchange rate, no inactivity, no recipients, and what a crash leaves undone nobody knows`,
      series,
      ratios: [ratioOf(series[0], series[1])],
      figures: [
        { name: 'reconciliation with nothing to do', value: median(nothing), unit: 's', below: 1 },
        { name: 'reconciliation with 1% changed, paced to 200/s', value: some, unit: 's' },
      ],
    };
  } finally {
    await database.destroy();
    await mysql.stop();
  }
}

/** Seconds of each, one after the other, so that what slows the machine slows both. */
async function inTurns(
  ...works: readonly (() => Promise<unknown>)[]
): Promise<readonly (readonly number[])[]> {
  const seconds = works.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, work] of works.entries()) {
      const from = performance.now();
      await work();
      seconds[i]!.push((performance.now() - from) / 1_000);
    }
  }
  return seconds;
}
