import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import pThrottle from 'p-throttle';
import { putProfile, startRealServers } from '../dev/trial/real-servers.js';
import { taskQueue, watchWorkflowId } from '../worker/parts.js';
import { checksOf } from './check-cost.js';
import { clientIdOf, insertClients } from './clients.js';
import { startComparedWorker, type ComparedWorkflow } from './compared-worker.js';
import { inTurns } from './in-turns.js';
import { ratioOf, type Measured } from './measured.js';
import { rssOf } from './processes.js';

/** With fewer, what a worker's own parts grow by in its first minute would count as the workflows'. */
const few = 500;
const many = 2_000;
const startsPerSecond = 60;
const settleMs = 15_000;
const periodMs = 30 * 86_400_000;

/** What a workflow that a worker keeps in memory takes there, after its first check: against a bare loop, in turns. */
export async function memory(rounds: number): Promise<Measured> {
  const [ours, bare] = await inTurns(rounds, 'kB', [
    { side: 'watchClient', measure: () => kilobytesOf('watchClient') },
    { side: 'bare loop', measure: () => kilobytesOf('bareLocal') },
  ]);
  return {
    bench: 'memory of a workflow that a worker keeps',
    how: `RSS of the worker's process with ${many} workflows that sleep, over that with ${few}, for each of the others; ${rounds} rounds in turns`,
    series: [ours!, bare!],
    ratios: [ratioOf(ours!, bare!)],
    figures: [],
  };
}

async function kilobytesOf(workflow: ComparedWorkflow): Promise<number> {
  const servers = await startRealServers({ quiet: true, given: process.env });
  const httpPort = await getPort({ host: '127.0.0.1' });
  await putProfile(servers.database, 'prepaid', { period: `${periodMs / 1_000}s`, threshold: 10 });
  await insertClients(servers.database, many);
  const env = {
    ...servers.env,
    WORKER_HTTP_PORT: String(httpPort),
    WORKER_CACHED_WORKFLOWS: String(many + few),
  };
  const worker = startComparedWorker(workflow, env);
  const paced = pThrottle({ limit: startsPerSecond / 20, interval: 1_000 / 20 });
  const start = paced(async (client: number) => {
    const clientId = clientIdOf(client);
    await servers.client.workflow.start(workflow, {
      workflowId: watchWorkflowId(clientId),
      taskQueue,
      args: [{ clientId, periodMs }],
    });
  });
  const rssWith = async (from: number, to: number): Promise<number> => {
    await Promise.all(Array.from({ length: to - from }, (_, i) => start(from + i)));
    while ((await checksOf(httpPort)) < to) await sleep(200);
    await sleep(settleMs);
    return await rssOf(worker.child.pid!);
  };
  try {
    await worker.started();
    const before = await rssWith(0, few);
    return ((await rssWith(few, many)) - before) / 1_000 / (many - few);
  } finally {
    await worker.kill('SIGTERM');
    await servers.stop();
  }
}
