import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { createConnection } from 'mysql2/promise';
import type { Environment } from '../../settings/read-settings.js';
import { registerSearchAttributes } from '../../worker/search-attributes.js';
import { mysqlUrl } from '../../worker/settings.js';
import { connectTemporal, temporalSettings } from '../../worker/temporal.js';

// Servers that exist already: a trial has a database and a namespace of its own on them, and removes both.

/** What stops when it is done with. */
export interface OwnDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

export interface OwnNamespace {
  readonly address: string;
  readonly namespace: string;
  stop(): Promise<void>;
}

/** The user of `url` needs the right to create databases called `low_balance_trial_…`. Throws SettingsError where it is no such URL. */
export async function createOwnDatabase(given: string): Promise<OwnDatabase> {
  const url = mysqlUrl({ MYSQL_URL: given });
  const name = `low_balance_trial_${nonce()}`;
  await ask(url, `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, stop: () => ask(url, `DROP DATABASE IF EXISTS ${name}`) };
}

/** On the cluster that `TEMPORAL_*` in `env` names, with the service's search attributes. */
export async function createOwnNamespace(env: Environment): Promise<OwnNamespace> {
  const namespace = `low-balance-trial-${nonce()}`;
  const settings = temporalSettings({ ...env, TEMPORAL_NAMESPACE: namespace });
  await onConnection(env, async (connection) => {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    await untilUsable(connection, namespace);
  });
  return {
    address: settings.address,
    namespace,
    stop: () =>
      onConnection(env, async (connection) => {
        await connection.operatorService.deleteNamespace({ namespace });
      }),
  };
}

/** Each of a cluster's frontends hears of a new namespace within some seconds. */
async function untilUsable(connection: Connection, namespace: string): Promise<void> {
  for (const until = Date.now() + 60_000; ;) {
    try {
      await registerSearchAttributes(connection, namespace);
      await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(1_000);
    }
  }
}

async function onConnection(
  env: Environment,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const client = await connectTemporal(temporalSettings(env));
  try {
    await work(client.connection as Connection);
  } finally {
    await client.connection.close();
  }
}

/** On no database: the one that `url` names need not exist. */
async function ask(url: string, sql: string): Promise<void> {
  const server = new URL(url);
  server.pathname = '/';
  const connection = await createConnection({ uri: server.href });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

function nonce(): string {
  return randomBytes(5).toString('hex');
}
