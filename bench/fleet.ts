import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { putProfile, startRealServers, type RealServers } from '../test/worker/real-servers.js';
import type { Service } from '../worker/service.js';
import { reconcileId } from '../worker/setup.js';
import type { Figure, Measured } from './measured.js';
import { cpuMsOf, descendantNamed, rssOf } from './processes.js';

/**
 * A fleet of sleeping clients, all started by one reconciliation: how long until each was checked, what it takes of
 * memory and history, and how long a shorter Period of their profile needs to reach the last of them.
 */
export async function fleet(clients: number): Promise<Measured> {
  const servers = await startRealServers({ quiet: true });
  let worker: Service | undefined;
  try {
    await putProfile(servers.database, 'prepaid', { period: '30d', threshold: 10 });
    await insertClients(servers.database, clients);
    const rssBefore = process.memoryUsage.rss();
    let checks = 0;
    worker = await servers.startWorker({
      parts: { onCount: ({ what }) => void (checks += what === 'check' ? 1 : 0) },
    });
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
    const cost = await costOfChecks(servers, () => checks);
    const memory = process.memoryUsage.rss();
    const figures: Figure[] = [
      { name: 'started by reconciliation and checked once', value: clients / started, unit: 'clients/s' },
      { name: 'woken by a shorter Period and planned anew', value: clients / replanned, unit: 'clients/s' },
      { name: 'until the last of them is planned anew', value: replanned, unit: 's' },
      { name: 'a reconciliation with nothing to do, with its workflow', value: idle, unit: 's' },
      { name: 'history of the reconciliation that started them', value: run.historyLength, unit: 'events' },
      { name: 'worker memory gained, cache of 2,000 workflows', value: rss / 1e6, unit: 'MB' },
      { name: 'memory of the worker and this bench', value: memory / 1e6, unit: 'MB' },
      ...cost,
    ];
    return {
      bench: `a fleet of ${clients}`,
      how: 'a real worker, MySQL and a dev server in memory on this machine; starts and signals are paced to 200/s',
      series: [],
      ratios: [],
      figures,
    };
  } finally {
    await worker?.stop();
    await servers.stop();
  }
}

const activeClients = 200;

/** What a check takes of each process while the rest of the fleet sleeps: clients with a Period of 1 s, fewer than the most. */
async function costOfChecks(servers: RealServers, checksDone: () => number): Promise<readonly Figure[]> {
  await putProfile(servers.database, 'active', { period: '1s', threshold: 10 });
  await servers.database.query(
    "UPDATE billing_client SET profile_id = 'acme/active' ORDER BY client_id LIMIT ?",
    [activeClients],
  );
  await reconcile(servers);
  await until(servers, 'period_ms = 1000', activeClients);
  await sleep(3_000);
  const temporal = await descendantNamed(/^temporal/);
  const mysql = await descendantNamed(/^(mariadbd|mysqld)/);
  const cpu = async () => {
    const { user, system } = process.cpuUsage();
    return {
      worker: (user + system) / 1_000,
      temporal: await cpuMsOf(temporal),
      mysql: await cpuMsOf(mysql),
    };
  };
  const [before, checksBefore] = [await cpu(), checksDone()];
  await sleep(20_000);
  const [after, checks] = [await cpu(), checksDone() - checksBefore];
  return [
    { name: 'checks a second meanwhile', value: checks / 20, unit: 'checks/s' },
    { name: 'a check, of the worker', value: (after.worker - before.worker) / checks, unit: 'ms CPU' },
    { name: 'a check, of Temporal', value: (after.temporal - before.temporal) / checks, unit: 'ms CPU' },
    { name: 'a check, of MySQL', value: (after.mysql - before.mysql) / checks, unit: 'ms CPU' },
    {
      name: 'memory of Temporal, which keeps all in memory',
      value: (await rssOf(temporal)) / 1e6,
      unit: 'MB',
    },
    { name: 'memory of MySQL', value: (await rssOf(mysql)) / 1e6, unit: 'MB' },
  ];
}

/** How the cost of a check grows from the smallest fleet to the largest. */
export function growth(fleets: readonly (readonly [clients: number, measured: Measured])[]): Measured {
  const [first, ...larger] = fleets;
  const costs = ['a check, of the worker', 'a check, of Temporal', 'a check, of MySQL'];
  const of = (measured: Measured, name: string) =>
    measured.figures.find((figure) => figure.name === name)!.value;
  const whole = (measured: Measured) => costs.reduce((sum, name) => sum + of(measured, name), 0);
  return {
    bench: 'growth',
    how: `${activeClients} clients with a Period of 1 s, while the rest of the fleet sleeps; CPU of all processes for a check, over that with ${first?.[0]} clients`,
    series: [],
    ratios: [],
    figures: larger.flatMap(([clients, measured]) => [
      { name: `${clients} clients`, value: whole(measured) / whole(first![1]), unit: '×', below: 1.2 },
      ...costs.map((name) => ({
        name: `${clients} clients: ${name}`,
        value: of(measured, name) / of(first![1], name),
        unit: '×',
      })),
    ]),
  };
}

async function reconcile({ client }: RealServers): Promise<void> {
  const schedule = client.schedule.getHandle(reconcileId);
  const lastAction = async () => (await patiently(() => schedule.describe())).info.recentActions.at(-1);
  const before = (await lastAction())?.takenAt.getTime() ?? 0;
  await patiently(() => schedule.trigger());
  for (;;) {
    const last = await lastAction();
    if (last && last.takenAt.getTime() > before) {
      await patiently(() => client.workflow.getHandle(last.action.workflow.workflowId).result());
      return;
    }
    await sleep(20);
  }
}

/** A dev server that has much to do may be late with an answer: that is asked again, and not what is measured. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let attemptsLeft = 30; ; attemptsLeft -= 1) {
    try {
      return await call();
    } catch (error) {
      if (!isGrpcServiceError(error) || attemptsLeft === 0) throw error;
      process.stderr.write(`asked again: ${error.message}\n`);
      await sleep(1_000);
    }
  }
}

async function lastRun({ client }: RealServers): Promise<{ historyLength: number }> {
  const schedule = await patiently(() => client.schedule.getHandle(reconcileId).describe());
  const last = schedule.info.recentActions.at(-1)!;
  return await patiently(() => client.workflow.getHandle(last.action.workflow.workflowId).describe());
}

async function until({ database }: RealServers, condition: string, count: number): Promise<void> {
  for (let round = 0; ; round += 1) {
    const [row] = await database.query<{ n: string }[]>(
      `SELECT COUNT(*) AS n FROM low_balance_watched_client WHERE ${condition}`,
    );
    if (Number(row?.n) === count) return;
    if (round % 100 === 99) process.stderr.write(`${row?.n} of ${count} with ${condition}\n`);
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
