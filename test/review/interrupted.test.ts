import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../authoring/package-root.js';
import { openDatabase } from '../../store/database.js';
import { json } from './plan-json.js';
import { type World, revisionsOf, rowsOf, useWorld } from './world.js';

describe('two syncs at once, and a sync that dies', () => {
  let world: World;
  useWorld((created) => (world = created));

  it('lets one of two syncs at once go first, and both end well', async () => {
    await world.write('acme/a');
    const both = await Promise.all([world.sync(), world.sync()]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.deepEqual(new Set(both.map((ran) => json(ran).status)), new Set(['synced', 'unchanged']));
    assert.equal((await revisionsOf(world)).length, 1);
  });

  it('says who holds the lock when it has waited long enough', async () => {
    await world.write('acme/a');
    const holder = await openDatabase(world.mysqlUrl, { poolSize: 1 });
    try {
      await holder.query("DO GET_LOCK(CONCAT('low-balance:sync:', LEFT(DATABASE(), 40)), 0)");
      const [{ id } = { id: '' }] = await holder.query<{ id: string }[]>('SELECT CONNECTION_ID() AS id');
      const { code, err, out } = await world.sync(undefined, { lockWaitMs: 1_000 });
      assert.deepEqual([code, json({ out, code, err }).status], [4, 'locked']);
      assert.match(err, new RegExp(`another sync holds the lock .*connection ${id}\\b`));
      assert.deepEqual(await rowsOf(world), []);
    } finally {
      await holder.destroy();
    }
    assert.equal((await world.sync()).code, 0);
  });

  it('leaves nothing half done when it dies in the middle', async () => {
    await world.write('acme/a');
    await world.sync();
    await world.write('acme/a', { maxQty: 5 });
    await world.write('acme/b');
    const before = [await rowsOf(world), await revisionsOf(world)];
    // The server fails the second of the statements that write; the first is done by then.
    await world.database.query(
      "CREATE TRIGGER fail_profile BEFORE INSERT ON low_balance_profile FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the disk is full'",
    );
    try {
      await assert.rejects(world.sync(), /the disk is full/);
    } finally {
      await world.database.query('DROP TRIGGER fail_profile');
    }
    assert.deepEqual([await rowsOf(world), await revisionsOf(world)], before);
    assert.equal((await world.sync()).code, 0);
  });

  it('leaves nothing half done, and no lock, when its process is killed while it writes', async () => {
    await world.write('acme/a');
    await world.sync();
    await world.write('acme/a', { maxQty: 5 });
    const before = [await rowsOf(world), await revisionsOf(world)];
    // The revision is written by then, the row is being written.
    await world.database.query(
      'CREATE TRIGGER slow_profile BEFORE INSERT ON low_balance_profile FOR EACH ROW DO SLEEP(2)',
    );
    try {
      const command = path.join(packageRoot(), 'cli', 'low-balance.js');
      const env = { ...process.env, ...world.io().env };
      const child = spawn(process.execPath, [command, 'sync'], { cwd: world.cwd, env, stdio: 'ignore' });
      await until(async () => {
        const running = await world.database.query<unknown[]>(
          "SELECT 1 FROM information_schema.processlist WHERE state = 'User sleep'",
        );
        return running.length > 0;
      });
      child.kill('SIGKILL');
      await once(child, 'exit');
    } finally {
      // Waits for the statement that the server has still to end.
      await world.database.query('DROP TRIGGER slow_profile');
    }
    assert.deepEqual([await rowsOf(world), await revisionsOf(world)], before);
    assert.equal((await world.sync(undefined, { lockWaitMs: 10_000 })).code, 0);
    assert.deepEqual(
      (await rowsOf(world)).map(({ id, version }) => [id, version]),
      [['acme/a', 2]],
    );
  });

  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (const from = Date.now(); Date.now() - from < 120_000; await sleep(50)) if (await holds()) return;
    assert.fail('not within two minutes');
  }

  it('leaves no lock behind when its connection is killed', async () => {
    await world.write('acme/a');
    const doomed = await openDatabase(world.mysqlUrl, { poolSize: 1 });
    await doomed.query("DO GET_LOCK(CONCAT('low-balance:sync:', LEFT(DATABASE(), 40)), 0)");
    const [{ id } = { id: '' }] = await doomed.query<{ id: string }[]>('SELECT CONNECTION_ID() AS id');
    const waiting = world.sync();
    await world.database.query(`KILL ${Number(id)}`);
    assert.equal((await waiting).code, 0);
    await doomed.destroy().catch(() => {});
  });
});
