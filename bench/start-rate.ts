import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import pThrottle from 'p-throttle';
import { setTimeout as sleep } from 'node:timers/promises';
import { putProfile, startRealServers, type RealServers } from '../dev/trial/real-servers.js';
import { taskQueue } from '../worker/parts.js';
import { bundleBareWorkflows, startBareWorker } from './bare-worker.js';
import { insertClients, reconcile } from './clients.js';
import { benchTemporal } from './given.js';
import { inTurns } from './in-turns.js';
import { ratioOf, type Measured } from './measured.js';

/** As reconciliation paces its starts. */
const startsPerSecond = 200;
const sleepMs = 30 * 86_400_000;

/**
 * A fleet that starts: one reconciliation over clients of whom none is watched, until each was checked once; against bare
 * workflows that are started at the same pace, until each did its empty activity.
 */
export async function startRate(clients: number, rounds: number): Promise<Measured> {
  const bundle = await bundleBareWorkflows();
  const [ours, bare] = await inTurns(rounds, 'clients/s', [
    {
      side: 'watchClient, started by a reconciliation and checked once',
      measure: () => reconciled(clients),
    },
    { side: 'bare: started, and an empty local activity', measure: () => startedBare(clients, bundle) },
  ]);
  return {
    bench: 'start-up of a fleet',
    how: `${clients} clients, ${rounds} rounds in turns, each on ${benchTemporal}; starts paced to ${startsPerSecond}/s on both sides`,
    series: [ours!, bare!],
    ratios: [ratioOf(ours!, bare!)],
    figures: [],
  };
}

async function reconciled(clients: number): Promise<number> {
  return await onFreshServers(async (servers) => {
    await putProfile(servers.database, 'prepaid', { period: '30d', threshold: 10 });
    await insertClients(servers.database, clients);
    let checked = 0;
    const worker = await servers.startWorker({
      parts: { onCount: ({ what }) => void (checked += what === 'check' ? 1 : 0) },
    });
    const rate = await rateUntil(clients, () => checked, reconcile(servers));
    await worker.stop();
    return rate;
  });
}

async function startedBare(clients: number, bundle: WorkflowBundleWithSourceMap): Promise<number> {
  return await onFreshServers(async (servers) => {
    const worker = await startBareWorker(servers, bundle);
    const paced = pThrottle({ limit: startsPerSecond / 20, interval: 1_000 / 20 });
    const start = paced(async (client: number) => {
      const args = [{ clientId: String(client), periodMs: sleepMs }];
      await servers.client.workflow.start('bareLocal', { workflowId: `bench:${client}`, taskQueue, args });
    });
    const starts = Promise.all(Array.from({ length: clients }, (_, client) => start(client)));
    const rate = await rateUntil(clients, () => worker.done(), starts);
    await worker.stop();
    return rate;
  });
}

async function onFreshServers(measure: (servers: RealServers) => Promise<number>): Promise<number> {
  const servers = await startRealServers({ quiet: true, given: process.env });
  try {
    return await measure(servers);
  } finally {
    await servers.stop();
  }
}

async function rateUntil(clients: number, done: () => number, work: Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work;
  while (done() < clients) await sleep(20);
  return clients / ((performance.now() - from) / 1_000);
}
