import type { Client, Connection } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { createBrake } from '../../store/brake.js';
import { addressOf } from '../../store/database.js';
import { createEndings } from '../../store/endings.js';
import { brakeFindings } from './examine-brake.js';
import { taskQueue } from '../../worker/parts.js';
import { pendingMigrations } from '../../worker/preflight.js';
import { examineReconciliation } from '../../worker/reconciliation.js';
import { missingSearchAttributes } from '../../worker/search-attributes.js';
import { billingMysqlUrl, mysqlUrl, serviceSettings } from '../../worker/settings.js';
import type { Environment } from '../../settings/read-settings.js';
import { connectBilling, connectDatabase, openTemporal, resolveEnvironment } from '../shared/connect.js';
import { ok, wrong, type Finding } from '../../domain/finding.js';
import { messageOf } from '../../domain/error-message.js';
import type { Io } from '../shared/io.js';

/** Everything that a worker needs, one after the other: what fails is a finding, and the rest is looked at all the same. */
export async function examine(io: Io): Promise<readonly Finding[]> {
  const env = resolveEnvironment(io);
  return [
    ...(await settings(env)),
    ...(await ofMysql(env, io)),
    ...(await ofBilling(env, io)),
    ...(await ofTemporal(io)),
    ...(await ofMail(env)),
  ];
}

async function settings(env: Environment): Promise<readonly Finding[]> {
  const { emailSettings } = await import('../../delivery/email-settings.js');
  const read = {
    'own tables': mysqlUrl,
    mail: emailSettings,
    service: serviceSettings,
  };
  const findings = Object.values(read).flatMap((reading) => {
    try {
      reading(env);
      return [];
    } catch (error) {
      return [wrong('settings', messageOf(error))];
    }
  });
  return findings.length > 0 ? findings : [ok('settings', 'all that are needed are set')];
}

async function ofMysql(env: Environment, io: Io): Promise<readonly Finding[]> {
  return await using(
    'MySQL',
    () => connectDatabase(io),
    async (database) => {
      const where = addressOf(mysqlUrl(env));
      const pending = await pendingMigrations(database);
      return [
        ok('MySQL', `${await versionOf(database)} at ${where}`),
        pending.length === 0
          ? ok('tables', 'are those of this version')
          : wrong(
              'tables',
              `these migrations were not run: ${pending.join(', ')}. Run: npx low-balance setup`,
            ),
        ...(pending.length === 0
          ? [await ofSending(database), await ofMissingClients(database), ...(await ofBrake(database))]
          : []),
      ];
    },
  );
}

async function ofSending(database: DataSource): Promise<Finding> {
  const { findingOfSending, readSendingHealth } = await import('../../delivery/ledger/sending-health.js');
  const now = Date.now();
  return findingOfSending(await readSendingHealth(database, now), now);
}

async function ofMissingClients(database: DataSource): Promise<Finding> {
  const { lost, held } = await createEndings(database).state(Date.now());
  if (held !== undefined)
    return wrong(
      'watched',
      `${held}. Mend the billing views or the profiles; where it is right so, npx low-balance release --all --why "…" lets them end`,
    );
  return ok('watched', `${lost.fleet} clients, ${lost.missing} of them without a profile or not found`);
}

async function ofBrake(database: DataSource): Promise<readonly Finding[]> {
  const state = await createBrake(database, { now: () => Promise.resolve(Date.now()) }).state();
  const [row] = await database.query<{ clients: string }[]>(
    "SELECT COUNT(*) AS clients FROM low_balance_watched_client WHERE state = 'held' AND ended_at IS NULL",
  );
  return brakeFindings(state, Number(row?.clients ?? 0));
}

/** The columns of docs/billing-views.md. */
const views: Readonly<Record<string, readonly string[]>> = {
  billing_client:
    'client_id name reseller_id profile_id currency balance credit_limit billing_email status prepaid language time_zone created_at last_charge_at last_refill_at'.split(
      ' ',
    ),
  billing_reseller: ['reseller_id', 'name', 'manager_email'],
  billing_user: ['login', 'reseller_id', 'email'],
  billing_exchange_rate: ['from_currency', 'to_currency', 'rate'],
  billing_entry: ['client_id', 'at', 'kind', 'amount'],
};
const optionalViews = new Set(['billing_entry']);

async function ofBilling(env: Environment, io: Io): Promise<readonly Finding[]> {
  return await using(
    'billing',
    () => connectBilling(io),
    async (billing) => {
      const findings: Finding[] = [
        ok('billing', `${await versionOf(billing)} at ${addressOf(billingMysqlUrl(env))}`),
      ];
      for (const [view, columns] of Object.entries(views))
        findings.push(await ofView(billing, view, columns));
      findings.push(await ofClients(billing));
      return findings;
    },
  );
}

