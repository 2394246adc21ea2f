import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { messageOf } from '../domain/error-message.js';
import { withinTime } from './time-limit.js';

/** What a worker found of its own state and of what it depends on. */
export interface Readiness {
  readonly ready: boolean;
  /** `ok`, or what is wrong: no secret is in it. */
  readonly worker: string;
  readonly mysql: string;
  readonly billing: string;
  readonly temporal: string;
  /** What is wrong with the reconciliation; absent where nothing is. A worker is ready all the same: it is the same for all of them. */
  readonly reconciliation?: string;
}

export interface ReadinessOptions {
  readonly database: DataSource;
  readonly billing: DataSource;
  readonly client: Client;
  readonly namespace: string;
  /** The worker's state, such as `RUNNING`. */
  readonly workerState: () => string;
  /** What is wrong with the reconciliation, as it was found last. */
  readonly reconciliation: () => string | undefined;
}

const timeoutMs = 3_000;

/** Asks MySQL and Temporal, at most 3 s. */
export async function readinessOf(options: ReadinessOptions): Promise<Readiness> {
  const { database, billing, client, namespace, workerState } = options;
  const reconciliation = options.reconciliation();
  const [mysql, billingViews, temporal] = await Promise.all([
    foundOf(() => database.query('SELECT 1')),
    foundOf(() => billing.query('SELECT 1')),
    foundOf(() => client.workflowService.describeNamespace({ namespace })),
  ]);
  const worker = workerState() === 'RUNNING' ? 'ok' : workerState().toLowerCase();
  return {
    ready: [worker, mysql, billingViews, temporal].every((each) => each === 'ok'),
    worker,
    mysql,
    billing: billingViews,
    temporal,
    ...(reconciliation === undefined ? {} : { reconciliation }),
  };
}

async function foundOf(ask: () => Promise<unknown>): Promise<string> {
  try {
    await withinTime(ask(), timeoutMs);
    return 'ok';
  } catch (error) {
    return messageOf(error);
  }
}
