import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { putProfile, startRealServers } from '../dev/trial/real-servers.js';
import { taskQueue, watchWorkflowId } from '../worker/parts.js';
import type { Environment } from '../settings/read-settings.js';
import { costName, costOfChecks, processesOf, type CostingProcess } from './check-cost.js';
import { clientIdOf, insertClients } from './clients.js';
import { startComparedWorker, type ComparedWorkflow } from './compared-worker.js';
import { ratioOf, type Measured, type Ratio, type Series } from './measured.js';

const clients = 40;
const periodMs = 2_000;
const settleMs = 5_000;
/** A cold wake of ours, over one of a bare loop with as many past checks. */
const mostOverBare = 1.25;

/** Room for few of the clients at once: by its next check, each has long made room for others. */
const forgetful: Environment = { WORKER_CACHED_WORKFLOWS: '8', WORKER_CONCURRENT_WORKFLOW_TASKS: '4' };

type Memory = 'in memory' | 'replayed';

interface Side {
  readonly what: ComparedWorkflow;
  readonly memory: Memory;
  readonly checksPerRun: number;
}

/** What one worker costs, check by check. */
interface Found {
  readonly side: Side;
  readonly worker: number[];
  /** Empty for a server that was given. */
  readonly temporal: number[];
}

export interface ColdOptions {
  readonly lengths: readonly number[];
  readonly rounds: number;
}

/**
 * What a check costs where the client is no longer in a worker's memory, as it is with nearly all of a large fleet: its run is
 * replayed first. Against a bare loop that is replayed too, against the same clients in memory, and by the length of a run, in turns.
 */
export async function cold({ lengths, rounds }: ColdOptions): Promise<Measured> {
  const sides = lengths.flatMap((checksPerRun) =>
    (['in memory', 'replayed'] as const).flatMap((memory) =>
      (['watchClient', 'bareLocal'] as const).map((what) => ({ what, memory, checksPerRun })),
    ),
  );
  const found = sides.map((side): Found => ({ side, worker: [], temporal: [] }));
  for (let round = 0; round < rounds; round += 1) {
    // There and back, so that no side is always the first.
    for (const { side, worker, temporal } of round % 2 === 0 ? found : found.toReversed()) {
      const cost = await costs(side);
      worker.push(cost.worker);
      if (cost.temporal !== undefined) temporal.push(cost.temporal);
      process.stderr.write(
        `round ${round + 1}, ${nameOf(side)}: ${cost.worker.toFixed(1)} and ${cost.temporal?.toFixed(1) ?? '?'} ms\n`,
      );
    }
  }
  const of = (what: ComparedWorkflow, memory: Memory, checksPerRun: number): Series => {
    const { side, worker } = found.find(
      ({ side }) => side.what === what && side.memory === memory && side.checksPerRun === checksPerRun,
    )!;
    return { side: nameOf(side), unit: 'ms', rounds: worker };
  };
  return {
    bench: 'a check of a client that is no longer in memory',
    how: `CPU of the worker's process for each check; ${clients} workflows with a Period of ${periodMs / 1_000} s, which it keeps all in memory, or ${forgetful['WORKER_CACHED_WORKFLOWS']} of them; over whole runs; ${rounds} rounds in turns`,
    series: found.flatMap(({ side, worker, temporal }) => [
      { side: `${nameOf(side)}: worker`, unit: 'ms', rounds: worker },
      ...(temporal.length === 0 ? [] : [{ side: `${nameOf(side)}: Temporal`, unit: 'ms', rounds: temporal }]),
    ]),
    ratios: lengths.flatMap((length): readonly Ratio[] => [
      {
        ...ratioOf(of('watchClient', 'replayed', length), of('bareLocal', 'replayed', length)),
        atMost: mostOverBare,
      },
      ratioOf(of('watchClient', 'replayed', length), of('watchClient', 'in memory', length)),
    ]),
    figures: [],
  };
}

function nameOf({ what, memory, checksPerRun }: Side): string {
  return `${what === 'bareLocal' ? 'bare loop' : what}, ${memory}, ${checksPerRun} checks a run`;
}

async function costs({
  what,
  memory,
  checksPerRun,
}: Side): Promise<{ readonly worker: number; readonly temporal: number | undefined }> {
  const servers = await startRealServers({ quiet: true, given: process.env });
  const httpPort = await getPort({ host: '127.0.0.1' });
  await putProfile(servers.database, 'prepaid', { period: `${periodMs / 1_000}s`, threshold: 10 });
  await insertClients(servers.database, clients);
  const env = {
    ...servers.env,
    ...(memory === 'replayed' ? forgetful : {}),
    WORKER_HTTP_PORT: String(httpPort),
  };
  const worker = startComparedWorker(what, env);
  try {
    await worker.started();
    for (let i = 0; i < clients; i += 1) {
      const clientId = clientIdOf(i);
      await servers.client.workflow.start(what, {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId, periodMs, checksPerRun, wakesPerRun: checksPerRun }],
      });
      // Spread over the Period.
      await sleep(periodMs / clients);
    }
    await sleep(settleMs);
    // Whole runs: in it are replays from the shortest to the longest.
    const windowMs = Math.max(2, Math.ceil(20 / checksPerRun)) * checksPerRun * periodMs;
    const processes = await processesOf(worker);
    const series = await costOfChecks(processes, httpPort, { windows: 1, windowMs });
    const costOf = (name: CostingProcess['name']) =>
      series.find(({ side }) => side === costName(name))?.rounds[0];
    return { worker: costOf('the worker')!, temporal: costOf('Temporal') };
  } finally {
    await worker.kill('SIGTERM');
    await servers.stop();
  }
}
