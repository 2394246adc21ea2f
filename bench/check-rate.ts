import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Counted } from '../activities/parts.js';
import { putProfile, startRealServers, type RealServers } from '../dev/trial/real-servers.js';
import { taskQueue, watchWorkflowId } from '../worker/parts.js';
import type { Environment } from '../settings/read-settings.js';
import { bundleBareWorkflows, startBareWorker } from './bare-worker.js';
import { ratioOf, type Measured, type Series } from './measured.js';
import { cpuMsOf, descendantNamed } from './processes.js';

const periodMs = 1_000;

export interface CheckRateOptions {
  /** Workflows at once: more than can be checked in a Period, so that the rate is the most that goes. */
  readonly clients: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Before it is measured: V8 compiles a worker's code for its first half a minute, and workers run for weeks. */
  readonly warmUpSeconds: number;
}

/** One side: starts workflows, and counts what it does. */
interface Side {
  readonly name: string;
  /** Starts a worker; answers how many checks it has done so far, and how it is stopped. */
  start(servers: RealServers): Promise<{ done: () => number; stop: () => Promise<unknown> }>;
  workflow(client: string): { type: string; workflowId: string; args: unknown[] };
}

/**
 * Checks per second of `watchClient`, quiet and with a notice at each check, against bare loops of the same Temporal
 * server, in turns.
 */
export async function checkRate(options: CheckRateOptions): Promise<readonly Measured[]> {
  const bundle = await bundleBareWorkflows();
  const isCheck = ({ what }: Counted) => what === 'check';
  // What is compared comes one after the other: the machine is not the same a minute later.
  const [ours, local, alone, regular, told, notice] = await inTurns(options, [
    watching('watchClient, quiet', 'quiet', isCheck),
    bare(bundle, 'bareLocal', 'bare: timer + empty local activity'),
    watching('watchClient, quiet, its reads not shared', 'quiet', isCheck, { WORKER_BATCH_MS: '0' }),
    bare(bundle, 'bareRegular', 'bare: timer + empty regular activity'),
    watching(
      'watchClient, a notice at each check',
      'telling',
      (counted) => counted.what === 'notice' && counted.result === 'accepted',
    ),
    bare(bundle, 'bareNotice', 'bare: timer + empty local + empty regular activity'),
  ]);
  const how = `${options.clients} workflows with a Period of ${periodMs / 1_000} s on one worker, ${options.rounds} rounds of ${options.seconds} s in turns, each after ${options.warmUpSeconds} s of warming up, on a fresh dev server in memory; a MySQL read, a decision and the row of watched clients at each check`;
  return [
    {
      bench: 'a quiet check',
      how,
      series: [ours!, alone!, local!, regular!],
      ratios: [ratioOf(ours!, local!, 0.9), ratioOf(ours!, regular!), ratioOf(ours!, alone!)],
      figures: [],
    },
    {
      bench: 'a check with a notice',
      how: `${how}; the ledger in MySQL, and a mail provider that accepts at once; counted are accepted notices`,
      series: [told!, notice!],
      ratios: [ratioOf(told!, notice!, 0.8)],
      figures: [],
    },
  ];
}

/**
 * A quiet check against the bare loop alone, in a fifth of the time: the rates, and the CPU that a check takes of all processes, which
 * other programs on the machine disturb less.
 */
export async function quietRate(options: CheckRateOptions): Promise<readonly Measured[]> {
  const ours = watching('watchClient, quiet', 'quiet', ({ what }) => what === 'check');
  const local = bare(await bundleBareWorkflows(), 'bareLocal', 'bare: timer + empty local activity');
  const found = await roundsInTurns(options, [ours, local]);
  const [rate, floor] = [ours, local].map((side) => rateSeries(side, found.get(side)!));
  const [cost, least] = [ours, local].map((side) => ({
    side: `${side.name}: CPU of all`,
    unit: 'ms',
    rounds: found.get(side)!.map(({ cpuMs }) => cpuMs),
  }));
  return [
    {
      bench: 'a quiet check, against the bare loop alone',
      how: `${options.clients} workflows with a Period of ${periodMs / 1_000} s on one worker, ${options.rounds} rounds of ${options.seconds} s in turns, each after ${options.warmUpSeconds} s of warming up, on a fresh dev server in memory`,
      series: [rate!, floor!, cost!, least!],
      ratios: [ratioOf(rate!, floor!, 0.9), ratioOf(least!, cost!)],
      figures: [],
    },
  ];
}

