import type { Client } from '@temporalio/client';
import { Runtime, Worker, type NativeConnection } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import { createActivities } from '../activities/create-activities.js';
import type { Mailer } from '../mail/message.js';
import { temporalLogger, type Log } from './log.js';
import { createParts, taskQueue } from './parts.js';
import type { ServiceSettings } from './settings.js';
import { workflowBundle } from './workflow-bundle.js';

/** What a worker is put together from. */
export interface ServiceParts {
  readonly database: DataSource;
  readonly billing: DataSource;
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly mailer: Mailer;
  readonly settings: ServiceSettings;
  readonly log: Log;
}

export interface Service {
  /** Ends when the worker stopped; rejects when it failed. */
  readonly done: Promise<void>;
  /** Finishes what runs, starts nothing more. Safe to repeat. */
  stop(): Promise<void>;
}

/** Once per process and before anything else of Temporal's: whoever calls it chooses where its messages go. */
export function installRuntime(log: Log): void {
  // The process's own signal handling decides: the SDK's would stop the worker behind its back.
  Runtime.install({ logger: temporalLogger(log), shutdownSignals: [] });
}

/** Runs the worker of the task queue `low-balance`. */
export async function startService(parts: ServiceParts): Promise<Service> {
  const { database, billing, client, mailer, settings, log } = parts;
  const activityParts = createParts({
    database,
    billing,
    client,
    mailer,
    onError: (error) => log.error({ err: error }, 'rows of watched clients were not written'),
  });
  const worker = await Worker.create({
    connection: parts.connection,
    namespace: parts.namespace,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities: createActivities(activityParts),
    maxCachedWorkflows: settings.cachedWorkflows,
    maxConcurrentLocalActivityExecutions: settings.concurrentChecks,
    maxConcurrentActivityTaskExecutions: settings.concurrentNotices,
    shutdownGraceTime: '10s',
  });
  const done = runToTheEnd();
  async function runToTheEnd(): Promise<void> {
    try {
      await worker.run();
    } finally {
      await activityParts.watched.flush();
    }
  }
  let stopping: Promise<void> | undefined;
  return {
    done,
    stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      stopping ??= done.catch(() => {});
      return stopping;
    },
  };
}
