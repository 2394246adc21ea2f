import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { loadForSync } from '../../planning/load-for-sync.js';
import { makePlan } from '../../planning/make-plan.js';
import { syncProfiles } from '../../planning/sync-profiles.js';
import { wakeClients } from '../../cli/review/wake-clients.js';
import { applyPlan } from '../../planning/sync.js';
import { actionsOf, json } from './plan-json.js';
import { type World, revisionsOf, rowsOf, useWorld } from './world.js';

const exec = promisify(execFile);

describe('plan and sync on real MySQL', () => {
  let world: World;
  useWorld((created) => (world = created));

  it('creates, updates, renames and deletes, and is empty right after each sync', async () => {
    await world.write('acme/a');
    await world.write('acme/b', { name: 'B' });
    await world.write('acme/c', { name: 'C' });
    assert.equal((await world.sync()).code, 0);
    assert.equal((await world.plan()).code, 0);

    await world.write('acme/a', { maxQty: 4 });
    await world.remove('acme/b.json');
    await world.write('acme/b2', { name: 'B' });
    await world.remove('acme/c.json');
    await world.write('acme/d', { name: 'D', currency: 'EUR' });
    await world.writeText('policy.json', '{ "maxDeletedPercentPerReseller": 100 }');
    const planned = await world.plan();
    assert.equal(planned.code, 2);
    assert.deepEqual(actionsOf(planned), [
      'update acme/a',
      'rename acme/b2',
      'delete acme/c',
      'create acme/d',
    ]);
    assert.deepEqual(json(planned).changes[0]?.fields, [{ path: 'maxQty', from: 3, to: 4 }]);
    assert.equal((await world.sync(undefined, { allowDelete: 0 })).code, 0);
    assert.deepEqual(
      (await rowsOf(world)).map(({ id, version }) => `${id} ${version}`),
      ['acme/a 2', 'acme/b2 2', 'acme/d 1'],
    );
    assert.deepEqual(
      (await revisionsOf(world)).slice(3).map(({ action, profile_id }) => `${action} ${profile_id}`),
      ['update acme/a', 'rename acme/b2', 'delete acme/c', 'create acme/d'],
    );
    assert.equal((await world.plan()).code, 0);
  });

  it('does nothing the second time, and wakes nobody then', async () => {
    let woken = 0;
    const wake = () => Promise.resolve<true>(((woken += 1), true));
    await world.write('acme/a');
    await world.sync(undefined, {}, {}, wake);
    const again = await world.sync(undefined, {}, {}, wake);
    assert.deepEqual([again.code, json(again).status, again.err], [0, 'unchanged', '']);
    assert.deepEqual([(await revisionsOf(world)).length, woken], [1, 1]);
  });

  it('is empty after a sync and idempotent, whatever the files are', async () => {
    const sets = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('acme/a', 'acme/b', 'acme/c', 'globex/a'),
        threshold: fc.integer({ min: -100, max: 100 }),
        name: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
        emails: fc.uniqueArray(fc.constantFrom('a@x.example', 'b@x.example'), { maxLength: 2 }),
      }),
      { selector: ({ id }) => id, minLength: 1 },
    );
    await world.writeText('policy.json', '{ "maxDeletedPercentPerReseller": 100, "maxUpdatedPercent": 100 }');
    await fc.assert(
      fc.asyncProperty(sets, async (set) => {
        for (const reseller of ['acme', 'globex']) {
          await world.writeText(`${reseller}/.gitkeep`, '');
          await world.remove(reseller);
          await world.writeText(`${reseller}/.gitkeep`, '');
        }
        for (const { id, threshold, name, emails } of set)
          await world.write(id, { name, clientNotification: { threshold, emails } });
        const changed = actionsOf(await world.plan());
        assert.deepEqual(await syncQuickly(), changed);
        assert.deepEqual(await syncQuickly(), []);
        const plan = await world.plan();
        assert.deepEqual([plan.code, json(plan).changes, json(plan).drift], [0, [], []]);
        assert.deepEqual(
          (await rowsOf(world)).map(({ id }) => id),
          set.map(({ id }) => id).sort(),
        );
      }),
      { numRuns: 25 },
    );
  });

  /** A sync without asking and without Temporal; answers what it changed. */
  async function syncQuickly(): Promise<readonly string[]> {
    const folder = await loadForSync('profiles', world.cwd);
    const { database } = world;
    const result = await makePlan({ database, billing: database, folder, now: Date.now() });
    assert.equal(result.kind, 'planned');
    if (result.kind !== 'planned') return [];
    const { files, resellerFiles, policy } = folder;
    const changes = await applyPlan(database, {
      files,
      resellerFiles,
      policy,
      expectedHash: result.plan.hash,
      author: null,
      sourceCommit: null,
      now: Date.now(),
      lockWaitMs: 1_000,
    });
    return changes.map(({ action, profile }) => `${action} ${profile}`);
  }
  it('says every wrong file with its line, and changes nothing', async () => {
    await world.write('acme/a');
    await world.writeText('acme/b.json', '{\n  "name": "B",,\n}');
    for (const verb of [() => world.plan(), () => world.sync()]) {
      const { code, err } = await verb();
      assert.equal(code, 1);
      assert.match(err, /^profiles\/acme\/b\.json:2:\d+: error \S+: /m);
    }
    assert.deepEqual(await rowsOf(world), []);
  });

  it('takes a missing or empty folder for an error, never for "delete all"', async () => {
    await world.write('acme/a');
    await world.write('globex/a');
    await world.sync();
    const missingFolder = await world.sync(undefined, { folder: 'elsewhere', allowDelete: 0 });
    assert.deepEqual([missingFolder.code, /missing-folder/.test(missingFolder.err)], [1, true]);
    await world.remove('globex');
    const missingReseller = await world.sync(undefined, { allowDelete: 0 });
    assert.deepEqual(
      [missingReseller.code, /profiles\/globex:1:1: error missing-reseller-folder/.test(missingReseller.err)],
      [1, true],
    );
    await world.remove('acme/a.json');
    const empty = await world.sync(undefined, { allowDelete: 0 });
    assert.deepEqual([empty.code, /no-profiles/.test(empty.err)], [1, true]);
    assert.equal((await rowsOf(world)).length, 2);
  });

  it('says how to mend a database that was not set up', async () => {
    await world.write('acme/a');
    await world.database.query('CREATE DATABASE bare');
    try {
      const url = new URL(world.mysqlUrl);
      url.pathname = '/bare';
      const env = { ...world.io().env, MYSQL_URL: url.href };
      await assert.rejects(world.plan({}, { env }), { name: 'CliError', message: /low-balance setup/ });
      const views = { ...world.io().env, BILLING_MYSQL_URL: url.href };
      await assert.rejects(world.plan({}, { env: views }), {
        name: 'CliError',
        message: /billing-views\.md/,
      });
    } finally {
      await world.database.query('DROP DATABASE bare');
    }
  });

  it('keeps the local stack in step, and leaves to `sync` what must be asked', async () => {
    await world.write('acme/a');
    await world.write('acme/b');
    const { database, cwd } = world;
    const synced = async () =>
      await syncProfiles({ database, billing: database, folder: 'profiles', cwd, env: {} });
    assert.equal((await synced()).kind, 'synced');
    assert.equal((await rowsOf(world)).length, 2);
    assert.equal((await synced()).kind, 'unchanged');
    await world.addClient({ id: 'c-1', profile: 'acme/b' });
    await world.remove('acme/b.json');
    assert.equal((await synced()).kind, 'refused');
    assert.equal((await rowsOf(world)).length, 2);
    await world.writeText('acme/c.json', '{');
    const invalid = await synced();
    assert.ok(invalid.kind === 'invalid');
    assert.equal(invalid.problems[0]?.file, 'profiles/acme/c.json');
  });

  it('writes down who, when, from which commit, before and after', async () => {
    const git = (...args: string[]) =>
      exec('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { cwd: world.cwd });
    await world.write('acme/a');
    await git('init', '-q');
    await git('add', '.');
    await git('commit', '-q', '-m', 'first');
    const commit = (await git('rev-parse', 'HEAD')).stdout.trim();
    await world.sync();
    await world.write('acme/a', { maxQty: 4 });
    await world.sync(undefined, {}, { env: { ...world.io().env, GITHUB_ACTOR: 'octo' } });
    const written = await world.database.query<Record<string, string>[]>(
      'SELECT author, source_commit, content_before, content_after, source_after, at FROM low_balance_revision ORDER BY id',
    );
    assert.deepEqual(
      written.map((row) => [row['author'], row['source_commit']]),
      [
        ['Ada <ada@example.org>', commit],
        ['octo', `${commit}-dirty`],
      ],
    );
    assert.equal(written[0]?.['content_before'], null);
    assert.equal(written[1]?.['content_before'], written[0]?.['content_after']);
    assert.match(written[1]?.['source_after'] ?? '', /\n {2}"maxQty": 4/);
    assert.ok(Math.abs(Number(written[1]?.['at']) - Date.now()) < 60_000);
    await exec('rm', ['-rf', path.join(world.cwd, '.git')]);
  });

  it('is honest about Temporal: MySQL is synced, clients hear at their next check', async () => {
    await world.write('acme/a');
    const { code, err, out } = await world.sync(undefined, {}, {}, wakeClients);
    assert.equal(code, 0);
    assert.match(err, /MySQL is synced, but reconciliation could not be triggered: .*127\.0\.0\.1:1/);
    assert.equal((JSON.parse(out) as { reconciliationTriggered: boolean }).reconciliationTriggered, false);
  });
});
