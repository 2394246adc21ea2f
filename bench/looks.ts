import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { putProfile, startRealServers, type RealServers } from '../dev/trial/real-servers.js';
import { startWorkerCommand, type WorkerCommand } from '../dev/trial/worker-command.js';
import { scheduleLooks } from '../worker/looks.js';
import { namesOf, processesOf, type CostingProcess } from './check-cost.js';
import { clientIdOf, insertClients } from './clients.js';
import {
  checkEvery,
  insertRows,
  lowPercent,
  makeLow,
  mysqlOptions,
  startProvider,
  untilChecked,
} from './looked-fleet.js';
import { median, quantile, type Measured } from './measured.js';
import { cpuMsOf } from './processes.js';

export interface LooksOptions {
  readonly clients: number;
  readonly fallsAMinute: number;
  readonly minutes: number;
}

/** A worker, Temporal and MySQL with looks each minute: what they take while nobody changes, and how soon falls are notified. */
export async function looks({ clients, fallsAMinute, minutes }: LooksOptions): Promise<Measured> {
  const servers = await startRealServers({
    quiet: true,
    mysqlOptions,
    dynamicConfig: {},
    given: process.env,
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
    const names = namesOf(processes);
    return {
      bench: `looks at ${clients} clients each ${checkEvery.text}`,
      how: `a worker of its own process; ${lowPercent}% of the clients are low and were notified; workflows run for the ${falling.length} clients that fall, the rows of the others are as if theirs slept`,
      series: [],
      ratios: [],
      figures: [
        { name: `CPU of ${names} without looks, of one core`, value: without, unit: '%' },
        {
          name: `CPU of ${names} with looks while nobody changes, of one core`,
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

/** CPU of the processes together, in percent of one core. */
async function cpuOver(processes: readonly CostingProcess[], ms: number): Promise<number> {
  const total = async () =>
    (await Promise.all(processes.map(({ pid }) => cpuMsOf(pid)))).reduce((sum, each) => sum + each, 0);
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
