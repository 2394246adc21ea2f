import type { Client, Connection } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { createBrake } from '../../store/brake.js';
import { databaseNow } from '../../store/database-time.js';
import { examineViews, type ExamineViewsOptions } from '../../billing/mysql/examine-views.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import { normaliseProfile } from '../../domain/profile/profile.js';
import { loadProfiles } from '../../authoring/load-profiles.js';
import { assignerOfFolder } from '../../planning/assigner-of-folder.js';
import { readHeldProfiles } from '../../planning/held-profiles.js';
import { readAssigner } from '../../store/stored-assigner.js';
import { addressOf } from '../../store/database.js';
import { createEndings } from '../../store/endings.js';
import { brakeFindings } from './examine-brake.js';
import { taskQueue } from '../../worker/parts.js';
import { pendingMigrations } from '../../worker/preflight.js';
import { examineLooks } from '../../worker/looks.js';
import { formatDuration } from '../../domain/duration.js';
import { examineReconciliation } from '../../worker/reconciliation.js';
import { missingSearchAttributes } from '../../worker/search-attributes.js';
import { billingMysqlUrl, mysqlUrl, serviceSettings } from '../../worker/settings.js';
import type { Environment } from '../../settings/read-settings.js';
import { connectBilling, connectDatabase, openTemporal, resolveEnvironment } from '../shared/connect.js';
import { ok, warning, wrong, type Finding } from '../../domain/finding.js';
import { messageOf } from '../../domain/error-message.js';
import type { Io } from '../shared/io.js';

export interface ExamineOptions {
  /** Every client is read, and not a sample of a large fleet. */
  readonly all: boolean;
  /** Whose profiles the clients are held against while MySQL has none. */
  readonly folder: string;
  readonly progress: (line: string) => void;
}

/** Everything that a worker needs, one after the other: what fails is a finding, and the rest is looked at all the same. */
export async function examine(io: Io, options: ExamineOptions): Promise<readonly Finding[]> {
  const env = resolveEnvironment(io);
  return [
    ...(await settings(env)),
    ...(await ofMysql(env, io)),
    ...(await ofBilling(env, io, options)),
    ...(await ofTemporal(io)),
    ...(await ofMail(env)),
    ...(await ofResellers(env, io)),
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
  const { lost, held } = await createEndings(database).state(await databaseNow(database));
  if (held !== undefined)
    return wrong(
      'watched',
      `${held}. Mend the billing views or the profiles; where it is right so, npx low-balance release --all --why "…" lets them end`,
    );
  return ok('watched', `${lost.fleet} clients, ${lost.missing} of them without a profile or not found`);
}

async function ofBrake(database: DataSource): Promise<readonly Finding[]> {
  return brakeFindings(await createBrake(database, { now: () => databaseNow(database) }).state());
}

async function ofBilling(env: Environment, io: Io, options: ExamineOptions): Promise<readonly Finding[]> {
  return await using(
    'billing',
    () => connectBilling(io),
    async (billing) => [
      ok('billing', `${await versionOf(billing)} at ${addressOf(billingMysqlUrl(env))}`),
      ...(await ofViews(billing, env, io, options)),
    ],
  );
}

/** Clients are held against the profiles of MySQL; before the first sync, against those of the folder. */
async function ofViews(
  billing: DataSource,
  env: Environment,
  io: Io,
  { all, folder, progress }: ExamineOptions,
): Promise<readonly Finding[]> {
  const held = await heldProfiles(io);
  const known = held.profiles.size > 0 ? held : await profilesOfFolder(folder, io.cwd);
  const { size } = known.profiles;
  const views = await examineViews(billing, {
    ...known,
    all,
    readsOnly: billingMysqlUrl(env) !== mysqlUrl(env),
    now: Date.now(),
    progress,
  });
  if (held.profiles.size > 0) return views;
  const finding =
    size > 0
      ? ok('profiles', `none is synced yet: clients are held against the ${size} of ${folder}/`)
      : warning('profiles', `there is none, neither in MySQL nor in ${folder}/: nobody is watched yet`);
  return [finding, ...views];
}

type KnownProfiles = Pick<ExamineViewsOptions, 'assigner' | 'profiles'>;

/** The profiles of MySQL; none where its tables are not there yet, which is a finding of its own. */
async function heldProfiles(io: Io): Promise<KnownProfiles> {
  try {
    const database = await connectDatabase(io);
    try {
      const rows = await readHeldProfiles(database);
      const profiles = rows.flatMap(({ id, content }) =>
        content ? [[id, normaliseProfile(id, content)] as const] : [],
      );
      return { assigner: await readAssigner(database), profiles: new Map(profiles) };
    } finally {
      await database.destroy();
    }
  } catch {
    return { assigner: namedProfilesOnly, profiles: new Map() };
  }
}

async function profilesOfFolder(folder: string, cwd: string): Promise<KnownProfiles> {
  const { profiles } = await loadProfiles(folder, cwd);
  return {
    assigner: await assignerOfFolder(folder, cwd),
    profiles: new Map(profiles.map(({ id, content }) => [id, normaliseProfile(id, content)])),
  };
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
      await ofLooks(client),
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

async function ofLooks(client: Client): Promise<Finding> {
  const { problem, everyMs, completed } = await examineLooks(client, Date.now());
  if (problem !== undefined) return wrong('looks', problem);
  if (everyMs === undefined) return ok('looks', 'no profile says checkEvery');
  const last =
    completed === undefined
      ? 'none was completed yet'
      : `the last one, at ${new Date(completed.at).toISOString()}, took ${formatDuration(completed.tookMs)}`;
  return ok('looks', `every ${formatDuration(everyMs)}; ${last}`);
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

/** Nothing where MySQL or its tables are not there: `ofMysql` has said so. */
async function ofResellers(env: Environment, io: Io): Promise<readonly Finding[]> {
  const { examineResellers } = await import('./examine-resellers.js');
  const { emailSettings } = await import('../../delivery/email-settings.js');
  let database: DataSource | undefined;
  try {
    database = await connectDatabase(io);
    if ((await pendingMigrations(database)).length > 0) return [];
    return await examineResellers(
      database,
      env,
      providerOf(() => emailSettings(env).provider),
    );
  } catch (error) {
    return database ? [wrong('resellers', messageOf(error))] : [];
  } finally {
    await database?.destroy();
  }
}

function providerOf<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
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
