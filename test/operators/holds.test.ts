import assert from 'node:assert/strict';
import { runCommandLine } from '../../cli/command-line.js';
import { createBrake } from '../../store/brake.js';
import { createStoppedWebhooks } from '../../store/stopped-webhooks.js';
import { createWorld, type World } from '../review/world.js';

describe('low-balance hold, release and holds', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    for (const [reseller, slug] of [
      ['acme', 'prepaid'],
      ['globex', 'retail'],
    ])
      await world.database.query(
        `INSERT INTO low_balance_profile (id, reseller, content, source, version, applied_hash, updated_at)
         VALUES (?, ?, ?, '', 1, '', 0)`,
        [
          `${reseller}/${slug}`,
          reseller,
          JSON.stringify({
            name: 'Prepaid',
            reseller,
            currency: 'USD',
            sortOrder: 1,
            maxQty: 3,
            period: '24h',
            clientNotification: { threshold: 50 },
          }),
        ],
      );
  });
  after(() => world?.stop());

  const run = async (...words: readonly string[]) => {
    const io = world.io({ env: { MYSQL_URL: world.mysqlUrl, USER: 'olena' } });
    const code = await runCommandLine(words, io);
    return { code, ...io.printed };
  };
  const brake = () => createBrake(world.database, { now: () => Promise.resolve(Date.now()), batchMs: 1 });
  const ask = (reseller: string, profileId: string, clientId = 'C-1') =>
    brake().admit({ clientId, resellers: [reseller], profileId, low: true });

  it('holds a reseller with who and why, and says so until it is released', async () => {
    const held = await run('hold', '--reseller', 'acme', '--why', 'the view of balances is rebuilt');
    assert.deepEqual(held, {
      code: 0,
      err: '',
      out: 'Notices of reseller acme are held until it is released.\n',
    });
    const answer = await ask('acme', 'acme/prepaid');
    assert.equal(answer.kind === 'held' && answer.reason, 'held by olena: the view of balances is rebuilt');
    assert.equal((await ask('globex', 'globex/prepaid')).kind, 'admitted');
    const listed = await run('holds');
    assert.match(listed.out, /on +│ reseller acme/);
    assert.match(listed.out, /olena: the view of balances is rebuilt/);
    const released = await run('release', '--reseller', 'acme', '--by', 'petro', '--why', 'rebuilt');
    assert.deepEqual(released, { code: 0, err: '', out: '1 hold of reseller acme released.\n' });
    assert.equal((await ask('acme', 'acme/prepaid')).kind, 'admitted');
    const { holds } = JSON.parse((await run('holds', '--format', 'json')).out) as {
      holds: { scope: object; by: string; until: string | null; on: boolean; released: { by: string } }[];
    };
    const [{ scope, by, until, on, released: end } = assert.fail('no hold')] = holds;
    assert.deepEqual(
      { scope, by, until, on },
      { scope: { kind: 'reseller', reseller: 'acme' }, by: 'olena', until: null, on: false },
    );
    assert.equal(end.by, 'petro');
  });

  it('says that there is nothing to release', async () => {
    const { code, err } = await run('release', '--profile', 'acme/none', '--why', 'x');
    assert.equal(code, 1);
    assert.equal(err, 'There is no hold of profile acme/none. See: low-balance holds\n');
  });

  it('holds a profile for a time', async () => {
    const { out } = await run('hold', '--profile', 'acme/prepaid', '--for', '1s', '--why', 'a second');
    assert.match(
      out,
      /^Notices of profile acme\/prepaid are held until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.\n$/,
    );
    assert.equal((await ask('acme', 'acme/prepaid')).kind, 'held');
    for (const until = Date.now() + 20_000; (await ask('acme', 'acme/prepaid')).kind === 'held';)
      assert.ok(Date.now() < until);
  });

  it('names a webhook that is stopped, since when, and starts it again', async () => {
    const crm = { url: 'https://crm.acme.example/hooks', secretVariable: 'ACME_CRM_SECRET' };
    const stopped = createStoppedWebhooks(world.database);
    await stopped.stop({ reseller: 'acme', webhook: 'crm', reason: 'it answered 410', stoppedAt: 0 }, crm);
    const { err } = await run('list');
    assert.match(
      err,
      /^warning: the webhook "crm" of acme is stopped since 1970-01-01T.*: it answered 410\. Start it again with: npx low-balance start-webhook acme\/crm, or /m,
    );
    const { stoppedWebhooks } = JSON.parse((await run('list', '--format', 'json')).out) as {
      stoppedWebhooks: unknown;
    };
    assert.deepEqual(stoppedWebhooks, [
      { reseller: 'acme', webhook: 'crm', since: '1970-01-01T00:00:00.000Z', reason: 'it answered 410' },
    ]);
    const started = await run('start-webhook', 'acme/crm');
    assert.equal(started.code, 0);
    assert.match(started.out, /^The webhook acme\/crm is started again/);
    assert.equal(await stopped.find('acme', 'crm', crm), undefined);
    assert.doesNotMatch((await run('list')).err, /crm/);
    const again = await run('start-webhook', 'acme/crm');
    assert.equal(again.code, 1);
    assert.equal(again.err, 'The webhook acme/crm is not stopped. See: low-balance doctor\n');
    assert.equal((await run('start-webhook', 'crm')).code, 64);
  });

  it('ends the brake with everything, and says since when it held', async () => {
    await brake().setPolicy({ clients: 1, percentOfFleet: 0 });
    await ask('acme', 'acme/prepaid', 'C-1');
    assert.equal((await ask('acme', 'acme/prepaid', 'C-2')).kind, 'held');
    assert.match(
      (await run('holds')).out,
      /The brake: HOLDS notices of \d+ clients? since .*\n.* at most 1 /,
    );
    const { code, out } = await run('release', '--all', '--for', '2h', '--why', 'the view was mended');
    assert.equal(code, 0);
    assert.match(out, /^The brake is released until .* UTC\. Held clients are checked again/);
    assert.equal((await ask('acme', 'acme/prepaid', 'C-2')).kind, 'admitted');
    assert.match((await run('holds')).out, /released until .* by olena: the view was mended/);
  });

  it('warns of a reseller or a profile that there is not, and says what is still held', async () => {
    const typed = await run('hold', '--reseller', 'globx', '--why', 'x');
    assert.equal(typed.code, 0);
    assert.match(typed.err, /^warning: MySQL knows no reseller "globx", perhaps "globex" is meant: /);
    const profile = await run('hold', '--profile', 'globex/retai', '--why', 'x');
    assert.match(profile.err, /perhaps "globex\/retail" is meant/);
    assert.equal((await run('hold', '--reseller', 'globex', '--why', 'the view is slow')).err, '');
    const all = await run('release', '--all', '--why', 'x');
    assert.equal(all.code, 0);
    assert.match(
      all.err,
      /^Still held: reseller globx, by olena: x\nStill held: profile globex\/retai, .*\nStill held: reseller globex, by olena: the view is slow\n$/,
    );
    for (const scope of [
      ['--reseller', 'globx'],
      ['--profile', 'globex/retai'],
      ['--reseller', 'globex'],
    ])
      assert.equal((await run('release', ...scope, '--why', 'x')).code, 0);
    assert.equal((await run('release', '--reseller', 'globex', '--why', 'x')).code, 1);
  });
});
