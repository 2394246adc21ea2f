import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import { createActivities } from '../activities/create-activities.js';
import type { Counted } from '../activities/parts.js';
import type { Channels } from '../delivery/channel.js';
import { clockSource, databaseClock } from '../store/database-time.js';
import { createEndings } from '../store/endings.js';
import { createWatchedClients } from '../store/watched-clients.js';
import { readBuildId } from './build.js';
import { startWorkerHttp } from './http.js';
import { keepUndecoded } from './keep-undecoded.js';
import type { Log } from './log.js';
import { createMetrics, sendersOf } from './metrics.js';
import { createParts, taskQueue } from './parts.js';
import { passStorageReferences } from './pass-storage-references.js';
import { preflight } from './preflight.js';
import { startReceivers, type NamedReceiver } from './receivers.js';
import { readinessOf } from './readiness.js';
import type { Environment } from '../settings/read-settings.js';
import type { ServiceSettings } from './settings.js';
import { watchLooks, type LooksWatch } from './looks-watch.js';
import { watchReconciliation, type ReconciliationWatch } from './reconciliation-watch.js';
import { startVariableReports, type VariableReports } from './variable-reports.js';
import { deploymentOf, slotsOf } from './worker-options.js';
import { workflowBundle } from './workflow-bundle.js';

/** What a worker is put together from. */
export interface ServiceParts {
  readonly database: DataSource;
  readonly billing: DataSource;
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly channels: Channels;
  readonly settings: ServiceSettings;
  /** What providers report of messages is received by these, each where its settings ask for it. */
  readonly receivers?: readonly NamedReceiver[] | undefined;
  /** What `installRuntime` answered. */
  readonly sdkMetricsUrl?: string | undefined;
  readonly log: Log;
  /** Epoch milliseconds; default: MySQL's clock, one for all workers. */
  readonly now?: (() => Promise<number>) | undefined;
  /** How often the worker looks at reconciliation, milliseconds; default: a minute. */
  readonly reconciliationEveryMs?: number | undefined;
  /** Where secrets of resellers are; absent: nobody asks which are there. */
  readonly env?: Environment | undefined;
  /** Default: 20,000. */
  readonly patientReadMs?: number | undefined;
  /** Hears of all that the metrics count. */
  readonly onCount?: ((what: Counted) => void) | undefined;
}

export interface Service {
  /** Ends when the worker stopped; rejects when it failed. */
  readonly done: Promise<void>;
  /** Of /health, /ready and /metrics; undefined where they are not served. */
  readonly httpPort: number | undefined;
  /** Which build runs; undefined where it is not known. */
  readonly buildId: string | undefined;
  /** Finishes what runs, starts nothing more. Safe to repeat. */
  stop(): Promise<void>;
}

/** What runs at a stop may take this long to finish: one call of the provider, and the record of its answer. */
const graceMs = 20_000;
/** Then the process ends in any case; what was cut off is done again by another worker. */
const forceMs = 45_000;

