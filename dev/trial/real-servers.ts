import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import { createBillingTables } from '../../billing/mysql/billing-tables.js';
import type { Channel } from '../../delivery/channel.js';
import type { DeliveryError } from '../../delivery/delivery-error.js';
import type { Message } from '../../delivery/message.js';
import { createBrake } from '../../store/brake.js';
import { openDatabase } from '../../store/database.js';
import { createLog } from '../../worker/log.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { startService, type Service, type ServiceParts } from '../../worker/service.js';
import { serviceSettings } from '../../worker/settings.js';
import type { Environment } from '../../settings/read-settings.js';
import { setUp } from '../../worker/setup.js';
import { connectNative, connectTemporal, temporalSettings } from '../../worker/temporal.js';
import { statusQuery, type WatchStatus } from '../../workflows/messages.js';
import type { watchClient } from '../../workflows/watch-client.js';
import { createOwnDatabase, createOwnNamespace } from './given-servers.js';
import { provideTestMysql } from './test-mysql.js';
import { provideTestTemporal, type TestTemporal } from './test-temporal.js';

/** A database of a real MySQL and a namespace of a real Temporal, with everything that `setup` makes. */
export interface RealServers {
  /** What a `low-balance` in a child process needs to find them. */
  readonly env: Environment;
  readonly database: DataSource;
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly uiUrl: string;
  readonly httpUrl: string;
  /** Mails that workers of `startWorker` sent. */
  readonly mails: Message[];
  /** While it is set, the mail provider refuses everything with it. */
  refuse(error: DeliveryError | undefined): void;
  startWorker(changes?: WorkerChanges): Promise<Service>;
  /** Starts the client's workflow, as a reconciliation does. */
  watch(clientId: string): Promise<void>;
  status(clientId: string): Promise<WatchStatus>;
  stop(): Promise<void>;
}

export interface WorkerChanges {
  readonly env?: Environment;
  readonly parts?: Partial<ServiceParts>;
}

export interface RealServersOptions {
  /** Of the reconciliation's Schedule; default: an hour, so that tests trigger it. */
  readonly reconcileEveryMs?: number;
  readonly env?: Environment;
  /** Says nothing of what it starts. */
  readonly quiet?: boolean;
  /** A MySQL of its own, where a test makes users or looks at the whole server. */
  readonly ownMysql?: boolean;
  /** Makes it a Temporal of its own. */
  readonly dynamicConfig?: Readonly<Record<string, boolean | number | string>>;
  /** Makes it a MySQL of its own. */
  readonly mysqlOptions?: readonly string[];
  /** Variables of the process of MySQL, besides those of this one. */
  readonly mysqlEnv?: Environment;
  /** The brake as it is by default (rule 23); without it nothing is held. */
  readonly brake?: boolean;
  /**
   * Names servers that exist already, by `MYSQL_URL` and by `TEMPORAL_ADDRESS` with its other variables: those are used, with a
   * database and a namespace of their own, and the options of a started server do not count. Benches hand in theirs.
   */
  readonly given?: Environment;
  /** Where the dev server keeps workflows; default: memory. */
  readonly temporalDatabase?: 'memory' | 'file';
}

