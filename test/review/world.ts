import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import type { Io } from '../../cli/shared/io.js';
import { sync } from '../../cli/review/sync.js';
import type { SyncOptions } from '../../cli/review/sync-options.js';
import type { wakeClients } from '../../cli/review/wake-clients.js';
import { plan, type PlanOptions } from '../../cli/review/plan.js';
import { createBillingTables } from '../../billing/mysql/billing-tables.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { migrate, openDatabase } from '../../store/database.js';
import type { WatchState } from '../../domain/cycle/watch-state.js';
import { provideTestMysql } from '../../dev/trial/test-mysql.js';

/** What a verb printed, and its exit status. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A checkout with profiles, and real MySQL with the own tables and the billing tables. */
export interface World {
  readonly database: DataSource;
  readonly mysqlUrl: string;
  readonly cwd: string;
  io(changes?: Partial<Io>): Io & { readonly printed: { out: string; err: string } };
  /** Empties all tables and the folder. */
  reset(): Promise<void>;
  write(id: string, changes?: Partial<ProfileFile>): Promise<void>;
  writeText(file: string, text: string): Promise<void>;
  remove(file: string): Promise<void>;
  plan(options?: Partial<PlanOptions>, io?: Partial<Io>): Promise<Ran>;
  /** Without Temporal, unless `wake` is given. */
  sync(
    planFile?: string,
    options?: Partial<SyncOptions>,
    io?: Partial<Io>,
    wake?: typeof wakeClients,
  ): Promise<Ran>;
  addClient(client: TestClient): Promise<void>;
  stop(): Promise<void>;
}

export interface TestClient {
  readonly id: string;
  readonly profile?: string | null;
  /** "acme" when not given; null: none. */
  readonly reseller?: string | null;
  readonly group?: string;
  readonly balance?: number;
  readonly currency?: string;
  readonly status?: string;
  readonly prepaid?: number;
  /** Per rule, how many notices were accepted in this cycle. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Epoch milliseconds; with it the client is watched. */
  readonly nextCheckAt?: number;
  readonly periodMs?: number;
}

const dayMs = 86_400_000;

/** Nothing answers there: a sync says so, and is done. */
const noTemporal = '127.0.0.1:1';

/** A world for all tests of a `describe`, emptied before each. */
export function useWorld(assign: (world: World) => void): void {
  let world: World | undefined;
  before(async () => {
    world = await createWorld();
    assign(world);
  });
  after(() => world?.stop());
  beforeEach(() => world!.reset());
}

export async function createWorld(): Promise<World> {
  const mysql = await provideTestMysql();
  const database = await openDatabase(mysql.url);
  await migrate(database);
  await createBillingTables(database);
  const cwd = await mkdtemp(path.join(tmpdir(), 'low-balance-sync-'));
  const file = (name: string) => path.join(cwd, 'profiles', name);

  const writeText = async (name: string, text: string): Promise<void> => {
    await mkdir(path.dirname(file(name)), { recursive: true });
    await writeFile(file(name), text);
  };
  const io: World['io'] = (changes = {}) => {
    const printed = { out: '', err: '' };
    return {
      out: (text) => {
        printed.out += text;
      },
      err: (line) => {
        printed.err += `${line}\n`;
      },
      env: { MYSQL_URL: mysql.url, TEMPORAL_ADDRESS: noTemporal },
      cwd,
      interactive: false,
      colour: false,
      ...changes,
      printed,
    };
  };
  const ran = async (verb: (given: Io) => Promise<number>, changes: Partial<Io>): Promise<Ran> => {
    const given = io(changes);
    const code = await verb(given);
    return { code, ...given.printed };
  };

  return {
    database,
    mysqlUrl: mysql.url,
    cwd,
    io,
    async reset() {
      await rm(path.join(cwd, 'profiles'), { recursive: true, force: true });
      for (const table of ['profile', 'revision', 'notice', 'watched_client', 'reseller_settings'])
        await database.query(`DELETE FROM low_balance_${table}`);
      await database.query('UPDATE low_balance_synced_commit SET commit_id = NULL');
      for (const table of ['client', 'reseller', 'user', 'exchange_rate'])
        await database.query(`DELETE FROM billing_${table}`);
      await database.query("INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'manager@acme.example')");
    },
    write: (id, changes) => writeText(`${id}.json`, JSON.stringify(aProfileFile(id, changes), null, 2)),
    writeText,
    remove: (name) => rm(file(name), { recursive: true }),
    plan: (options, changes = {}) =>
      ran((given) => plan({ folder: 'profiles', format: 'json', ...options }, given), changes),
    sync: (planFile, options, changes = {}, wake = () => Promise.resolve(true)) =>
      ran(
        (given) =>
          sync(planFile, { folder: 'profiles', format: 'json', lockWaitMs: 30_000, ...options }, given, wake),
        changes,
      ),
    addClient: (client) => addClient(database, client),
    async stop() {
      await database.destroy();
      await mysql.stop();
      await rm(cwd, { recursive: true, force: true });
    },
  };
}

export function aProfileFile(id: string, changes: Partial<ProfileFile> = {}): ProfileFile {
  return {
    name: `Profile ${id}`,
    reseller: id.slice(0, id.indexOf('/')),
    currency: 'USD',
    sortOrder: 10,
    maxQty: 3,
    period: '24h',
    clientNotification: { threshold: 50 },
    ...changes,
  };
}

async function addClient(database: DataSource, client: TestClient): Promise<void> {
  const { reseller = 'acme' } = client;
  const { id, profile = 'acme/a', balance = 40, currency = 'USD', status = 'active', prepaid = 1 } = client;
  await database.query(
    `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, billing_email, status, prepaid, client_group, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '2020-01-01')`,
    [
      id,
      `Client ${id}`,
      reseller,
      profile,
      currency,
      balance,
      `billing@${id}.example`,
      status,
      prepaid,
      client.group ?? null,
    ],
  );
  if (client.nextCheckAt === undefined && !client.counts) return;
  const acceptedAt: Record<string, number[]> = {};
  for (const [rule, count] of Object.entries(client.counts ?? {}))
    acceptedAt[rule] = Array.from({ length: count }, (_, i) => i + 1);
  const watch: WatchState = { profileId: profile ?? '', acceptedAt };
  const nextCheckAt = client.nextCheckAt ?? Date.now() + dayMs;
  await database.query(
    `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch)
     VALUES (?, ?, 'low', ?, ?, ?, ?)`,
    [id, profile ?? '', client.periodMs ?? dayMs, nextCheckAt, Date.now(), JSON.stringify(watch)],
  );
}

export async function rowsOf({
  database,
}: World): Promise<readonly { id: string; version: number; content: string }[]> {
  return await database.query('SELECT id, version, content FROM low_balance_profile ORDER BY id');
}

export async function revisionsOf({
  database,
}: World): Promise<readonly { action: string; profile_id: string }[]> {
  return await database.query(
    'SELECT action, profile_id, renamed_from, version, author, source_commit FROM low_balance_revision ORDER BY id',
  );
}

/** Replaces text in the content of a row, as somebody with an SQL client does. */
export async function editRow({ database }: World, id: string, from: string, to: string): Promise<void> {
  await database.query('UPDATE low_balance_profile SET content = REPLACE(content, ?, ?) WHERE id = ?', [
    from,
    to,
    id,
  ]);
}
