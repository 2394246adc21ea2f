import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { packageRoot } from '../../authoring/package-root.js';
import { loadForSync } from '../../cli/load-for-sync.js';
import { makePlan } from '../../cli/make-plan.js';
import { syncProfiles } from '../../cli/sync-profiles.js';
import { wakeClients } from '../../cli/wake-clients.js';
import { openDatabase } from '../../store/database.js';
import { applyPlan } from '../../store/sync.js';
import { createWorld, type Ran, type World } from './world.js';

const exec = promisify(execFile);

interface PlanJson {
  readonly status?: string;
  readonly hash: string;
  readonly changes: readonly {
    readonly action: string;
    readonly profile: string;
    readonly renamedFrom?: string;
    readonly fields: readonly object[];
    readonly clients: Readonly<Record<string, unknown>>;
  }[];
  readonly drift: readonly { readonly profile: string; readonly kind: string; readonly resolution: string }[];
  readonly guards: readonly { readonly name: string; readonly ok: boolean }[];
  readonly confirmCommand?: string;
}

function json({ out }: Ran): PlanJson {
  return JSON.parse(out) as PlanJson;
}

function actionsOf(ran: Ran): readonly string[] {
  return json(ran).changes.map(({ action, profile }) => `${action} ${profile}`);
}