/** Runs the worker of the task queue `low-balance`. Throws SettingsError where a setting is wrong or setup was not run. */
export async function startService(parts: ServiceParts): Promise<Service> {
  const { database, billing, client, connection, namespace, settings, log } = parts;
  await preflight({ database, client, namespace });
  if (!passStorageReferences())
    log.warn(
      'a payload that refers to a storage of its sender would fail the task of its workflow: this version of the SDK is not known',
    );
  const watched = createWatchedClients(database, (error) =>
    log.error({ err: error }, 'rows of watched clients were not written'),
  );
  const buildId = settings.buildId ?? (await readBuildId());
  const now = parts.now ?? databaseClock(clockSource(database));
  // Asked before the worker polls, while MySQL answers: a worker whose own clock is wrong must not date notices by it.
  await now();
  const endings = createEndings(database, (held) => {
    if (held === undefined) log.info({ alarm: 'endings', over: true }, 'clients that are missing end again');
    else log.error({ alarm: 'endings' }, held);
  });
  let looked: ReconciliationWatch | undefined;
  let looks: LooksWatch | undefined;
  const metrics = createMetrics({
    fleet: async () => watched.fleet(await now()),
    senders: () => sendersOf(parts.channels),
    sdkUrl: parts.sdkMetricsUrl,
    buildId: buildId ?? 'unknown',
    reconciliation: () => looked?.found(),
    looks: () => looks?.found(),
    endings: async () => endings.state(await now()),
    onError: (error) => log.warn({ err: error }, 'a metric could not be read'),
  });
  const activityParts = createParts({
    database,
    billing,
    client,
    watched,
    endings,
    now,
    channels: parts.channels,
    batchMs: settings.batchMs,
    patientReadMs: parts.patientReadMs,
    count(what) {
      metrics.count(what);
      parts.onCount?.(what);
    },
    onError: (error) => log.error({ err: error }, 'what a worker reads beside its checks could not be read'),
    onBrake: ({ limit, fleet }) =>
      log.error(
        { alarm: 'brake', limit, fleet },
        `more than ${limit} of ${fleet} clients would be notified of a low balance within an hour: further notices are held. Look at the billing data, then: low-balance release --all --why "…"`,
      ),
  });
  // Loaded only where it is used.
  const tracing =
    settings.tracing &&
    (await import('./tracing.js')).createTracing(settings.tracing, (error) =>
      log.warn({ err: error }, 'spans were not taken'),
    );
  const options: WorkerOptions & { readonly isolateExecutionTimeout: string } = {
    connection,
    namespace,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities: createActivities(activityParts),
    // An activation that is cut off after the SDK's 5 s takes the worker's process with it: ten thousand signals that waited for
    // a worker may need that long on a busy machine.
    isolateExecutionTimeout: '1m',
    // A refill cancels what is not sent yet: an activity hears of it with the answer to a heartbeat.
    maxHeartbeatThrottleInterval: '1s',
    ...(client.options.dataConverter ? { dataConverter: keepUndecoded(client.options.dataConverter) } : {}),
    ...(tracing ? { interceptors: { activity: [tracing.activity] } } : {}),
    ...slotsOf(settings),
    ...deploymentOf(settings, buildId),
    shutdownGraceTime: graceMs,
    shutdownForceTime: forceMs,
  };
  // The endpoints come first: where they cannot listen, no worker is left that polls.
  let created: Worker | undefined;
  let servers: Servers | undefined;
  const reconciliation = watchReconciliation({ client, log, now, everyMs: parts.reconciliationEveryMs });
  looked = reconciliation;
  const looksWatch = watchLooks(client, database, log);
  looks = looksWatch;
  try {
    servers = await startServers(parts, () => created?.getState() ?? 'INITIALIZED', metrics, reconciliation);
    created = await Worker.create(options);
  } catch (error) {
    await reconciliation.stop();
    await looksWatch.stop();
    await servers?.stop();
    throw error;
  }
  const listening = servers;
  const variables: VariableReports | undefined =
    parts.env &&
    activityParts.resellers &&
    startVariableReports({
      own: database,
      resellers: activityParts.resellers,
      env: parts.env,
      onError: (error) => log.warn({ err: error }, 'which variables this worker has was not written'),
    });
  const worker = created;
  const done = runToTheEnd();
  async function runToTheEnd(): Promise<void> {
    try {
      await worker.run();
    } finally {
      await reconciliation.stop();
      await variables?.stop();
      await looksWatch.stop();
      await watched.flush();
      await listening.stop();
      await tracing?.stop();
    }
  }
  let stopping: Promise<void> | undefined;
  return {
    done,
    httpPort: listening.httpPort,
    buildId,
    stop() {
      stopping ??= shutDown(worker, done);
      return stopping;
    },
  };
}

/** A worker that is just starting cannot be told to stop yet. */
async function shutDown(worker: Worker, done: Promise<void>): Promise<void> {
  while (worker.getState() === 'INITIALIZED') await sleep(10);
  if (worker.getState() === 'RUNNING') worker.shutdown();
  await done.catch(() => {});
}

interface Servers {
  readonly httpPort: number | undefined;
  stop(): Promise<void>;
}

async function startServers(
  { database, billing, client, namespace, settings, receivers = [], log }: ServiceParts,
  workerState: () => ReturnType<Worker['getState']>,
  metrics: ReturnType<typeof createMetrics>,
  reconciliation: ReconciliationWatch,
): Promise<Servers> {
  const { count } = metrics;
  const stopReceivers = await startReceivers({ database, receivers, count, log });
  const http =
    settings.httpPort === 0
      ? undefined
      : await startWorkerHttp({
          host: settings.httpHost,
          port: settings.httpPort,
          isAlive: () => workerState() !== 'FAILED',
          readiness: () =>
            readinessOf({
              database,
              billing,
              client,
              namespace,
              workerState,
              reconciliation: () => reconciliation.found()?.problem,
            }),
          metrics,
        });
  return {
    httpPort: http?.port,
    async stop() {
      await stopReceivers();
      await http?.stop();
    },
  };
}
