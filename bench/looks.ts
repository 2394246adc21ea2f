import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import type { DataSource } from 'typeorm';
import { look } from '../activities/look.js';
import type { Parts } from '../activities/parts.js';
import { createBilling } from '../billing/mysql/billing.js';
import { createBillingTables } from '../billing/mysql/billing-tables.js';
import { createLookRows } from '../billing/mysql/look-rows.js';
import { provideMysql } from '../dev/mysql.js';
import { silentProgress } from '../dev/progress.js';
import { putProfile, startRealServers, type RealServers } from '../dev/trial/real-servers.js';
import { startWorkerCommand, type WorkerCommand } from '../dev/trial/worker-command.js';
import { createLookedClients } from '../store/looked-clients.js';
import { createProfiles } from '../store/profiles.js';
import { migrate, openDatabase } from '../store/database.js';
import { scheduleLooks } from '../worker/looks.js';
import { costNames, costOfChecks, processesOf, type Processes } from './check-cost.js';
import { clientIdOf, insertClients } from './clients.js';
import { median, type Measured } from './measured.js';
import { cpuMsOf, descendantNamed } from './processes.js';

const dayMs = 86_400_000;
/** Of the fleet: these are low, and were notified at their last check. */
const lowPercent = 5;
const checkEvery = { text: '1m', ms: 60_000 } as const;

/** CPU of one look by the size of the fleet: this process as the worker, and MySQL. Nobody changes. */
export async function lookCost(sizes: readonly [number, number], rounds: number): Promise<Measured> {
  const small = await costOf(sizes[0], rounds);
  const large = await costOf(sizes[1], rounds);
  const costs = [small, large];
  const perClient = ({ rounds, clients }: Cost) => (median(rounds) * 1_000) / clients;
  return {
    bench: 'the cost of a look',
    how: `private MariaDB on this machine; ${lowPercent}% of the clients are low and were notified; CPU of the process that looks and of MySQL together, without the workflow around it`,
    series: costs.flatMap(({ clients, rounds, seconds }) => [
      { side: `a look at ${clients}, CPU`, unit: 'ms', rounds },
      { side: `a look at ${clients}, time`, unit: 's', rounds: seconds },
    ]),
    ratios: [],
    figures: [
      ...costs.map((found) => ({
        name: `CPU for each of ${found.clients} clients`,
        value: perClient(found),
        unit: 'µs',
      })),
      {
        name: `${large.clients} against ${small.clients}, over proportional`,
        value: perClient(large) / perClient(small),
        unit: '×',
        below: 1.15,
      },
      {
        name: `looks at ${large.clients} each ${checkEvery.text}, of one core`,
        value: (median(large.rounds) / checkEvery.ms) * 100,
        unit: '%',
        below: 5,
      },
    ],
  };
}

interface Cost {
  readonly clients: number;
  /** CPU of a look, milliseconds. */
  readonly rounds: readonly number[];
  readonly seconds: readonly number[];
}

async function costOf(clients: number, rounds: number): Promise<Cost> {
  const mysql = await provideMysql({ env: process.env, progress: silentProgress, ephemeral: true });
  const database = await openDatabase(mysql.url);
  try {
    await migrate(database);
    await createBillingTables(database);
    await putProfile(database, 'prepaid', {
      period: '24h',
      threshold: 10,
      more: { checkEvery: checkEvery.text },
    });
    await insertClients(database, clients);
    await makeLow(database, clients);
    await insertRows(database);
    const parts = {
      billing: createBilling(database),
      profiles: createProfiles(database),
      lookRows: createLookRows(database),
      looked: createLookedClients(database),
      watchers: { wakeForLook: () => Promise.reject(new Error('nobody was to be woken')) },
      now: () => Promise.resolve(Date.now()),
      count: () => {},
    } as unknown as Parts;
    const server = await descendantNamed(/^(mariadbd|mysqld)/);
    const cpu: number[] = [];
    const seconds: number[] = [];
    // The first ones fill caches, and are not of what goes on each minute. Of a small fleet several looks are one round.
    const looksEach = Math.max(1, Math.round(100_000 / clients));
    for (let round = -1; round < rounds; round += 1) {
      const before = { own: process.cpuUsage(), server: await cpuMsOf(server), at: performance.now() };
      for (let each = 0; each < looksEach; each += 1) {
        const { examined } = await look(parts, {}, () => {});
        if (examined !== clients)
          throw new Error(`expected ${clients} clients to be looked at, found ${examined}`);
      }
      const own = process.cpuUsage(before.own);
      if (round < 0) continue;
      cpu.push(((own.user + own.system) / 1_000 + (await cpuMsOf(server)) - before.server) / looksEach);
      seconds.push((performance.now() - before.at) / 1_000 / looksEach);
    }
    return { clients, rounds: cpu, seconds };
  } finally {
    await database.destroy();
    await mysql.stop();
  }
}

