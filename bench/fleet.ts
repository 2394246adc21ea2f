import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { putProfile, startRealServers, type RealServers } from '../dev/trial/real-servers.js';
import { startWorkerCommand, type WorkerCommand } from '../dev/trial/worker-command.js';
import { insertClients, lastRun, reconcile } from './clients.js';
import { costOfChecks, processesOf } from './check-cost.js';
import { median, type Measured, type Series } from './measured.js';
import { rssOf } from './processes.js';

/** Clients with a Period of 1 s, fewer than the most that can be checked. */
const activeClients = 200;
/** What the measured clients were given to do before, with the timeouts that Temporal set for it, is over by then. */
const settleMs = 30_000;
const windowMs = 20_000;
const windows = 3;

/**
 * Caches that the smallest fleet fills too: a cache that only a large fleet fills is not what each of its clients costs. In
 * entries, and in bytes.
 */
const temporalCaches = {
  'history.hostLevelCacheMaxSize': 500,
  'history.hostLevelCacheMaxSizeBytes': 4_000_000,
  'history.eventsHostLevelCacheMaxSizeBytes': 4_000_000,
} as const;
const mysqlCaches = ['--innodb-buffer-pool-size=16M'] as const;
/**
 * One arena for all threads: with one each, glibc's allocator keeps about 4 MB of each connection that once ran a large
 * statement, and a larger fleet only lets more of the pool's connections have done so.
 */
const mysqlAllocator = { MALLOC_ARENA_MAX: '1' } as const;
const workerCaches = { WORKER_CACHED_WORKFLOWS: '500' } as const;

/**
 * A fleet of sleeping clients, all started by one reconciliation: how long until each was checked, how long a shorter
 * Period of their profile needs to reach the last of them, and what a check takes while the rest sleeps.
 */
export async function fleet(clients: number): Promise<Measured> {
  // In a file: a dev server in memory loses its database when it is late for long.
  const servers = await startRealServers({
    quiet: true,
    temporalDatabase: 'file',
    dynamicConfig: temporalCaches,
    mysqlOptions: mysqlCaches,
    mysqlEnv: mysqlAllocator,
    given: process.env,
  });
  const httpPort = await getPort({ host: '127.0.0.1' });
  let worker: WorkerCommand | undefined;
  try {
    await putProfile(servers.database, 'prepaid', { period: '30d', threshold: 10 });
    await insertClients(servers.database, clients);
    worker = startWorkerCommand({ ...servers.env, ...workerCaches, WORKER_HTTP_PORT: String(httpPort) });
    await worker.started();
    const started = await timed(async () => {
      await reconcile(servers);
      await until(servers, "state = 'ok'", clients);
    });
    const run = await lastRun(servers);
    await putProfile(servers.database, 'prepaid', { period: '20d', threshold: 10 });
    const replanned = await timed(async () => {
      await reconcile(servers);
      await until(servers, `period_ms = ${20 * 86_400_000}`, clients);
    });
    const idle = await timed(() => reconcile(servers));
    await putProfile(servers.database, 'active', { period: '1s', threshold: 10 });
    await servers.database.query(
      "UPDATE billing_client SET profile_id = 'acme/active' ORDER BY client_id LIMIT ?",
      [activeClients],
    );
    await reconcile(servers);
    await until(servers, 'period_ms = 1000', activeClients);
    await sleep(settleMs);
    const processes = await processesOf(worker);
    const series = await costOfChecks(processes, httpPort, { windows, windowMs });
    const memory = await Promise.all(processes.map(({ pid }) => rssOf(pid)));
    return {
      bench: `a fleet of ${clients}`,
      how: 'a worker of its own process with a cache of 500 workflows; of servers that this bench starts, MySQL with a buffer pool of 16 MB and one malloc arena, and a dev server with its database in a file and a cache of 500 workflows; starts and signals are paced to 200/s',
      series,
      ratios: [],
      figures: [
        { name: 'started by reconciliation and checked once', value: clients / started, unit: 'clients/s' },
        { name: 'woken by a shorter Period and planned anew', value: clients / replanned, unit: 'clients/s' },
        { name: 'until the last of them is planned anew', value: replanned, unit: 's' },
        { name: 'a reconciliation with nothing to do, with its workflow', value: idle, unit: 's' },
        {
          name: 'history of the last run of the reconciliation that started them',
          value: run.historyLength,
          unit: 'events',
        },
        ...processes.map(({ name }, i) => ({
          name: `memory of ${name}`,
          value: memory[i]! / 1e6,
          unit: 'MB',
        })),
      ],
    };
  } finally {
    await worker?.kill('SIGTERM');
    await servers.stop();
  }
}

/**
 * How the cost of a check, and what the processes keep, grow with a fleet: each larger one over the mean of the smallest, which
 * was measured before it and after it, so that a machine that slows down meanwhile does not pass for growth.
 */
export function growth(measured: readonly MeasuredFleet[]): Measured {
  const smallest = Math.min(...measured.map(({ clients }) => clients));
  return {
    bench: 'growth',
    how: `over fleets of ${smallest} before and after; ${activeClients} clients with a Period of 1 s, while the rest of the fleet sleeps`,
    series: [],
    ratios: [],
    figures: measured.flatMap((larger, i) => {
      if (larger.clients === smallest) return [];
      const around = [measured[i - 1]!, measured[i + 1]!];
      const costNames = costsOf(larger.measured).map(({ side }) => side);
      const memoryNames = larger.measured.figures.flatMap(({ name, unit }) => (unit === 'MB' ? [name] : []));
      const over = (name: string, of: (fleet: Measured) => number, below?: number) => ({
        name: `${larger.clients} clients: ${name}`,
        value: of(larger.measured) / mean(around.map(({ measured }) => of(measured))),
        unit: '×',
        ...(below === undefined ? {} : { below }),
      });
      return [
        over('a check, CPU of all', wholeCost, 1.2),
        ...costNames.map((name) => over(name, (fleet) => costOf(fleet, name))),
        ...memoryNames.map((name) => over(name, (fleet) => memoryOf(fleet, name), 1.2)),
        ...memoryNames.map((name) => {
          const more =
            memoryOf(larger.measured, name) - mean(around.map(({ measured }) => memoryOf(measured, name)));
          return {
            name: `${larger.clients} clients: ${name}, for each client more`,
            value: (more * 1_000) / (larger.clients - smallest),
            unit: 'kB',
          };
        }),
      ];
    }),
  };
}

/** A fleet's size, and what {@link fleet} measured of it. */
export interface MeasuredFleet {
  readonly clients: number;
  readonly measured: Measured;
}

function costOf({ series }: Measured, name: string): number {
  return median(series.find(({ side }) => side === name)!.rounds);
}

/** CPU of a check, by process. */
function costsOf({ series }: Measured): readonly Series[] {
  return series.filter(({ unit }) => unit === 'ms');
}

function wholeCost(measured: Measured): number {
  return costsOf(measured).reduce((sum, { rounds }) => sum + median(rounds), 0);
}

function memoryOf({ figures }: Measured, name: string): number {
  return figures.find((each) => each.name === name)!.value;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
