import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { putProfile, startRealServers } from '../test/worker/real-servers.js';
import { startWorkerCommand } from '../test/worker/worker-command.js';
import type { Environment } from '../worker/settings.js';
import { costNames, costOfChecks, processesOf } from './check-cost.js';
import { insertClients, reconcile } from './clients.js';
import { ratioOf, type Measured, type Series } from './measured.js';

const clients = 100;
const periodMs = 2_000;
/** A run of `watchClient`: over so many checks a replay grows from its shortest to its longest. */
const checksPerRun = 30;
const settleMs = 10_000;

/** Room for few of the clients at once: by its next check, each has long made room for others. */
const forgetful: Environment = { WORKER_CACHED_WORKFLOWS: '16', WORKER_CONCURRENT_WORKFLOW_TASKS: '8' };

/**
 * What a check costs where the client is no longer in a worker's memory, as it is with nearly all of a large fleet: its run is
 * replayed first. Against the same clients in a cache that holds them all, in turns.
 */
export async function cold(rounds: number): Promise<Measured> {
  const kept: (readonly Series[])[] = [];
  const replayed: (readonly Series[])[] = [];
  for (let round = 0; round < rounds; round += 1) {
    kept.push(await costs({}));
    replayed.push(await costs(forgetful));
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  const worker = (side: string, all: readonly (readonly Series[])[]) => seriesOf(side, costNames[0], all);
  const series = [
    worker('in the cache: a check, CPU of the worker', kept),
    worker('replayed: a check, CPU of the worker', replayed),
    seriesOf('in the cache: a check, CPU of Temporal', costNames[1], kept),
    seriesOf('replayed: a check, CPU of Temporal', costNames[1], replayed),
    seriesOf('in the cache: checks', 'checks meanwhile', kept),
    seriesOf('replayed: checks', 'checks meanwhile', replayed),
  ] as const;
  return {
    bench: 'a check of a client that is no longer in memory',
    how: `${clients} clients with a Period of ${periodMs / 1_000} s on one worker, which keeps all of them or ${forgetful['WORKER_CACHED_WORKFLOWS']}; over a whole run of ${checksPerRun} checks, so that replays of every length are in it; ${rounds} rounds in turns`,
    series,
    ratios: [ratioOf(series[1], series[0]), ratioOf(series[3], series[2])],
    figures: [],
  };
}

function seriesOf(side: string, name: string, all: readonly (readonly Series[])[]): Series {
  const found = all.map((each) => each.find((one) => one.side === name)!);
  return { side, unit: found[0]!.unit, rounds: found.flatMap(({ rounds }) => rounds) };
}

async function costs(env: Environment): Promise<readonly Series[]> {
  const servers = await startRealServers({ quiet: true });
  const httpPort = await getPort({ host: '127.0.0.1' });
  await putProfile(servers.database, 'prepaid', { period: `${periodMs / 1_000}s`, threshold: 10 });
  await insertClients(servers.database, clients);
  const worker = startWorkerCommand({ ...servers.env, ...env, WORKER_HTTP_PORT: String(httpPort) });
  try {
    await worker.started();
    await reconcile(servers);
    await sleep(settleMs);
    const processes = await processesOf(worker);
    return await costOfChecks(processes, httpPort, { windows: 1, windowMs: checksPerRun * periodMs });
  } finally {
    await worker.kill('SIGTERM');
    await servers.stop();
  }
}