async function ofView(billing: DataSource, view: string, columns: readonly string[]): Promise<Finding> {
  try {
    const rows = await billing.query<object[]>(`SELECT ${columns.join(', ')} FROM ${view} LIMIT 1`);
    return ok(view, rows.length === 0 ? 'has its columns, and no row' : 'has its columns');
  } catch (error) {
    const message = `${messageOf(error)}. Expected the columns ${columns.join(', ')}: docs/billing-views.md`;
    return optionalViews.has(view)
      ? { what: view, result: 'warning', message: `${message}; only backtest needs it` }
      : wrong(view, message);
  }
}

/** What a view may say that the service would not understand. */
async function ofClients(billing: DataSource): Promise<Finding> {
  try {
    const [found] = await billing.query<{ clients: string; statuses: string; reversed: string }[]>(
      `SELECT COUNT(*) AS clients, COALESCE(SUM(status NOT IN ('active', 'suspended', 'closed')), 0) AS statuses,
         COALESCE(SUM(created_at > UTC_TIMESTAMP(6) + INTERVAL 1 DAY OR last_charge_at > UTC_TIMESTAMP(6) + INTERVAL 1 DAY), 0) AS reversed
       FROM billing_client`,
    );
    if (Number(found?.statuses) > 0) {
      return wrong(
        'clients',
        `${found?.statuses} have a status other than active, suspended and closed: they count as active`,
      );
    }
    if (Number(found?.reversed) > 0) {
      return {
        what: 'clients',
        result: 'warning',
        message: `${found?.reversed} have times of more than a day in the future. Expected UTC`,
      };
    }
    return ok('clients', `${found?.clients} in billing_client`);
  } catch (error) {
    return wrong('clients', messageOf(error));
  }
}

async function ofTemporal(io: Io): Promise<readonly Finding[]> {
  const open = () => openTemporal(io);
  return await using('Temporal', open, async ({ client, address, namespace }) => {
    const connection = client.connection as Connection;
    const missing = (await missingSearchAttributes(connection, namespace)) ?? [];
    return [
      ok('Temporal', `namespace ${namespace} at ${address}`),
      missing.length === 0
        ? ok('search', 'the search attributes are registered')
        : wrong('search', `the namespace lacks ${missing.join(', ')}. Run: npx low-balance setup`),
      ...(await ofReconciliation(client)),
      await ofWorkers(connection, namespace),
    ];
  });
}

async function ofReconciliation(client: Client): Promise<readonly Finding[]> {
  const { problem, completedAt, runningSince, passedOver } = await examineReconciliation(client, Date.now());
  const { length } = passedOver;
  const some = passedOver.slice(0, 3).map(({ clientId, problem }) => `${clientId} (${problem})`);
  return [
    problem === undefined
      ? ok('reconcile', `the Schedule runs; ${whenOf(completedAt, runningSince)}`)
      : wrong('reconcile', problem),
    ...(length === 0
      ? []
      : [
          {
            what: 'reconcile',
            result: 'warning',
            message: `the last one passed over ${length === 1 ? '1 client' : `${length} clients`}: ${some.join('; ')}. Mend their rows in the billing views`,
          } as const,
        ]),
  ];
}

function whenOf(completedAt: number | undefined, runningSince: number | undefined): string {
  if (runningSince !== undefined) return `one runs since ${new Date(runningSince).toISOString()}`;
  return completedAt === undefined
    ? 'none was completed yet'
    : `last at ${new Date(completedAt).toISOString()}`;
}

async function ofWorkers(connection: Connection, namespace: string): Promise<Finding> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- 1 is TASK_QUEUE_TYPE_WORKFLOW; its enum is in a package of Temporal's own
    taskQueueType: 1,
  });
  const workers = new Set((pollers ?? []).map(({ identity }) => identity));
  return workers.size > 0
    ? ok('workers', `${workers.size} on task queue ${taskQueue}`)
    : {
        what: 'workers',
        result: 'warning',
        message: `none on task queue ${taskQueue}. Start one: npx low-balance worker`,
      };
}

/** What the provider says of itself; its settings are complete, or `settings` has said what is missing. */
async function ofMail(env: Environment): Promise<readonly Finding[]> {
  const { emailSettings } = await import('../../delivery/email-settings.js');
  try {
    return await emailSettings(env).provider.examine();
  } catch {
    return [wrong('mail', 'not looked at: its settings are not complete')];
  }
}

interface Closable {
  destroy?(): Promise<void>;
  close?(): Promise<void>;
}

async function using<T extends Closable>(
  what: string,
  open: () => Promise<T>,
  look: (opened: T) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  let opened: T;
  try {
    opened = await open();
  } catch (error) {
    return [wrong(what, messageOf(error))];
  }
  try {
    return await look(opened);
  } catch (error) {
    return [wrong(what, messageOf(error))];
  } finally {
    await (opened.destroy?.() ?? opened.close?.());
  }
}

async function versionOf(database: DataSource): Promise<string> {
  const [row] = await database.query<{ version: string }[]>('SELECT VERSION() AS version');
  return row?.version.includes('MariaDB') ? `MariaDB ${row.version.split('-')[0]}` : `MySQL ${row?.version}`;
}
