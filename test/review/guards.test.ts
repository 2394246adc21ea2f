import assert from 'node:assert/strict';
import { json } from './plan-json.js';
import { type World, rowsOf, useWorld } from './world.js';

describe('what sync asks and refuses', () => {
  let world: World;
  useWorld((created) => (world = created));

  describe('deleting', () => {
    beforeEach(async () => {
      await world.write('acme/a');
      await world.write('acme/b');
      await world.sync();
      await world.addClient({ id: 'c-1' });
      await world.addClient({ id: 'c-2' });
      await world.addClient({ id: 'closed', status: 'closed' });
      await world.remove('acme/a.json');
    });

    it('needs a confirmation, and says by which command', async () => {
      const asked = await world.sync();
      assert.equal(asked.code, 3);
      const { status, changes, confirmCommand } = json(asked);
      assert.equal(status, 'confirmation_required');
      assert.deepEqual(
        changes.map(({ action, clients }) => [action, clients['leftWithoutProfile']]),
        [['delete', 2]],
      );
      assert.equal(confirmCommand, 'npx low-balance sync --format json --allow-delete 2');
      assert.equal((await rowsOf(world)).length, 2);
    });

    for (const wrong of [0, 1, 3]) {
      it(`does not take ${JSON.stringify(wrong)} for the exact number`, async () => {
        const { code } = await world.sync(undefined, { allowDelete: wrong });
        assert.equal(code, 3);
        assert.equal((await rowsOf(world)).length, 2);
      });
    }

    it('is done with the exact number of clients', async () => {
      assert.equal((await world.sync(undefined, { allowDelete: 2 })).code, 0);
      assert.deepEqual(
        (await rowsOf(world)).map(({ id }) => id),
        ['acme/b'],
      );
    });

    it('is done where a reviewed file acknowledges it, also of more clients than there are', async () => {
      await world.writeText('acknowledged.json', '{ "deletions": { "acme/a": 3 } }');
      assert.equal((await world.plan({ forMerge: true })).code, 2);
      assert.equal((await world.sync()).code, 0);
      assert.deepEqual(
        (await rowsOf(world)).map(({ id }) => id),
        ['acme/b'],
      );
    });

    it('is not done where more clients lose their profile than acknowledged, or another profile is', async () => {
      for (const deletions of [{ 'acme/a': 1 }, { 'acme/x': 9 }]) {
        await world.writeText('acknowledged.json', JSON.stringify({ deletions }));
        const { code, out } = await world.sync();
        assert.deepEqual([code, json({ out, code, err: '' }).status], [3, 'confirmation_required']);
      }
      assert.equal((await rowsOf(world)).length, 2);
    });

    it('is refused for a merge by plan --for-merge, as by the sync of the merge', async () => {
      const { code, out } = await world.plan({ forMerge: true });
      assert.equal(code, 3);
      assert.deepEqual(json({ out, code, err: '' }).needs, [
        { kind: 'acknowledgement', profile: 'acme/a', clients: 2, acknowledged: null },
      ]);
      assert.equal((await world.plan()).code, 2);
    });

    it('of a whole reseller needs its folder, or each of its profiles acknowledged', async () => {
      await world.write('globex/c', { reseller: 'globex' });
      await world.sync(undefined, { allowDelete: 2 });
      await world.remove('globex');
      await world.writeText('policy.json', '{ "maxDeletedPercentPerReseller": 100 }');
      const missing = await world.plan({ forMerge: true });
      assert.equal(missing.code, 1);
      assert.match(
        missing.err,
        /missing-reseller-folder: MySQL holds globex\/c, and the folder of reseller "globex"/,
      );
      await world.writeText('acknowledged.json', '{ "deletions": { "globex/c": 0 } }');
      assert.equal((await world.plan({ forMerge: true })).code, 2);
      assert.equal((await world.sync()).code, 0);
    });

    it('cannot be acknowledged while the file is there: it would be a standing permission', async () => {
      await world.writeText('acknowledged.json', '{ "deletions": { "acme/b": 5 } }');
      const { code, err } = await world.plan();
      assert.equal(code, 1);
      assert.match(err, /acknowledged\.json:1:18: error profile-not-deleted/);
    });

    it('is refused by the guard whatever is allowed', async () => {
      await world.writeText('policy.json', '{ "maxDeletedPercentPerReseller": 49 }');
      const { code, out } = await world.sync(undefined, { allowDelete: 2 });
      assert.deepEqual([code, json({ out, code, err: '' }).status], [3, 'refused']);
      assert.equal((await rowsOf(world)).length, 2);
    });
  });

  it('asks for a rename that leaves clients without a profile', async () => {
    await world.writeText('policy.json', '{ "maxDeletedPercentPerReseller": 100 }');
    await world.write('acme/a', { name: 'Same' });
    await world.sync();
    await world.remove('acme/a.json');
    await world.write('acme/b', { name: 'Same' });
    await world.addClient({ id: 'c-1', profile: 'acme/b' });
    assert.equal((await world.plan()).code, 2);
    await world.addClient({ id: 'c-2', profile: 'acme/a' });
    assert.equal((await world.sync()).code, 3);
    assert.equal((await world.sync(undefined, { allowDelete: 1 })).code, 0);
  });

  describe('guards', () => {
    it('refuse too many updates', async () => {
      for (const slug of ['a', 'b', 'c', 'd']) await world.write(`acme/${slug}`);
      await world.sync();
      await world.writeText('policy.json', '{ "maxUpdatedPercent": 25 }');
      await world.write('acme/a', { maxQty: 9 });
      assert.equal((await world.sync()).code, 0);
      await world.write('acme/b', { maxQty: 9 });
      await world.write('acme/c', { maxQty: 9 });
      const refused = await world.sync();
      assert.equal(refused.code, 3);
      assert.deepEqual(
        json(refused).guards.filter(({ ok }) => !ok),
        [{ name: 'maxUpdatedPercent', limit: 25, value: 50, ok: false }],
      );
    });

    it('refuse too many newly notified clients', async () => {
      await world.writeText('policy.json', '{ "maxNewlyTold": 1 }');
      await world.write('acme/a', { clientNotification: { threshold: 0 } });
      await world.sync();
      await world.addClient({ id: 'c-1' });
      await world.addClient({ id: 'c-2' });
      await world.write('acme/a', { clientNotification: { threshold: 50 } });
      assert.equal((await world.sync()).code, 3);
      await world.writeText('policy.json', '{ "maxNewlyTold": 2 }');
      assert.equal((await world.sync()).code, 0);
    });

    it('refuse too many notices a day, though no client is newly notified', async () => {
      await world.writeText('policy.json', '{ "maxNewlyTold": 0, "maxNoticesPerDay": 998 }');
      await world.addClient({ id: 'c-1' });
      await world.write('acme/a', { clientNotification: { threshold: 50 } });
      assert.equal((await world.sync()).code, 3, 'one client is newly notified');
      await world.writeText('policy.json', '{ "maxNoticesPerDay": 998 }');
      assert.equal((await world.sync()).code, 0);
      await world.write('acme/a', { clientNotification: { threshold: 50 }, period: '1s', maxQty: 1_000 });
      const refused = await world.sync();
      assert.equal(refused.code, 3);
      const { guards, changes } = json(refused);
      assert.deepEqual(
        guards.filter(({ ok }) => !ok),
        [{ name: 'maxNoticesPerDay', limit: 998, value: 999, ok: false }],
      );
      const { newlyTold, noticesADayBefore, noticesADayNow } = changes[0]!.clients;
      assert.deepEqual([newlyTold, noticesADayBefore, noticesADayNow], [[], 1, 1_000]);
      await world.writeText('policy.json', '{ "maxNoticesPerDay": 999 }');
      assert.equal((await world.sync()).code, 0);
    });

    it('are not loosened by a policy that is wrong', async () => {
      await world.write('acme/a');
      await world.writeText('policy.json', '{ "maxNewlyTold": "no limit" }');
      const { code, err } = await world.sync();
      assert.equal(code, 1);
      assert.match(err, /^profiles\/policy\.json:1:19: error /m);
    });
  });
});
