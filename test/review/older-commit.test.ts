import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { readSyncedCommit } from '../../store/synced-commit.js';
import { json } from './plan-json.js';
import { rowsOf, useWorld, type World } from './world.js';

describe('a sync of a commit that lacks what was merged', () => {
  let world: World;
  useWorld((created) => (world = created));

  const git = async (...args: string[]) => (await execa('git', args, { cwd: world.cwd })).stdout;
  const as = ['-c', 'user.name=T', '-c', 'user.email=t@t.example'];
  const commit = async (message: string) => {
    await git('add', '-A');
    await git(...as, 'commit', '-qm', message);
    return await git('rev-parse', 'HEAD');
  };
  const syncs = async () => assert.equal((await world.sync()).code, 0);
  const maxQty = async () => /"maxQty":(\d+)/.exec((await rowsOf(world))[0]?.content ?? '')?.[1];
  const isRefused = async (lacks: string, as = /a sync would undo what was merged since/) => {
    const refused = await world.sync();
    assert.equal(refused.code, 4, refused.err);
    assert.equal(json(refused).status, 'stale');
    assert.ok(refused.err.includes(lacks.slice(0, 12)), refused.err);
    assert.match(refused.err, as);
  };

  let first: string;
  beforeEach(async () => {
    for (const name of ['.git', 'clone'])
      await rm(path.join(world.cwd, name), { recursive: true, force: true });
    await git('init', '-q', '-b', 'main');
    await world.write('acme/a', { maxQty: 3 });
    first = await commit('first');
    await syncs();
  });

  describe('where the last synced commit descends from it', () => {
    it('is refused, says which commit is newer, and undoes nothing', async () => {
      await world.write('acme/a', { maxQty: 4 });
      const second = await commit('second');
      await syncs();
      await git('checkout', '-q', first);
      await isRefused(second, new RegExp(`at ${first.slice(0, 12)}`));
      assert.equal(await maxQty(), '4');
      await git('checkout', '-q', 'main');
      await syncs();
    });

    it('is refused as older, not as a deletion that needs a yes', async () => {
      await world.write('acme/b');
      await world.addClient({ id: 'C-1', profile: 'acme/b' });
      const second = await commit('a profile more');
      await syncs();
      await git('checkout', '-q', first);
      await isRefused(second);
    });

    it('is refused as older, not as a missing folder', async () => {
      await world.write('globex/b');
      const second = await commit('a reseller more');
      await syncs();
      await git('checkout', '-q', first);
      await isRefused(second);
    });

    it('is refused where the newer one brought the limit of the brake alone', async () => {
      await world.writeText('policy.json', '{ "maxToldPerHour": { "clients": 7 } }');
      const second = await commit('the brake');
      await syncs();
      await git('checkout', '-q', first);
      await isRefused(second);
    });

    it('is refused where the newer one took back what was never synced', async () => {
      await world.write('acme/a', { maxQty: 9 });
      const second = await commit('merged, and its sync was cancelled');
      await world.write('acme/a', { maxQty: 3 });
      const third = await commit('taken back');
      await syncs();
      await git('checkout', '-q', second);
      await isRefused(third);
      assert.equal(await maxQty(), '3');
    });

    it('is nothing to refuse where it changes nothing, and is not what was synced last then', async () => {
      await world.write('acme/a', { maxQty: 3, $schema: 'x' });
      const second = await commit('a comment');
      await syncs();
      await git('checkout', '-q', first);
      await syncs();
      assert.equal(await readSyncedCommit(world.database), second);
    });
  });

  describe('on a sibling branch of the last synced commit', () => {
    /** A branch that changed another profile, from before `second` was merged to main and synced. */
    const branchOff = async () => {
      await git('checkout', '-qb', 'change');
      await world.write('acme/b');
      await commit('of the branch');
      await git('checkout', '-q', 'main');
      await world.write('acme/a', { maxQty: 4 });
      const second = await commit('second');
      await syncs();
      return second;
    };

    it('is refused where that one is on the default branch, until the branch has it', async () => {
      const second = await branchOff();
      await git('checkout', '-q', 'change');
      await isRefused(second, /is in main: a sync would undo what was merged there.*\nMerge main into/);
      assert.equal(await maxQty(), '4');
      await git(...as, 'merge', '-q', '--no-edit', 'main');
      await syncs();
      assert.equal(await maxQty(), '4');
    });

    it('knows the default branch of the remote, by any name', async () => {
      const second = await branchOff();
      await git('update-ref', 'refs/remotes/origin/trunk', 'main');
      await git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
      await git('checkout', '-q', 'change');
      await git('branch', '-qD', 'main');
      await isRefused(second, /is in origin\/trunk:/);
    });

    it('is done on the default branch: what somebody synced from a branch of their own does not stop it', async () => {
      await git('checkout', '-qb', 'change');
      await world.write('acme/a', { maxQty: 9 });
      await commit('synced by hand');
      await syncs();
      await git('checkout', '-q', 'main');
      await world.write('acme/a', { maxQty: 4 });
      await commit('merged');
      await syncs();
      assert.equal(await maxQty(), '4');
    });

    it('is done where the history of the default branch was rewritten', async () => {
      await world.write('acme/a', { maxQty: 4 });
      await commit('second');
      await syncs();
      await git('reset', '-q', '--hard', first);
      await world.write('acme/a', { maxQty: 5 });
      await commit('second, in another way');
      await syncs();
      assert.equal(await maxQty(), '5');
    });
  });

  it('is done where a new commit reverts what was synced', async () => {
    await world.write('acme/a', { maxQty: 4 });
    await commit('second');
    await syncs();
    await world.write('acme/a', { maxQty: 3 });
    await commit('revert');
    await syncs();
    assert.equal(await maxQty(), '3');
  });

  it('is done with a warning in a shallow clone, which cannot know', async () => {
    const unknown = '0123456789abcdef0123456789abcdef01234567';
    await world.database.query('UPDATE low_balance_synced_commit SET commit_id = ?', [unknown]);
    await world.write('acme/a', { maxQty: 5 });
    await commit('second');
    const clone = path.join(world.cwd, 'clone');
    await writeFile(path.join(world.cwd, '.git/info/exclude'), '/clone/\n');
    await git('clone', '-q', '--depth', '1', `file://${world.cwd}`, clone);
    const shallow = await world.sync(undefined, { folder: 'clone/profiles' });
    assert.equal(shallow.code, 0, shallow.err);
    assert.match(shallow.err, /warning: nobody can say .*: this clone is shallow and lacks 0123456789ab/);
    await world.write('acme/a', { maxQty: 6 });
    await commit('third');
    await world.database.query('UPDATE low_balance_synced_commit SET commit_id = ?', [unknown]);
    const whole = await world.sync();
    assert.equal(whole.code, 0);
    assert.doesNotMatch(whole.err, /shallow/);
  });

  it('is done with a warning where Git does not answer, and without one outside of a checkout', async () => {
    await world.write('acme/a', { maxQty: 5 });
    await writeFile(path.join(world.cwd, '.git', 'HEAD'), 'damaged');
    const damaged = await world.sync();
    assert.equal(damaged.code, 0, damaged.err);
    assert.match(damaged.err, /warning: nobody can say .*: fatal: /);
    await rm(path.join(world.cwd, '.git'), { recursive: true });
    await world.write('acme/a', { maxQty: 6 });
    assert.doesNotMatch((await world.sync()).err, /warning/);
  });
});
