import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import type { Explanation } from '../../cli/review/explanation.js';
import { explain } from '../../cli/review/explain.js';
import { plan } from '../../cli/review/plan.js';
import { sync } from '../../cli/review/sync.js';
import { exitCode } from '../../cli/shared/exit-code.js';
import { eventually, startRealServers, type RealServers } from '../../dev/trial/real-servers.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';
import { openDatabase } from '../../store/database.js';
import type { Service } from '../../worker/service.js';
import { aFolder } from '../dev/a-folder.js';
import { reconcileOn } from '../reconcile/schedule.js';
import { anIo } from '../scenarios/an-io.js';
import { billingSystems, idleOrLow, type BillingSystem, type TruthRow } from './billing-systems.js';
import { buildSystem } from './build-system.js';

const clients = Number(process.env['INTEGRATION_CLIENTS'] ?? 300);
/** `explain` opens its databases each time, as somebody who asks does: these of each kind of client are enough. */
const explainedOfKind = 2;
const profileId = 'all/prepaid';
/** As `idleOrLow` says it in SQL's place. */
const profile = {
  name: 'Prepaid',
  reseller: 'all',
  currency: 'USD',
  sortOrder: 1,
  maxQty: 3,
  period: '1d',
  appliesTo: { all: true },
  clientNotification: { threshold: 10 },
  advancedRules: [{ name: 'dormant', threshold: 30, inactivity: '30d' }],
};
const policy = {
  maxNewlyTold: 1_000_000,
  maxMovedClients: 1_000_000,
  maxToldPerHour: { clients: 1_000_000, percentOfFleet: 100 },
};

interface Outcome {
  readonly system: string;
  readonly clients: number;
  readonly right: number;
  readonly wrong: number;
  readonly notified: number;
}

