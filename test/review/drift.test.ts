import assert from 'node:assert/strict';
import { json } from './plan-json.js';
import { type World, editRow, rowsOf, useWorld } from './world.js';

describe('rows of MySQL that no file made', () => {
  let world: World;
  useWorld((created) => (world = created));

  it('a row that a version with fewer defaults wrote is none, and no file changes it', async () => {
    await world.write('acme/a');
    await world.sync();
    const [row] = await rowsOf(world);
    const older = row!.content.replace(',"notify":true,"emails":[]', '');
    assert.notEqual(older, row!.content);
    await world.database.query(
      'UPDATE low_balance_profile SET content = ?, applied_hash = SHA2(content, 256)',
      [older],
    );
    await world.writeText('policy.json', '{ "maxUpdatedPercent": 0 }');
    const planned = await world.plan();
    assert.deepEqual([planned.code, json(planned).changes, json(planned).drift], [0, [], []]);
    assert.equal((await world.sync()).code, 0);
    assert.equal((await rowsOf(world))[0]?.content, older);
  });

  describe('an edit in MySQL', () => {
    beforeEach(async () => {
      await world.write('acme/a');
      await world.sync();
      await editRow(world, 'acme/a', '"maxQty":3', '"maxQty":7');
    });

    it('is shown, and overwritten where the file is as last applied', async () => {
      const planned = await world.plan();
      assert.equal(planned.code, 2);
      assert.deepEqual(json(planned).drift, [
        {
          profile: 'acme/a',
          kind: 'edited',
          resolution: 'overwrite',
          fields: [{ path: 'maxQty', applied: 3, mysql: 7, file: 3 }],
        },
      ]);
      assert.deepEqual(json(planned).changes[0]?.fields, [{ path: 'maxQty', from: 7, to: 3 }]);
      assert.equal((await world.sync()).code, 0);
      assert.match((await rowsOf(world))[0]?.content ?? '', /"maxQty":3/);
      assert.equal((await world.plan()).code, 0);
    });

    it('is a conflict where the file was changed too: refused until they agree', async () => {
      await world.write('acme/a', { maxQty: 5 });
      const refused = await world.sync();
      assert.deepEqual([refused.code, json(refused).status], [3, 'refused']);
      assert.equal(json(refused).drift[0]?.resolution, 'conflict');
      assert.match((await rowsOf(world))[0]?.content ?? '', /"maxQty":7/);
      await world.write('acme/a', { maxQty: 7 });
      assert.equal((await world.sync()).code, 0);
      assert.equal((await world.plan()).code, 0);
    });

    it('that only spells the row otherwise is none', async () => {
      await world.database.query("UPDATE low_balance_profile SET content = REPLACE(content, ':7', ': 3')");
      assert.equal((await world.plan()).code, 0);
    });

    it('that leaves no profile is overwritten', async () => {
      await world.database.query("UPDATE low_balance_profile SET content = '{}'");
      assert.equal(json(await world.plan()).drift[0]?.kind, 'unreadable');
      assert.equal((await world.sync()).code, 0);
      assert.equal((await world.plan()).code, 0);
    });

    it('that removes the row is mended', async () => {
      await world.database.query('DELETE FROM low_balance_profile');
      const planned = await world.plan();
      assert.deepEqual(
        json(planned).drift.map(({ kind, resolution }) => [kind, resolution]),
        [['removed', 'restore']],
      );
      await world.sync();
      assert.deepEqual(
        (await rowsOf(world)).map(({ id, version }) => [id, version]),
        [['acme/a', 2]],
      );
    });
  });

  it('leaves a row alone that no sync wrote, and goes on showing it', async () => {
    await world.write('acme/a');
    await world.sync();
    await world.database.query(
      "INSERT INTO low_balance_profile SELECT 'acme/by-hand', reseller, content, '', 1, REPEAT('0', 64), NULL, 0 FROM low_balance_profile",
    );
    assert.equal((await world.sync()).code, 0);
    assert.equal((await rowsOf(world)).length, 2);
    const planned = await world.plan();
    assert.deepEqual(
      [planned.code, json(planned).drift.map(({ kind, resolution }) => [kind, resolution])],
      [2, [['unmanaged', 'leave']]],
    );
  });
});
