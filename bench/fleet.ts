import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { putProfile, startRealServers, type RealServers } from '../test/worker/real-servers.js';
import { reconcileId } from '../worker/setup.js';
import type { Figure, Measured } from './measured.js';

/**
 * A fleet of sleeping clients, all started by one reconciliation: how long until each was checked, what it takes of
 * memory and history, and how long a shorter Period of their profile needs to reach the last of them.
 */
export async function fleet(clients: number): Promise<Measured> {
  const servers = await startRealServers({ quiet: true });
  try {
    await putProfile(servers.database, 'prepaid', { period: '30d', threshold: 10 });
    await insertClients(servers.database, clients);
    const rssBefore = process.memoryUsage.rss();
    const worker = await servers.startWorker();
    const started = await timed(async () => {
      await reconcile(servers);
      await until(servers, "state = 'ok'", clients);
    });
    const rss = process.memoryUsage.rss() - rssBefore;
    const run = await lastRun(servers);
    await putProfile(servers.database, 'prepaid', { period: '20d', threshold: 10 });
    const replanned = await timed(async () => {
      await reconcile(servers);
      await until(servers, `period_ms = ${20 * 86_400_000}`, clients);
    });
    const idle = await timed(() => reconcile(servers));
    await worker.stop();
    const figures: Figure[] = [
      { name: 'started by reconciliation and checked once', value: clients / started, unit: 'clients/s' },
      { name: 'woken by a shorter Period and planned anew', value: clients / replanned, unit: 'clients/s' },
      { name: 'until the last of them is planned anew', value: replanned, unit: 's' },
      { name: 'a reconciliation with nothing to do, with its workflow', value: idle, unit: 's' },
      { name: 'history of the reconciliation that started them', value: run.historyLength, unit: 'events' },
      { name: 'worker memory gained, cache of 2,000 workflows', value: rss / 1e6, unit: 'MB' },
    ];
    return {
      bench: `a fleet of ${clients}`,
      how: 'a real worker, MySQL and a dev server in memory on this machine; starts and signals are paced to 200/s',
      series: [],
      ratios: [],
      figures,
    };
  } finally {
    await servers.stop();
  }
}

async function reconcile({ client }: RealServers): Promise<void> {
  const schedule = client.schedule.getHandle(reconcileId);
  const before = (await schedule.describe()).info.recentActions.at(-1)?.takenAt.getTime() ?? 0;
  await schedule.trigger();
  for (;;) {
    const last = (await schedule.describe()).info.recentActions.at(-1);
    if (last && last.takenAt.getTime() > before) {
      await client.workflow.getHandle(last.action.workflow.workflowId).result();
      return;
    }
    await sleep(20);
  }
}

async function lastRun({ client }: RealServers): Promise<{ historyLength: number }> {
  const last = (await client.schedule.getHandle(reconcileId).describe()).info.recentActions.at(-1)!;
  return await client.workflow.getHandle(last.action.workflow.workflowId).describe();
}

async function until({ database }: RealServers, condition: string, count: number): Promise<void> {
  for (;;) {
    const [row] = await database.query<{ n: string }[]>(
      `SELECT COUNT(*) AS n FROM low_balance_watched_client WHERE ${condition}`,
    );
    if (Number(row?.n) === count) return;
    await sleep(200);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}

/** Clients with plenty of money and the profile `acme/prepaid`. */
export async function insertClients(database: DataSource, count: number): Promise<void> {
  for (let from = 0; from < count; from += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, count - from) }, (_, i) => {
      const id = `F-${String(from + i).padStart(7, '0')}`;
      return [id, id, 'acme', 'acme/prepaid', 'USD', 500, '2020-01-01'];
    });
    await database.query(
      'INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, created_at) VALUES ?',
      [rows],
    );
  }
}
