import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { json } from './plan-json.js';
import { rowsOf, useWorld, type World } from './world.js';

describe('a sync of an older commit', () => {
  let world: World;
  useWorld((created) => (world = created));

  const git = async (...args: string[]) => (await execa('git', args, { cwd: world.cwd })).stdout;
  const commit = async (message: string) => {
    await git('add', '-A');
    await git('-c', 'user.name=T', '-c', 'user.email=t@t.example', 'commit', '-qm', message);
    return await git('rev-parse', 'HEAD');
  };

  beforeEach(async () => {
    await rm(path.join(world.cwd, '.git'), { recursive: true, force: true });
    await git('init', '-q', '-b', 'main');
    await world.write('acme/a', { maxQty: 3 });
    await commit('first');
    await world.sync();
  });

  it('is refused, says which commit is newer, and undoes nothing', async () => {
    const first = await git('rev-parse', 'HEAD');
    await world.write('acme/a', { maxQty: 4 });
    const second = await commit('second');
    assert.equal((await world.sync()).code, 0);
    await git('checkout', '-q', first);
    const again = await world.sync();
    assert.equal(again.code, 4);
    assert.equal(json(again).status, 'stale');
    assert.ok(again.err.includes(first.slice(0, 12)) && again.err.includes(second.slice(0, 12)), again.err);
    assert.match((await rowsOf(world))[0]?.content ?? '', /"maxQty":4/);
    await git('checkout', '-q', 'main');
    assert.equal((await world.sync()).code, 0);
  });

  it('is done where a new commit reverts what was synced', async () => {
    await world.write('acme/a', { maxQty: 4 });
    await commit('second');
    await world.sync();
    await world.write('acme/a', { maxQty: 3 });
    await commit('revert');
    assert.equal((await world.sync()).code, 0);
    assert.match((await rowsOf(world))[0]?.content ?? '', /"maxQty":3/);
  });

  it('is done where nobody knows the commit that was synced, as after a shallow clone', async () => {
    await world.database.query('UPDATE low_balance_revision SET source_commit = ?', ['0'.repeat(40)]);
    await world.write('acme/a', { maxQty: 5 });
    await commit('second');
    assert.equal((await world.sync()).code, 0);
  });

  it('is nothing to refuse where it changes nothing', async () => {
    await world.write('acme/a', { maxQty: 3, $schema: 'x' });
    const second = await commit('a comment');
    await world.database.query('UPDATE low_balance_revision SET source_commit = ?', [second]);
    await git('checkout', '-q', 'HEAD~1');
    assert.equal((await world.sync()).code, 0);
  });
});
