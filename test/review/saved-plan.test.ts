import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { json } from './plan-json.js';
import { type World, editRow, revisionsOf, useWorld } from './world.js';

describe('sync of a saved plan', () => {
  let world: World;
  useWorld((created) => (world = created));

  describe('a saved plan', () => {
    const saved = 'plan.json';
    beforeEach(async () => {
      await world.write('acme/a');
      await world.sync();
      await world.write('acme/a', { maxQty: 5 });
      assert.equal((await world.plan({ out: saved })).code, 2);
    });

    it('is carried out where nothing changed since', async () => {
      const { code, out } = await world.sync(saved);
      assert.deepEqual([code, json({ out, code, err: '' }).status], [0, 'synced']);
    });

    it('is not stale because balances move', async () => {
      await world.addClient({ id: 'c-1', balance: 1 });
      assert.equal((await world.sync(saved)).code, 0);
    });

    const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['a file', () => world.write('acme/a', { maxQty: 6 })],
      ['another file', () => world.write('acme/b')],
      ['MySQL', () => editRow(world, 'acme/a', '"USD"', '"EUR"')],
      ['the guards', () => world.writeText('policy.json', '{ "maxNewlyTold": 501 }')],
    ];
    for (const [what, change] of changes) {
      it(`is stale when ${what} changed, and nothing is done`, async () => {
        const before = await revisionsOf(world);
        await change();
        const { code, out } = await world.sync(saved);
        assert.deepEqual([code, json({ out, code, err: '' }).status], [4, 'stale']);
        assert.deepEqual(await revisionsOf(world), before);
      });
    }

    it('is stale once it was carried out', async () => {
      await world.sync(saved);
      assert.equal((await world.sync(saved)).code, 4);
    });

    it('must be a plan', async () => {
      await writeFile(path.join(world.cwd, 'other.json'), '{ "hash": "abc" }');
      await assert.rejects(world.sync('other.json'), { code: 64 });
      await assert.rejects(world.sync('missing.json'), { code: 64 });
    });
  });
});
