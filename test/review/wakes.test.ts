import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { wakeClients } from '../../cli/review/wake-clients.js';
import { setUp } from '../../worker/setup.js';
import { runWorker, type RunningWorker } from '../worker/run-worker.js';
import { provideTestTemporal, type TestTemporal } from '../../dev/trial/test-temporal.js';
import { createWorld, type World } from './world.js';

const hourMs = 3_600_000;

describe('a sync and the workflows of real clients, on real Temporal and MySQL', () => {
  let world: World;
  let temporal: TestTemporal;
  let connection: Connection;
  let native: NativeConnection;
  let worker: RunningWorker;

  before(async () => {
    world = await createWorld();
    temporal = await provideTestTemporal();
    const { address, namespace } = temporal;
    connection = await Connection.connect({ address });
    native = await NativeConnection.connect({ address });
    const client = new Client({ connection, namespace });
    // Never by itself while the test runs.
    await setUp({ database: world.database, client, namespace, reconcileEveryMs: hourMs });
    let sent = 0;
    worker = await runWorker(native, {
      database: world.database,
      billing: world.database,
      client,
      channels: {
        email: {
          send: () => {
            sent += 1;
            return Promise.resolve({ messageId: `m-${sent}` });
          },
        },
      },
    });
  });

  after(async () => {
    await worker?.stop();
    await native?.close();
    await connection?.close();
    await temporal?.stop();
    await world?.stop();
  });

  const sync = () =>
    world.sync(
      undefined,
      {},
      {
        env: {
          MYSQL_URL: world.mysqlUrl,
          TEMPORAL_ADDRESS: temporal.address,
          TEMPORAL_NAMESPACE: temporal.namespace,
        },
      },
      wakeClients,
    );

  const toldAfter = async (instant: number): Promise<readonly string[]> => {
    const rows = await world.database.query<{ id: string }[]>(
      "SELECT DISTINCT client_id AS id FROM low_balance_notice WHERE state = 'accepted' AND check_at >= ? ORDER BY id",
      [instant],
    );
    return rows.map(({ id }) => id);
  };

  const seenAt = async (): Promise<ReadonlyMap<string, number>> => {
    const rows = await world.database.query<{ id: string; seen: string; checked: unknown }[]>(
      "SELECT client_id AS id, seen_at AS seen, watch LIKE '%profileId%' AS checked FROM low_balance_watched_client",
    );
    return new Map(
      rows.filter(({ checked }) => Number(checked) === 1).map(({ id, seen }) => [id, Number(seen)]),
    );
  };

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const from = Date.now(); Date.now() - from < 120_000; await sleep(100)) if (await holds()) return;
    assert.fail(`not within two minutes: ${what}`);
  }

  it('tells exactly whom the plan names, when it wakes them, and wakes nobody else', async () => {
    await world.reset();
    await world.write('acme/a', { clientNotification: { threshold: 10 } });
    await world.write('acme/b', { clientNotification: { threshold: 10 } });
    for (let i = 0; i < 20; i += 1)
      await world.addClient({ id: `a-${i}`, profile: 'acme/a', balance: 20 + 5 * i });
    await world.addClient({ id: 'b-1', profile: 'acme/b', balance: 20 });
    assert.equal((await sync()).code, 0);
    await until('all clients were checked', async () => (await seenAt()).size === 21);
    assert.deepEqual(await toldAfter(0), []);
    const before = await seenAt();

    // The threshold alone waits for the next check in a day; the shorter Period brings that check at once.
    await world.write('acme/a', { clientNotification: { threshold: 50 }, period: '1s' });
    const planned = await world.plan();
    const { clients } = (JSON.parse(planned.out) as { changes: { clients: { newlyTold: string[] } }[] })
      .changes[0]!;
    const low = await world.database.query<{ id: string }[]>(
      "SELECT client_id AS id FROM billing_client WHERE profile_id = 'acme/a' AND balance < 50 ORDER BY client_id",
    );
    assert.deepEqual(
      clients.newlyTold,
      low.map(({ id }) => id),
    );
    assert.equal(clients.newlyTold.length, 6);

    const synced = await sync();
    assert.deepEqual([synced.code, synced.err], [0, '']);
    await until('those of the plan were told', async () => (await toldAfter(0)).length >= 6);
    await until('everybody else of the profile was checked', async () => {
      const now = await seenAt();
      return [...before].every(([id, at]) => id === 'b-1' || now.get(id)! > at);
    });
    assert.deepEqual(await toldAfter(0), clients.newlyTold);
    assert.equal((await seenAt()).get('b-1'), before.get('b-1'));
  });
});
