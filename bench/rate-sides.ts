import { setTimeout as sleep } from 'node:timers/promises';
import type { Counted } from '../activities/parts.js';
import { putProfile, startRealServers, type RealServers } from '../dev/trial/real-servers.js';
import type { Environment } from '../settings/read-settings.js';
import { taskQueue, watchWorkflowId } from '../worker/parts.js';
import { bundleBareWorkflows, startBareWorker } from './bare-worker.js';

const quietPeriodMs = 1_000;
/**
 * Longer than a notice takes where more of them are due than the machine can send: what is not accepted within its Period is withdrawn,
 * and that would be measured instead.
 */
const noticePeriodMs = 10_000;

/** What a comparison of rates has a worker do. */
export interface RateSide {
  readonly title: string;
  readonly periodMs: number;
  /** Starts a worker; answers how many checks it has done so far, and how it is stopped. */
  start(servers: RealServers): Promise<{ done: () => number; stop: () => Promise<unknown> }>;
  workflow(client: string): { type: string; workflowId: string; args: unknown[] };
}

const isCheck = ({ what }: Counted) => what === 'check';

export const rateSides = {
  quiet: watching('watchClient, quiet', 'quiet', isCheck),
  alone: watching('watchClient, quiet, its reads not shared', 'quiet', isCheck, { WORKER_BATCH_MS: '0' }),
  notifying: watching(
    'watchClient, a notice at each check',
    'notifying',
    (counted) => counted.what === 'notice' && counted.result === 'accepted',
  ),
  bareLocal: bare('bareLocal', 'bare: timer + empty local activity', quietPeriodMs),
  bareRegular: bare('bareRegular', 'bare: timer + empty regular activity', quietPeriodMs),
  bareNotice: bare('bareNotice', 'bare: timer + empty local + empty regular activity', noticePeriodMs),
} satisfies Readonly<Record<string, RateSide>>;

export type RateSideName = keyof typeof rateSides;

/** A side that runs. */
export interface RunningRateSide {
  /** How many checks it has done so far. */
  done(): number;
  stop(): Promise<void>;
}

/** With servers of its own; once each client was checked twice, since the first checks come all at once. */
export async function startRateSide(side: RateSide, clients: number): Promise<RunningRateSide> {
  const servers = await startPatiently();
  await prepareClients(servers, clients);
  const worker = await side.start(servers);
  for (let client = 0; client < clients; client += 1) {
    const { type, workflowId, args } = side.workflow(String(client));
    await servers.client.workflow.start(type, { workflowId, taskQueue, args });
    // Evenly over the Period, as a fleet's checks are.
    await sleep(side.periodMs / clients);
  }
  while (worker.done() < 2 * clients) await sleep(50);
  return {
    done: worker.done,
    async stop() {
      await worker.stop();
      await servers.stop();
    },
  };
}

/** A server that does not start in time on a busy machine is started once more: a comparison of many minutes is not lost for it. */
async function startPatiently(): Promise<RealServers> {
  const options = { quiet: true, given: process.env };
  try {
    return await startRealServers(options);
  } catch (error) {
    process.stderr.write(`started once more: ${String(error)}\n`);
    return await startRealServers(options);
  }
}

async function prepareClients({ database }: RealServers, clients: number): Promise<void> {
  await putProfile(database, 'quiet', { period: inSeconds(quietPeriodMs), threshold: 10 });
  await putProfile(database, 'notifying', {
    period: inSeconds(noticePeriodMs),
    threshold: 1_000,
    maxQty: 1_000_000,
  });
  for (const profile of ['quiet', 'notifying']) {
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

const inSeconds = (ms: number) => `${ms / 1_000}s`;

function watching(
  title: string,
  profile: 'quiet' | 'notifying',
  counts: (counted: Counted) => boolean,
  env: Environment = {},
): RateSide {
  return {
    title,
    periodMs: profile === 'quiet' ? quietPeriodMs : noticePeriodMs,
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

function bare(type: string, title: string, periodMs: number): RateSide {
  return {
    title,
    periodMs,
    async start(servers) {
      const worker = await startBareWorker(servers, await bundleBareWorkflows());
      // Two activities make a check.
      const each = type === 'bareNotice' ? 2 : 1;
      return { done: () => worker.done() / each, stop: () => worker.stop() };
    },
    workflow: (clientId) => ({ type, workflowId: `bench:${clientId}`, args: [{ clientId, periodMs }] }),
  };
}