/** As their last check left them. */
async function makeLow(database: DataSource, clients: number): Promise<void> {
  await database.query(
    'UPDATE billing_client SET balance = 5, billing_email = ? ORDER BY client_id LIMIT ?',
    ['billing@client.example', Math.round((clients * lowPercent) / 100)],
  );
}

async function insertRows(database: DataSource, except: readonly string[] = ['']): Promise<void> {
  const now = Date.now();
  const told = { at: now, instant: now, checkAt: now };
  const low = { profileId: 'acme/prepaid', acceptedAt: { client: [now] }, lastTold: { client: told } };
  await database.query(
    `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, planned_at, next_check_at, seen_at, watch)
     SELECT client_id, profile_id, IF(balance < 10, 'low', 'ok'), ?, ?, ?, ?, IF(balance < 10, ?, ?) FROM billing_client
     WHERE client_id NOT IN (?)`,
    [
      dayMs,
      now,
      now + dayMs,
      now,
      JSON.stringify(low),
      JSON.stringify({ profileId: 'acme/prepaid', acceptedAt: {} }),
      except,
    ],
  );
  await database.query('ANALYZE TABLE billing_client, low_balance_watched_client');
}

export interface LooksOptions {
  readonly clients: number;
  readonly fallsAMinute: number;
  readonly minutes: number;
}

/** A worker, Temporal and MySQL with looks each minute: what they take while nobody changes, and how soon falls are notified. */
export async function looks({ clients, fallsAMinute, minutes }: LooksOptions): Promise<Measured> {
  const servers = await startRealServers({
    quiet: true,
    mysqlOptions: ['--innodb-buffer-pool-size=256M'],
    dynamicConfig: {},
  });
  const provider = await startProvider();
  let worker: WorkerCommand | undefined;
  try {
    const falling = Array.from({ length: fallsAMinute * minutes }, (_, i) => clientIdOf(clients - 1 - i));
    await putProfile(servers.database, 'prepaid', { period: '24h', threshold: 10 });
    await insertClients(servers.database, clients);
    await makeLow(servers.database, clients);
    await servers.database.query(
      "UPDATE billing_client SET billing_email = CONCAT(client_id, '@client.example') WHERE client_id IN (?)",
      [falling],
    );
    await insertRows(servers.database, falling);
    const { port } = provider.address() as AddressInfo;
    worker = startWorkerCommand({ ...servers.env, SENDGRID_BASE_URL: `http://127.0.0.1:${port}` });
    await worker.started();
    for (const id of falling) await servers.watch(id);
    await untilChecked(servers, falling.length);
    const processes = await processesOf(worker);
    await sleep(30_000);
    const without = await cpuOver(processes, minutes * 60_000);
    await putProfile(servers.database, 'prepaid', {
      period: '24h',
      threshold: 10,
      more: { checkEvery: checkEvery.text },
    });
    await scheduleLooks(servers.client, servers.database);
    // The first look fills caches.
    await sleep(checkEvery.ms + 10_000);
    const quiet = await cpuOver(processes, minutes * 60_000);
    const fellAt = new Map<string, number>();
    for (const id of falling) {
      fellAt.set(id, Date.now());
      await servers.database.query('UPDATE billing_client SET balance = 5 WHERE client_id = ?', [id]);
      await sleep(60_000 / fallsAMinute);
    }
    const seconds = await latencies(servers, fellAt);
    return {
      bench: `looks at ${clients} clients each ${checkEvery.text}`,
      how: `a worker of its own process, MySQL and a dev server on this machine; ${lowPercent}% of the clients are low and were notified; workflows run for the ${falling.length} clients that fall, the rows of the others are as if theirs slept`,
      series: [],
      ratios: [],
      figures: [
        { name: 'all processes without looks, of one core', value: without, unit: '%' },
        {
          name: 'all processes with looks while nobody changes, of one core',
          value: quiet,
          unit: '%',
          below: 5,
        },
        { name: 'what looks add', value: quiet - without, unit: '%' },
        {
          name: `from a fall to the provider's acceptance, ${fallsAMinute} falls a minute, median`,
          value: median(seconds),
          unit: 's',
          below: 45,
        },
        { name: 'the same, of 99%', value: quantile(seconds, 0.99), unit: 's', below: 75 },
      ],
    };
  } finally {
    await worker?.kill('SIGTERM');
    provider.closeAllConnections();
    provider.close();
    await servers.stop();
  }
}

