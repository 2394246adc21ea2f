import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { createBillingTables } from '../../billing/mysql/billing-tables.js';
import { openDataFolder } from '../../dev/data-folder.js';
import { provideMysql, type ProvidedMysql } from '../../dev/mysql.js';
import { sharedProcesses } from '../../dev/processes.js';
import { silentProgress } from '../../dev/progress.js';
import { provideTemporal, type ProvidedTemporal } from '../../dev/temporal.js';
import { createOwnDatabase, createOwnNamespace } from '../../dev/trial/given-servers.js';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';
import { startWorkerCommand, type WorkerCommand } from '../../dev/trial/worker-command.js';
import { createBrake, type Brake } from '../../store/brake.js';
import { openDatabase } from '../../store/database.js';
import { searchAttributes } from '../../worker/search-attributes.js';
import { startReceiver, type Receiver } from './receiver.js';
import type { Environment } from '../../settings/read-settings.js';
import { setUp } from '../../worker/setup.js';
import { connectTemporal, temporalSettings } from '../../worker/temporal.js';

/** The variable of a worker's environment that holds the receiver's secret. */
export const secretVariable = 'ACME_CRM_SECRET';
/** The real stack, whose parts can be killed and started again with what they knew. */
export interface Servers {
  readonly mailbox: Mailbox;
  readonly receiver: Receiver;
  readonly folder: string;
  database(): DataSource;
  client(): Client;
  /** Servers that were given are not restarted. */
  readonly restarts: { readonly mysql: boolean; readonly temporal: boolean };
  restartMysql(): Promise<void>;
  restartTemporal(): Promise<void>;
  /** Cuts all connections of workers. Answers how many. */
  cutConnections(): Promise<number>;
  startWorker(env?: Environment): Promise<WorkerCommand>;
  stop(): Promise<void>;
}

/** As operators have it, by this machine's clock. */
export function brakeOf(database: DataSource): Brake {
  return createBrake(database, { now: () => Promise.resolve(Date.now()) });
}

const patience = { start: 60_000 };

export async function startServers(): Promise<Servers> {
  const root = await mkdtemp(path.join(tmpdir(), 'low-balance-chaos-'));
  const remove = () => rm(root, { recursive: true, force: true });
  // At the bottom of the stack: an interrupted run stops the servers first.
  const removed = sharedProcesses().onStop('the folder of chaos', remove);
  const dataFolder = path.join(root, 'data');
  await mkdir(dataFolder);
  // The programs that were fetched before are used again.
  const { cache } = await openDataFolder();
  await mkdir(cache, { recursive: true });
  await symlink(cache, path.join(dataFolder, 'cache'));
  const both = { env: process.env, progress: silentProgress, dataFolder };
  const attributes = Object.fromEntries(searchAttributes.map((name) => [name, 'Keyword'] as const));
  const { MYSQL_URL: mysqlUrl, TEMPORAL_ADDRESS: temporalAddress } = process.env;
  let mysql: Pick<ProvidedMysql, 'url' | 'stop'> = mysqlUrl
    ? await createOwnDatabase(mysqlUrl)
    : await provideMysql(both);
  let temporal: Reached = temporalAddress
    ? await createOwnNamespace(process.env)
    : await provideTemporal({ ...both, persistent: true, searchAttributes: attributes });
  const mysqlPort = Number(new URL(mysql.url).port);
  const temporalPort = Number(temporal.address.split(':')[1]);
  const mailbox = await startMailbox({ folder: path.join(root, 'mailbox') });
  const receiver = await startReceiver();
  let database = await openDatabase(mysql.url);
  await createBillingTables(database);
  let client = await connect(temporal);
  await setUp({ database, client, namespace: temporal.namespace, reconcileEveryMs: 5_000 });
  const workers: WorkerCommand[] = [];
  const connections: Client['connection'][] = [];
  return {
    mailbox,
    receiver,
    folder: root,
    restarts: { mysql: !mysqlUrl, temporal: !temporalAddress },
    database: () => database,
    client: () => client,
    async restartMysql() {
      await database.destroy().catch(() => {});
      await mysql.stop();
      mysql = await insist(() => provideMysql({ ...both, port: mysqlPort }));
      database = await openDatabase(mysql.url);
    },
    async restartTemporal() {
      // Whoever still asks the old connection gets an error of its own; closed, it would throw where nobody catches it.
      connections.push(client.connection);
      await temporal.stop();
      temporal = await insist(() =>
        provideTemporal({ ...both, persistent: true, port: temporalPort, searchAttributes: attributes }),
      );
      client = await connect(temporal);
    },
    async cutConnections() {
      const rows = await database.query<{ id: string }[]>(
        'SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user <> ? AND command <> ? AND db = DATABASE()',
        ['system user', 'Daemon'],
      );
      let cut = 0;
      for (const { id } of rows) {
        await database.query(`KILL ${Number(id)}`).then(
          () => (cut += 1),
          () => {},
        );
      }
      return cut;
    },
    async startWorker(env = {}) {
      const worker = startWorkerCommand({
        ...(temporalAddress ? temporalVariables() : {}),
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        MYSQL_URL: mysql.url,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        SENDGRID_BASE_URL: mailbox.apiUrl,
        WEBHOOK_ALLOW_PRIVATE: 'true',
        [secretVariable]: receiver.secret,
        WORKER_MYSQL_CONNECTIONS: '8',
        LOG_LEVEL: 'info',
        ...env,
      });
      workers.push(worker);
      return await Promise.resolve(worker);
    },
    async stop() {
      for (const worker of workers) if (worker.child.exitCode === null) await worker.kill('SIGKILL');
      for (const connection of [...connections, client.connection]) await connection.close();
      await database.destroy().catch(() => {});
      await Promise.all([mailbox.stop(), receiver.stop(), temporal.stop(), mysql.stop()]);
      await remove();
      removed();
    },
  };
}

/** The port of a server that just ended is not free at once. */
async function insist<T>(start: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + patience.start; ;) {
    try {
      return await start();
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(200);
    }
  }
}

type Reached = Pick<ProvidedTemporal, 'address' | 'namespace' | 'stop'>;

async function connect({ address, namespace }: Reached): Promise<Client> {
  if (process.env['TEMPORAL_ADDRESS'])
    return await connectTemporal(temporalSettings({ ...process.env, TEMPORAL_NAMESPACE: namespace }));
  const connection = await Connection.connect({ address, connectTimeout: patience.start });
  return new Client({ connection, namespace });
}

/** How a cluster that was given is reached: TLS, an API key. */
function temporalVariables(): Environment {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('TEMPORAL_')));
}