describe('plan and sync on real MySQL', function () {
  this.timeout(180_000);
  let world: World;

  before(async () => {
    world = await createWorld();
  });
  after(() => world?.stop());
  beforeEach(() => world.reset());

  async function rows(): Promise<readonly { id: string; version: number; content: string }[]> {
    return await world.database.query('SELECT id, version, content FROM low_balance_profile ORDER BY id');
  }
  async function revisions(): Promise<readonly { action: string; profile_id: string }[]> {
    return await world.database.query(
      'SELECT action, profile_id, renamed_from, version, author, source_commit FROM low_balance_revision ORDER BY id',
    );
  }
  async function editRow(id: string, from: string, to: string): Promise<void> {
    await world.database.query(
      'UPDATE low_balance_profile SET content = REPLACE(content, ?, ?) WHERE id = ?',
      [from, to, id],
    );
  }

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
    await world.write('acme/d', { name: 'D' });
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
    assert.equal((await world.sync(undefined, { allowDelete: '0' })).code, 0);
    assert.deepEqual(
      (await rows()).map(({ id, version }) => `${id} ${version}`),
      ['acme/a 2', 'acme/b2 2', 'acme/d 1'],
    );
    assert.deepEqual(
      (await revisions()).slice(3).map(({ action, profile_id }) => `${action} ${profile_id}`),
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
    assert.deepEqual([(await revisions()).length, woken], [1, 1]);
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
          (await rows()).map(({ id }) => id),
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
    const { files, policy } = folder;
    const changes = await applyPlan(database, {
      files,
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
    assert.deepEqual(await rows(), []);
  });

  it('takes a missing or empty folder for an error, never for "delete all"', async () => {
    await world.write('acme/a');
    await world.write('globex/a');
    await world.sync();
    const missingFolder = await world.sync(undefined, { folder: 'elsewhere', allowDelete: '0' });
    assert.deepEqual([missingFolder.code, /missing-folder/.test(missingFolder.err)], [1, true]);
    await world.remove('globex');
    const missingReseller = await world.sync(undefined, { allowDelete: '0' });
    assert.deepEqual(
      [missingReseller.code, /profiles\/globex:1:1: error missing-reseller-folder/.test(missingReseller.err)],
      [1, true],
    );
    await world.remove('acme/a.json');
    const empty = await world.sync(undefined, { allowDelete: '0' });
    assert.deepEqual([empty.code, /no-profiles/.test(empty.err)], [1, true]);
    assert.equal((await rows()).length, 2);
  });

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
      ['MySQL', () => editRow('acme/a', '"USD"', '"EUR"')],
      ['the guards', () => world.writeText('policy.json', '{ "maxNewlyTold": 501 }')],
    ];
    for (const [what, change] of changes) {
      it(`is stale when ${what} changed, and nothing is done`, async () => {
        const before = await revisions();
        await change();
        const { code, out } = await world.sync(saved);
        assert.deepEqual([code, json({ out, code, err: '' }).status], [4, 'stale']);
        assert.deepEqual(await revisions(), before);
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
      assert.equal((await rows()).length, 2);
    });

    for (const wrong of ['0', '1', '3', '2.0', 'all', '']) {
      it(`does not take ${JSON.stringify(wrong)} for the exact number`, async () => {
        const { code } = await world.sync(undefined, { allowDelete: wrong });
        assert.equal(code, 3);
        assert.equal((await rows()).length, 2);
      });
    }

    it('is done with the exact number of clients', async () => {
      assert.equal((await world.sync(undefined, { allowDelete: '2' })).code, 0);
      assert.deepEqual(
        (await rows()).map(({ id }) => id),
        ['acme/b'],
      );
    });

    it('is refused by the guard whatever is allowed', async () => {
      await world.writeText('policy.json', '{ "maxDeletedPercentPerReseller": 49 }');
      const { code, out } = await world.sync(undefined, { allowDelete: '2' });
      assert.deepEqual([code, json({ out, code, err: '' }).status], [3, 'refused']);
      assert.equal((await rows()).length, 2);
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
    assert.equal((await world.sync(undefined, { allowDelete: '1' })).code, 0);
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

    it('refuse too many newly told clients', async () => {
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

    it('are not loosened by a policy that is wrong', async () => {
      await world.write('acme/a');
      await world.writeText('policy.json', '{ "maxNewlyTold": "no limit" }');
      const { code, err } = await world.sync();
      assert.equal(code, 1);
      assert.match(err, /^profiles\/policy\.json:1:19: error /m);
    });
  });

  describe('an edit in MySQL', () => {
    beforeEach(async () => {
      await world.write('acme/a');
      await world.sync();
      await editRow('acme/a', '"maxQty":3', '"maxQty":7');
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
      assert.match((await rows())[0]?.content ?? '', /"maxQty":3/);
      assert.equal((await world.plan()).code, 0);
    });

    it('is a conflict where the file was changed too: refused until they agree', async () => {
      await world.write('acme/a', { maxQty: 5 });
      const refused = await world.sync();
      assert.deepEqual([refused.code, json(refused).status], [3, 'refused']);
      assert.equal(json(refused).drift[0]?.resolution, 'conflict');
      assert.match((await rows())[0]?.content ?? '', /"maxQty":7/);
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
        (await rows()).map(({ id, version }) => [id, version]),
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
    assert.equal((await rows()).length, 2);
    const planned = await world.plan();
    assert.deepEqual(
      [planned.code, json(planned).drift.map(({ kind, resolution }) => [kind, resolution])],
      [2, [['unmanaged', 'leave']]],
    );
  });

  it('lets one of two syncs at once go first, and both end well', async () => {
    await world.write('acme/a');
    const both = await Promise.all([world.sync(), world.sync()]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.deepEqual(new Set(both.map((ran) => json(ran).status)), new Set(['synced', 'unchanged']));
    assert.equal((await revisions()).length, 1);
  });

  it('says who holds the lock when it has waited long enough', async () => {
    await world.write('acme/a');
    const holder = await openDatabase(world.mysqlUrl, { poolSize: 1 });
    try {
      await holder.query("DO GET_LOCK(CONCAT('low-balance:sync:', LEFT(DATABASE(), 40)), 0)");
      const [{ id } = { id: '' }] = await holder.query<{ id: string }[]>('SELECT CONNECTION_ID() AS id');
      const { code, err, out } = await world.sync(undefined, { lockWait: '1s' });
      assert.deepEqual([code, json({ out, code, err }).status], [4, 'locked']);
      assert.match(err, new RegExp(`another sync holds the lock .*connection ${id}\\b`));
      assert.deepEqual(await rows(), []);
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
    const before = [await rows(), await revisions()];
    // The server fails the second of the statements that write; the first is done by then.
    await world.database.query(
      "CREATE TRIGGER fail_profile BEFORE INSERT ON low_balance_profile FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the disk is full'",
    );
    try {
      await assert.rejects(world.sync(), /the disk is full/);
    } finally {
      await world.database.query('DROP TRIGGER fail_profile');
    }
    assert.deepEqual([await rows(), await revisions()], before);
    assert.equal((await world.sync()).code, 0);
  });

  it('leaves nothing half done, and no lock, when its process is killed while it writes', async () => {
    await world.write('acme/a');
    await world.sync();
    await world.write('acme/a', { maxQty: 5 });
    const before = [await rows(), await revisions()];
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
    assert.deepEqual([await rows(), await revisions()], before);
    assert.equal((await world.sync(undefined, { lockWait: '10s' })).code, 0);
    assert.deepEqual(
      (await rows()).map(({ id, version }) => [id, version]),
      [['acme/a', 2]],
    );
  });

  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (const from = Date.now(); Date.now() - from < 30_000; await sleep(50)) if (await holds()) return;
    assert.fail('not within 30 s');
  }

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
    const io = world.io();
    await syncProfiles(world.database, world.database, io);
    assert.equal((await rows()).length, 2);
    await world.addClient({ id: 'c-1', profile: 'acme/b' });
    await world.remove('acme/b.json');
    await syncProfiles(world.database, world.database, io);
    assert.equal((await rows()).length, 2);
    assert.match(io.printed.err, /not synced/);
    await world.writeText('acme/c.json', '{');
    await assert.rejects(syncProfiles(world.database, world.database, io), {
      code: 1,
      message: /profiles\/acme\/c\.json:1:/,
    });
  });

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

  it('plans as a user who may only read', async () => {
    await world.write('acme/a');
    await world.sync();
    await world.addClient({ id: 'c-1' });
    await world.write('acme/a', { clientNotification: { threshold: 30 } });
    const database = new URL(world.mysqlUrl).pathname.slice(1);
    await asAdministrator(`CREATE USER reader IDENTIFIED BY 'read-only'`);
    try {
      await asAdministrator(`GRANT SELECT ON \`${database}\`.* TO reader`);
      const url = new URL(world.mysqlUrl);
      url.username = 'reader';
      url.password = 'read-only';
      const env = { ...world.io().env, MYSQL_URL: url.href };
      const planned = await world.plan({}, { env });
      assert.equal(planned.code, 2);
      assert.equal(json(planned).changes[0]?.clients['toldBefore'], 1);
      await assert.rejects(world.sync(undefined, {}, { env }), /denied/);
    } finally {
      await asAdministrator('DROP USER reader');
    }
  });

  it('syncs as the user that docs/examples/grants.sql makes for it', async () => {
    await world.write('acme/a');
    await world.write('acme/b');
    await world.sync();
    await world.write('acme/a', { maxQty: 4 });
    await world.remove('acme/b.json');
    const database = new URL(world.mysqlUrl).pathname.slice(1);
    const text = await readFile(path.join(packageRoot(), 'docs', 'examples', 'grants.sql'), 'utf8');
    const grants = text
      .split(';')
      .map((statement) => statement.replace(/^\s*--.*$/gm, '').trim())
      .filter((statement) => /'lb_(sync|billing)'/.test(statement))
      .filter((statement) => !statement.includes('billing_entry'))
      .map((statement) => statement.replaceAll(/\b(low_balance|billing)\./g, `\`${database}\`.`));
    assert.ok(grants.length > 5);
    try {
      for (const statement of grants) await asAdministrator(statement);
      const urlOf = (user: string, password: string) => {
        const url = new URL(world.mysqlUrl);
        url.username = user;
        url.password = password;
        return url.href;
      };
      const env = {
        ...world.io().env,
        MYSQL_URL: urlOf('lb_sync', 'change-me-3'),
        BILLING_MYSQL_URL: urlOf('lb_billing', 'change-me-5'),
      };
      assert.equal((await world.sync(undefined, { allowDelete: '0' }, { env })).code, 0);
      assert.deepEqual(
        (await rows()).map(({ id, version }) => [id, version]),
        [['acme/a', 2]],
      );
    } finally {
      for (const user of ['lb_sync', 'lb_billing']) await asAdministrator(`DROP USER IF EXISTS ${user}`);
    }
  });

  async function asAdministrator(sql: string): Promise<void> {
    await world.database.query(sql);
  }
});
