import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { putProfile, startRealServers } from '../dev/trial/real-servers.js';
import { startWorkerCommand, type WorkerCommand } from '../dev/trial/worker-command.js';
import { costName, costOfChecks, namesOf, processesOf } from './check-cost.js';
import { clientIdOf, insertClients } from './clients.js';
import { checkEvery, mysqlOptions, untilChecked } from './looked-fleet.js';
import { median, type Measured } from './measured.js';

/** The same promptness by Period alone: what a check costs, for a fleet in which each client is checked every minute. */
export async function byPeriodAlone(measured: number, fleet: number, minutes: number): Promise<Measured> {
  const servers = await startRealServers({
    quiet: true,
    mysqlOptions,
    dynamicConfig: {},
    given: process.env,
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
    const series = await costOfChecks(processes, httpPort, {
      windows: minutes,
      windowMs: checkEvery.ms,
    });
    const costs = processes.map(({ name }) => series.find(({ side }) => side === costName(name))!);
    const ms = costs.reduce((sum, { rounds }) => sum + median(rounds), 0);
    return {
      bench: `a Period of ${checkEvery.text} instead of looks`,
      how: `measured at ${measured} clients, calculated for ${fleet}`,
      series,
      ratios: [],
      figures: [
        { name: `a check, CPU of ${namesOf(processes)}`, value: ms, unit: 'ms' },
        {
          name: `${fleet} clients, CPU of ${namesOf(processes)}, of one core (calculated)`,
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