async function prepare({ database }: RealServers, clients: number): Promise<void> {
  await putProfile(database, 'quiet', { period: '1s', threshold: 10 });
  await putProfile(database, 'telling', { period: '1s', threshold: 1_000, maxQty: 1_000_000 });
  for (const profile of ['quiet', 'telling']) {
    await database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, billing_email, created_at) VALUES ?`,
      [
        Array.from({ length: clients }, (_, i) => [
          `${profile}-${i}`,
          `Client ${i}`,
          'acme',
          `acme/${profile}`,
          'USD',
          500,
          `billing@client-${i}.example`,
          '2020-01-01',
        ]),
      ],
    );
  }
}

function watching(
  name: string,
  profile: string,
  counts: (counted: Counted) => boolean,
  env: Environment = {},
): Side {
  return {
    name,
    async start(servers) {
      let done = 0;
      const worker = await servers.startWorker({
        env,
        parts: { onCount: (counted) => void (done += counts(counted) ? 1 : 0) },
      });
      return { done: () => done, stop: () => worker.stop() };
    },
    workflow(client) {
      const clientId = `${profile}-${client}`;
      return { type: 'watchClient', workflowId: watchWorkflowId(clientId), args: [{ clientId }] };
    },
  };
}

function bare(bundle: WorkflowBundleWithSourceMap, type: string, name: string): Side {
  return {
    name,
    async start(servers) {
      const worker = await startBareWorker(servers, bundle);
      // Two activities make a check.
      const each = type === 'bareNotice' ? 2 : 1;
      return { done: () => worker.done() / each, stop: () => worker.stop() };
    },
    workflow: (clientId) => ({ type, workflowId: `bench:${clientId}`, args: [{ clientId, periodMs }] }),
  };
}

/** What one round found of one side. */
interface Round {
  readonly rate: number;
  /** CPU of a check, of all processes on this machine. */
  readonly cpuMs: number;
}

async function inTurns(options: CheckRateOptions, sides: readonly Side[]): Promise<readonly Series[]> {
  const found = await roundsInTurns(options, sides);
  return sides.map((side) => rateSeries(side, found.get(side)!));
}

function rateSeries({ name }: Side, rounds: readonly Round[]): Series {
  return { side: name, unit: 'checks/s', rounds: rounds.map(({ rate }) => rate) };
}

async function roundsInTurns(
  options: CheckRateOptions,
  sides: readonly Side[],
): Promise<ReadonlyMap<Side, readonly Round[]>> {
  const found = new Map<Side, Round[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    // There and back, so that no side is always the first.
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      const measured = await roundOf(side, options);
      found.get(side)!.push(measured);
      const { rate, cpuMs } = measured;
      process.stderr.write(
        `round ${round + 1}, ${side.name}: ${rate.toFixed(1)} checks/s, ${cpuMs.toFixed(2)} ms\n`,
      );
    }
  }
  return found;
}

async function roundOf(side: Side, { clients, seconds, warmUpSeconds }: CheckRateOptions): Promise<Round> {
  const servers = await startPatiently();
  try {
    await prepare(servers, clients);
    const worker = await side.start(servers);
    for (let client = 0; client < clients; client += 1) {
      const { type, workflowId, args } = side.workflow(String(client));
      await servers.client.workflow.start(type, { workflowId, taskQueue, args });
    }
    // The first checks come all at once, and are not what is measured.
    while (worker.done() < 2 * clients) await sleep(50);
    await sleep(warmUpSeconds * 1_000);
    const processes = await startedServers();
    const [doneBefore, cpuBefore, from] = [worker.done(), await cpuOf(processes), performance.now()];
    await sleep(seconds * 1_000);
    const checks = worker.done() - doneBefore;
    const rate = (checks / (performance.now() - from)) * 1_000;
    const cpuMs = ((await cpuOf(processes)) - cpuBefore) / checks;
    await worker.stop();
    return { rate, cpuMs };
  } finally {
    await servers.stop();
  }
}

/** The servers that this process started: those that are given run elsewhere. */
async function startedServers(): Promise<readonly number[]> {
  const { MYSQL_URL: mysql, TEMPORAL_ADDRESS: temporal } = process.env;
  return await Promise.all([
    ...(mysql ? [] : [descendantNamed(/^(mariadbd|mysqld)/)]),
    ...(temporal ? [] : [descendantNamed(/^temporal/)]),
  ]);
}

/** Theirs and that of this process, in which the worker runs; milliseconds. */
async function cpuOf(servers: readonly number[]): Promise<number> {
  const { user, system } = process.cpuUsage();
  const theirs = await Promise.all(servers.map(cpuMsOf));
  return theirs.reduce((sum, each) => sum + each, (user + system) / 1_000);
}

/** A server that does not start in time on a busy machine is started once more: a round of many is not lost for it. */
async function startPatiently(): Promise<RealServers> {
  try {
    return await startRealServers({ quiet: true, given: process.env });
  } catch (error) {
    process.stderr.write(`started once more: ${String(error)}\n`);
    return await startRealServers({ quiet: true, given: process.env });
  }
}
