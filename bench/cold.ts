import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { putProfile, startRealServers } from '../dev/trial/real-servers.js';
import { startWorkerCommand } from '../dev/trial/worker-command.js';
import { taskQueue, watchWorkflowId } from '../worker/parts.js';
import type { Environment } from '../settings/read-settings.js';
import { costNames, costOfChecks, processesOf } from './check-cost.js';
import { clientIdOf, insertClients } from './clients.js';
import { ratioOf, type Measured, type Series } from './measured.js';

const clients = 40;
const periodMs = 2_000;
/** Whole runs of every length here: in it are replays from the shortest to the longest. */
const windowMs = 30 * periodMs;
const settleMs = 5_000;

/** Room for few of the clients at once: by its next check, each has long made room for others. */
const forgetful: Environment = { WORKER_CACHED_WORKFLOWS: '8', WORKER_CONCURRENT_WORKFLOW_TASKS: '4' };

interface Side {
  readonly name: string;
  readonly env: Environment;
  readonly checksPerRun: number;
}

const sides: readonly Side[] = [
  { name: 'in memory, 30 checks a run', env: {}, checksPerRun: 30 },
  { name: 'in memory, 10 checks a run', env: {}, checksPerRun: 10 },
  { name: 'replayed, 30 checks a run', env: forgetful, checksPerRun: 30 },
  { name: 'replayed, 10 checks a run', env: forgetful, checksPerRun: 10 },
  { name: 'replayed, 5 checks a run', env: forgetful, checksPerRun: 5 },
];

/**
 * What a check costs where the client is no longer in a worker's memory, as it is with nearly all of a large fleet: its run is
 * replayed first. Against the same clients in a cache that holds them all, and by the length of a run, in turns.
 */
export async function cold(rounds: number): Promise<Measured> {
  const found = new Map<Side, (readonly Series[])[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      const series = await costs(side);
      found.get(side)!.push(series);
      process.stderr.write(`round ${round + 1}, ${side.name}: ${JSON.stringify(series)}\n`);
    }
  }
  const of = (side: Side, cost: string): Series => {
    const all = found.get(side)!.map((each) => each.find((one) => one.side === cost)!);
    return {
      side: `${side.name}: ${cost}`,
      unit: all[0]!.unit,
      rounds: all.flatMap(({ rounds: each }) => each),
    };
  };
  const [worker, temporal] = costNames;
  const first = of(sides[0]!, worker);
  return {
    bench: 'a check of a client that is no longer in memory',
    how: `${clients} clients with a Period of ${periodMs / 1_000} s on one worker, which keeps all of them or ${forgetful['WORKER_CACHED_WORKFLOWS']}; ${windowMs / 1_000} s, over whole runs; ${rounds} rounds in turns`,
    series: sides.flatMap((side) => [of(side, worker), of(side, temporal)]),
    ratios: sides.slice(1).map((side) => ratioOf(of(side, worker), first)),
    figures: [],
  };
}

async function costs({ env, checksPerRun }: Side): Promise<readonly Series[]> {
  const servers = await startRealServers({ quiet: true });
  const httpPort = await getPort({ host: '127.0.0.1' });
  await putProfile(servers.database, 'prepaid', { period: `${periodMs / 1_000}s`, threshold: 10 });
  await insertClients(servers.database, clients);
  const worker = startWorkerCommand({ ...servers.env, ...env, WORKER_HTTP_PORT: String(httpPort) });
  try {
    await worker.started();
    for (let i = 0; i < clients; i += 1) {
      const clientId = clientIdOf(i);
      await servers.client.workflow.start('watchClient', {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId, checksPerRun }],
      });
      // Spread over the Period.
      await sleep(periodMs / clients);
    }
    await sleep(settleMs);
    return await costOfChecks(await processesOf(worker), httpPort, { windows: 1, windowMs });
  } finally {
    await worker.kill('SIGTERM');
    await servers.stop();
  }
}