describe('plan, explain and a real worker on the tables of billing systems', function () {
  this.timeout(900_000);
  const folder = aFolder();
  const outcomes: Outcome[] = [];
  let mysql: TestMysql;
  let servers: RealServers;
  let billing: DataSource | undefined;
  let worker: Service | undefined;
  let database = '';

  before(async () => {
    // Five hours behind UTC, as the servers of many of these systems are.
    mysql = await provideTestMysql({ serverOptions: ['--default-time-zone=-05:00', '--sql-mode='] });
  });
  beforeEach(async () => {
    servers = await startRealServers({ given: { MYSQL_URL: mysql.url } });
  });
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
    await billing?.destroy();
    billing = undefined;
    await servers?.stop();
  });
  after(async () => {
    await mysql?.stop();
    process.stdout.write(`${tableOf(outcomes)}\n`);
  });

  async function openBilling(system: BillingSystem): Promise<DataSource> {
    const name = `integration_${system.name.replaceAll('-', '_')}`;
    await servers.database.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    const url = new URL(servers.env['MYSQL_URL']!);
    url.pathname = `/${name}`;
    database = url.href;
    billing = await openDatabase(database);
    await buildSystem(billing, system, clients);
    return billing;
  }

  async function write(file: string, content: object): Promise<void> {
    const whole = path.join(folder(), 'profiles', file);
    await mkdir(path.dirname(whole), { recursive: true });
    await writeFile(whole, `${JSON.stringify(content, null, 2)}\n`);
  }

  for (const system of billingSystems)
    it(`${system.name}: agree with plain SQL over the tables, client by client`, async () => {
      const source = await openBilling(system);
      const truth = await source.query<TruthRow[]>(system.truth);
      assert.equal(truth.length, clients);
      await write('all/reseller.json', { platform: true });
      await write('all/prepaid.json', profile);
      await write('policy.json', policy);
      const env = { ...servers.env, BILLING_MYSQL_URL: database };
      const now = Date.now();
      const watched = truth.filter((row) => Number(row.watched) === 1);
      const low = watched.filter((row) => row.status === 'active' && idleOrLow(row, now));
      const lowIds = new Set(low.map(({ id }) => String(id)));
      assert.ok(low.length > 10 && low.length < watched.length, `${low.length} of ${watched.length}`);

      const planIo = anIo(folder(), env);
      assert.equal(
        await plan({ folder: 'profiles', format: 'json' }, planIo),
        exitCode.changesPending,
        planIo.said(),
      );
      const { changes } = JSON.parse(planIo.printed()) as {
        changes: { profile: string; clients: { assigned: number; unknown: number; newlyTold: string[] } }[];
      };
      const [planned] = changes;
      assert.equal(planned?.profile, profileId);
      assert.equal(planned.clients.assigned, watched.length);
      assert.equal(planned.clients.unknown, 0);
      const plannedIds = new Set(planned.clients.newlyTold);

      const syncIo = anIo(folder(), env);
      assert.equal(
        await sync(undefined, { folder: 'profiles', format: 'human', lockWaitMs: 0 }, syncIo),
        0,
        syncIo.said(),
      );
      const explained = new Map<string, Explanation>();
      for (const id of ofEachKind(truth, lowIds)) {
        const io = anIo(folder(), env);
        assert.equal(await explain(undefined, id, { folder: 'profiles', format: 'json' }, io), 0, io.said());
        explained.set(id, JSON.parse(io.printed()) as Explanation);
      }

      worker = await servers.startWorker({ parts: { billing: source } });
      await reconcileOn(servers);
      await eventually(
        'each watched client is checked, and each notice sent',
        async () => {
          const [row] = await servers.database.query<{ checked: string }[]>(
            "SELECT COUNT(*) AS checked FROM low_balance_watched_client WHERE state <> 'starting'",
          );
          const [open] = await servers.database.query<{ notices: string }[]>(
            'SELECT COUNT(*) AS notices FROM low_balance_notice WHERE accepted_at IS NULL',
          );
          const found = [row?.checked, open?.notices, servers.mails.length].map(Number);
          const [checked = 0, waiting = 0, mails = 0] = found;
          if (checked >= watched.length && waiting === 0 && mails >= low.length) return true;
          throw new Error(
            `${checked} of ${watched.length} checked, ${waiting} notices not accepted, ${mails} of ${low.length} mails`,
          );
        },
        600_000,
      );
      const states = new Map(
        (
          await servers.database.query<{ client_id: string; state: string }[]>(
            'SELECT client_id, state FROM low_balance_watched_client WHERE ended_at IS NULL',
          )
        ).map(({ client_id, state }) => [client_id, state]),
      );

      const wrong = truth.flatMap((row) => {
        const id = String(row.id);
        const isLow = lowIds.has(id);
        const isWatched = Number(row.watched) === 1;
        const mails = servers.mails.filter(({ clientId }) => clientId === id);
        const found = {
          watched: states.has(id),
          low: [plannedIds.has(id), mails.length > 0],
          explained: explainedFacts(explained.get(id)),
          mailedTo: mails.flatMap(({ recipients }) => recipients).toSorted(),
        };
        const why = explained.get(id);
        const expected = {
          watched: isWatched,
          low: [isLow, isLow],
          explained: why && {
            balance: Number(row.available),
            watched: isWatched,
            status: row.status,
            low: isLow,
          },
          mailedTo: why?.mails.flatMap(({ recipients }) => recipients).toSorted() ?? found.mailedTo,
        };
        return JSON.stringify(found) === JSON.stringify(expected) ? [] : [{ id, found, expected }];
      });
      outcomes.push({
        system: system.name,
        clients,
        right: clients - wrong.length,
        wrong: wrong.length,
        notified: new Set(servers.mails.map(({ clientId }) => clientId)).size,
      });
      assert.deepEqual(wrong.slice(0, 5), []);
      assert.equal(outcomes.at(-1)!.notified, low.length);
    });
});

/** Some of each kind: watched or not, of each status, low or not, refilled and charged or never. */
function ofEachKind(truth: readonly TruthRow[], lowIds: ReadonlySet<string>): readonly string[] {
  const kinds = new Map<string, string[]>();
  for (const { id, watched, status, refill, charge } of truth) {
    const kind = JSON.stringify([watched, status, lowIds.has(String(id)), refill === null, charge === null]);
    const ids = kinds.get(kind) ?? [];
    if (ids.length < explainedOfKind) ids.push(String(id));
    kinds.set(kind, ids);
  }
  return [...kinds.values()].flat();
}

function explainedFacts(why: Explanation | undefined) {
  return (
    why && {
      balance: Number(why.client.availableBalance),
      watched: why.notWatched === null,
      status: why.client.status,
      low: why.told,
    }
  );
}

function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((each) =>
    [each.clients, each.right, each.wrong, each.notified]
      .map((value) => String(value).padStart(9))
      .reduce((line, cell) => line + cell, each.system.padEnd(16)),
  );
  return [`${'system'.padEnd(16)}  clients    right    wrong notified`, ...rows].join('\n');
}