/** The same promptness by Period alone: what a check costs, for a fleet in which each client is checked every minute. */
export async function byPeriodAlone(measured: number, fleet: number): Promise<Measured> {
  const servers = await startRealServers({
    quiet: true,
    mysqlOptions: ['--innodb-buffer-pool-size=256M'],
    dynamicConfig: {},
  });
  const httpPort = await getPort({ host: '127.0.0.1' });
  let worker: WorkerCommand | undefined;
  try {
    await putProfile(servers.database, 'prepaid', { period: checkEvery.text, threshold: 10 });
    await insertClients(servers.database, measured);
    worker = startWorkerCommand({ ...servers.env, WORKER_HTTP_PORT: String(httpPort) });
    await worker.started();
    for (let i = 0; i < measured; i += 1) await servers.watch(clientIdOf(i));
    await untilChecked(servers, measured);
    const processes = await processesOf(worker);
    await sleep(30_000);
    const series = await costOfChecks(processes, httpPort, { windows: 3, windowMs: checkEvery.ms });
    const ms = series
      .filter(({ side }) => costNames.some((name) => name === side))
      .reduce((sum, { rounds }) => sum + median(rounds), 0);
    return {
      bench: `a Period of ${checkEvery.text} instead of looks`,
      how: `measured at ${measured} clients, calculated for ${fleet}`,
      series,
      ratios: [],
      figures: [
        { name: 'a check, CPU of all', value: ms, unit: 'ms' },
        {
          name: `${fleet} clients, of one core (calculated)`,
          value: ((ms * fleet) / checkEvery.ms) * 100,
          unit: '%',
        },
      ],
    };
  } finally {
    await worker?.kill('SIGTERM');
    await servers.stop();
  }
}

/** Accepts every mail, as SendGrid answers. */
async function startProvider(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(202, { 'X-Message-Id': `m-${Math.random()}` }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function untilChecked({ database }: RealServers, count: number): Promise<void> {
  for (;;) {
    const [row] = await database.query<{ n: string }[]>(
      "SELECT COUNT(*) AS n FROM low_balance_watched_client WHERE checked_at IS NOT NULL AND state = 'ok'",
    );
    if (Number(row?.n) >= count) return;
    await sleep(200);
  }
}

/** CPU of all processes, in percent of one core. */
async function cpuOver({ worker, temporal, mysql }: Processes, ms: number): Promise<number> {
  const total = async () =>
    (await Promise.all([worker, temporal, mysql].map(cpuMsOf))).reduce((sum, each) => sum + each, 0);
  const before = await total();
  await sleep(ms);
  return (((await total()) - before) / ms) * 100;
}

async function latencies(
  { database }: RealServers,
  fellAt: ReadonlyMap<string, number>,
): Promise<readonly number[]> {
  for (let round = 0; ; round += 1) {
    const rows = await database.query<{ client_id: string; accepted_at: string }[]>(
      "SELECT client_id, accepted_at FROM low_balance_notice WHERE state = 'accepted'",
    );
    if (rows.length === fellAt.size)
      return rows.map((row) => (Number(row.accepted_at) - fellAt.get(row.client_id)!) / 1_000);
    if (round > 600) throw new Error(`${rows.length} of ${fellAt.size} falls were notified`);
    await sleep(500);
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