export async function startRealServers(options: RealServersOptions = {}): Promise<RealServers> {
  const {
    quiet = false,
    ownMysql = false,
    dynamicConfig,
    mysqlOptions,
    mysqlEnv,
    temporalDatabase,
    given = {},
  } = options;
  const [mysql, temporal] = await Promise.all([
    given['MYSQL_URL']
      ? createOwnDatabase(given['MYSQL_URL'])
      : provideTestMysql({
          quiet,
          own: ownMysql || mysqlEnv !== undefined,
          ...(mysqlEnv && { env: mysqlEnv }),
          ...(mysqlOptions && { serverOptions: mysqlOptions }),
        }),
    given['TEMPORAL_ADDRESS']
      ? onGivenTemporal(given)
      : provideTestTemporal({
          quiet,
          ...(dynamicConfig && { dynamicConfig }),
          ...(temporalDatabase && { database: temporalDatabase }),
        }),
  ]);
  const env: Environment = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ...variablesOfTemporal(given),
    MYSQL_URL: mysql.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_UI_URL: temporal.uiUrl,
    ...options.env,
  };
  const database = await openDatabase(mysql.url);
  await createBillingTables(database);
  await database.query("INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'manager@acme.example')");
  const settings = temporalSettings(env);
  const client = await connectTemporal(settings);
  const connection = await connectNative(settings);
  const { namespace } = temporal;
  await setUp({ database, client, namespace, reconcileEveryMs: options.reconcileEveryMs ?? 3_600_000 });
  // Trials notify many clients at once.
  const brake = createBrake(database, { now: () => Promise.resolve(Date.now()) });
  if (!options.brake) await brake.setPolicy({ clients: 1_000_000_000, percentOfFleet: 100 });
  const mails: Message[] = [];
  let refusal: DeliveryError | undefined;
  const mailer: Channel = {
    send(mail) {
      if (refusal) return Promise.reject(refusal);
      mails.push(mail);
      return Promise.resolve({ messageId: `m-${mails.length}` });
    },
  };
  return {
    env,
    database,
    client,
    connection,
    namespace,
    uiUrl: temporal.uiUrl,
    httpUrl: temporal.httpUrl,
    mails,
    refuse(error) {
      refusal = error;
    },
    startWorker: ({ env: more = {}, parts = {} } = {}) =>
      startService({
        database,
        billing: database,
        client,
        connection,
        namespace,
        channels: { email: mailer },
        settings: {
          ...serviceSettings({ ...env, ...more }),
          ...(more['WORKER_HTTP_PORT'] ? {} : { httpPort: 0 }),
        },
        log: createLog('fatal'),
        ...parts,
      }),
    async watch(clientId) {
      await client.workflow.start<typeof watchClient>('watchClient', {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId }],
      });
    },
    status: (clientId) => client.workflow.getHandle(watchWorkflowId(clientId)).query(statusQuery),
    async stop() {
      await connection.close();
      await client.connection.close();
      await database.destroy();
      await Promise.all([temporal.stop(), mysql.stop()]);
    },
  };
}

async function onGivenTemporal(given: Environment): Promise<TestTemporal> {
  return { ...(await createOwnNamespace(given)), uiUrl: '', httpUrl: '' };
}

/** How a cluster that is given is reached: TLS, an API key. */
function variablesOfTemporal(given: Environment): Environment {
  if (!given['TEMPORAL_ADDRESS']) return {};
  return Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('TEMPORAL_')));
}

export interface ProfileChanges {
  readonly period?: string;
  readonly maxQty?: number;
  readonly threshold?: number;
  /** Other fields of the profile, over these. */
  readonly more?: object;
}

/** A profile of reseller acme with a rule for the client; replaces the one of that slug. */
export async function putProfile(
  database: DataSource,
  slug: string,
  { period = '24h', maxQty = 3, threshold = 50, more = {} }: ProfileChanges = {},
): Promise<void> {
  const content = JSON.stringify({
    name: `Prepaid ${slug}`,
    reseller: 'acme',
    currency: 'USD',
    sortOrder: 1,
    maxQty,
    period,
    clientNotification: { threshold },
    ...more,
  });
  await database.query(
    `INSERT INTO low_balance_profile (id, reseller, content, source, version, applied_hash, updated_at)
     VALUES (?, 'acme', ?, '', 1, REPEAT('0', 64), 0) ON DUPLICATE KEY UPDATE content = VALUES(content), version = version + 1`,
    [`acme/${slug}`, content],
  );
}

/** A client of reseller acme. */
export async function putClient(
  database: DataSource,
  clientId: string,
  balance: string,
  profile: string | null = 'acme/prepaid',
): Promise<void> {
  await database.query(
    `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, billing_email, created_at)
     VALUES (?, ?, 'acme', ?, 'USD', ?, ?, '2020-01-01') ON DUPLICATE KEY UPDATE balance = VALUES(balance), profile_id = VALUES(profile_id)`,
    [clientId, `Client ${clientId}`, profile, balance, `billing@${clientId.toLowerCase()}.example`],
  );
}

/** Waits until it holds. Fails with what was expected after `patienceMs`. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  patienceMs = 120_000,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let last: unknown; ;) {
    try {
      if (await holds()) return;
      last = 'it does not hold';
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(`expected within ${patienceMs} ms: ${what}; found ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
