import { look } from '../activities/look.js';
import type { Parts } from '../activities/parts.js';
import { createBilling } from '../billing/mysql/billing.js';
import { createBillingTables } from '../billing/mysql/billing-tables.js';
import { createLookRows } from '../billing/mysql/look-rows.js';
import { putProfile } from '../dev/trial/real-servers.js';
import { createLookedClients } from '../store/looked-clients.js';
import { createProfiles } from '../store/profiles.js';
import { migrate, openDatabase } from '../store/database.js';
import { provideBenchMysql } from './bench-mysql.js';
import { insertClients } from './clients.js';
import { benchMysql, isGiven } from './given.js';
import { checkEvery, insertRows, lowPercent, makeLow } from './looked-fleet.js';
import { median, type Measured } from './measured.js';
import { cpuMsOf, descendantNamed } from './processes.js';

/** CPU of one look by the size of the fleet: this process as the worker, and MySQL. Nobody changes. */
export async function lookCost(sizes: readonly [number, number], rounds: number): Promise<Measured> {
  const small = await costOf(sizes[0], rounds);
  const large = await costOf(sizes[1], rounds);
  const costs = [small, large];
  const perClient = ({ rounds, clients }: Cost) => (median(rounds) * 1_000) / clients;
  return {
    bench: 'the cost of a look',
    how: `${benchMysql}; ${lowPercent}% of the clients are low and were notified; CPU of the process that looks${isGiven.mysql ? '' : ' and of MySQL together'}, without the workflow around it`,
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
  /** CPU of a look, milliseconds; of a server that was given, nothing. */
  readonly rounds: readonly number[];
  readonly seconds: readonly number[];
}

async function costOf(clients: number, rounds: number): Promise<Cost> {
  const mysql = await provideBenchMysql();
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
    const server = isGiven.mysql ? undefined : await descendantNamed(/^(mariadbd|mysqld)/);
    const cpuOfServer = async () => (server === undefined ? 0 : await cpuMsOf(server));
    const cpu: number[] = [];
    const seconds: number[] = [];
    // The first ones fill caches, and are not of what goes on each minute. Of a small fleet several looks are one round.
    const looksEach = Math.max(1, Math.round(100_000 / clients));
    for (let round = -1; round < rounds; round += 1) {
      const before = { own: process.cpuUsage(), server: await cpuOfServer(), at: performance.now() };
      for (let each = 0; each < looksEach; each += 1) {
        const { examined } = await look(parts, {}, () => {});
        if (examined !== clients)
          throw new Error(`expected ${clients} clients to be looked at, found ${examined}`);
      }
      const own = process.cpuUsage(before.own);
      if (round < 0) continue;
      cpu.push(((own.user + own.system) / 1_000 + (await cpuOfServer()) - before.server) / looksEach);
      seconds.push((performance.now() - before.at) / 1_000 / looksEach);
    }
    return { clients, rounds: cpu, seconds };
  } finally {
    await database.destroy();
    await mysql.stop();
  }
}
