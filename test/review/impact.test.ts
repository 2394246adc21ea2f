import assert from 'node:assert/strict';
import { namedProfilesOnly } from '../../domain/assignment.js';
import { clientsOfPlan } from '../../planning/snapshot-clients.js';
import { openSnapshot } from '../../planning/snapshot.js';
import { useWorld, type Ran, type World } from './world.js';

interface Impact {
  readonly assigned: number;
  readonly toldNow: number;
  readonly toldBefore: number;
  readonly newlyTold: readonly string[];
  readonly noLongerTold: readonly string[];
  readonly leftWithoutProfile: number;
  readonly unknown: number;
  readonly checkedEarlier: number;
}

function impactOf(ran: Ran, index = 0): Impact {
  const { changes } = JSON.parse(ran.out) as { changes: { clients: Impact }[] };
  return changes[index]!.clients;
}

describe('the impact of a plan on real clients', () => {
  let world: World;
  useWorld((created) => (world = created));

  const one = async (sql: string): Promise<readonly string[]> => {
    const rows = await world.database.query<{ id: string }[]>(sql);
    return rows.map(({ id }) => id);
  };

  it('is what SQL says of the same tables', async () => {
    await world.write('acme/a', { clientNotification: { threshold: 50 } });
    await world.write('acme/other');
    await world.sync();
    const states = ['active', 'active', 'active', 'suspended', 'closed'];
    for (let i = 0; i < 300; i += 1) {
      await world.addClient({
        id: `c-${i}`,
        profile: [null, 'acme/other', 'acme/a', 'acme/a', 'acme/a'][i % 5]!,
        balance: (i * 37) % 200,
        currency: ['USD', 'EUR', 'UAH'][i % 3]!,
        status: states[i % 7] ?? 'active',
        prepaid: i % 11 === 0 ? 0 : 1,
        ...(i % 2 === 0 ? { counts: { client: i % 4 } } : {}),
      });
    }
    await world.database.query("INSERT INTO billing_exchange_rate VALUES ('USD', 'EUR', '0.9')");
    await world.database.query(
      "UPDATE billing_client SET billing_email = NULL WHERE client_id LIKE '%3' OR client_id LIKE '%17%'",
    );
    await world.write('acme/a', { clientNotification: { threshold: 90.5 } });
    const planned = impactOf(await world.plan());

    const rate = "CASE c.currency WHEN 'USD' THEN 1 WHEN 'EUR' THEN 0.9 END";
    const sends = (threshold: string) => `(c.status = 'active' AND c.billing_email IS NOT NULL
      AND c.balance + c.credit_limit < ${threshold} * ${rate}
      AND COALESCE(JSON_LENGTH(w.watch, '$.acceptedAt.client'), 0) < 3)`;
    const of = `FROM billing_client c LEFT JOIN low_balance_watched_client w ON w.client_id = c.client_id
      WHERE c.profile_id = 'acme/a' AND c.status <> 'closed' AND c.prepaid = 1`;
    const ids = (where: string) => one(`SELECT c.client_id AS id ${of} AND ${where} ORDER BY c.client_id`);
    assert.equal(planned.assigned, (await ids('1 = 1')).length);
    assert.equal(planned.toldNow, (await ids(`COALESCE(${sends('90.5')}, 0)`)).length);
    assert.equal(planned.toldBefore, (await ids(`COALESCE(${sends('50')}, 0)`)).length);
    assert.deepEqual(
      planned.newlyTold,
      await ids(`COALESCE(${sends('90.5')}, 0) AND NOT COALESCE(${sends('50')}, 0)`),
    );
    assert.deepEqual(planned.noLongerTold, []);
    assert.equal(planned.unknown, (await ids("c.currency = 'UAH' AND c.status <> 'suspended'")).length);
    assert.ok(planned.newlyTold.length > 10 && planned.unknown > 10);
  });

  it('counts notices that the ledger has and the row of the client not yet', async () => {
    await world.write('acme/a', { maxQty: 1 });
    await world.sync();
    await world.addClient({ id: 'c-1', counts: {} });
    await world.addClient({ id: 'c-2', counts: {} });
    await world.database.query(
      `INSERT INTO low_balance_notice (id, client_id, check_at, audience, profile_id, rules, state, attempts, created_at, accepted_at)
       VALUES (UUID(), 'c-1', ?, 'client', 'acme/a', '["client"]', 'accepted', 1, 0, ?)`,
      [Date.now(), Date.now()],
    );
    await world.write('acme/a', { maxQty: 1, clientNotification: { threshold: 60 } });
    const { toldBefore, toldNow } = impactOf(await world.plan());
    assert.deepEqual([toldBefore, toldNow], [1, 1]);
  });

  it('says whom a deleted profile leaves without, and who is checked earlier by a shorter Period', async () => {
    await world.write('acme/a');
    await world.write('acme/b');
    await world.sync();
    const hour = 3_600_000;
    await world.addClient({ id: 'soon', profile: 'acme/b', nextCheckAt: Date.now() + hour });
    await world.addClient({ id: 'late', profile: 'acme/b', nextCheckAt: Date.now() + 20 * hour });
    await world.addClient({ id: 'loses', profile: 'acme/a' });
    await world.remove('acme/a.json');
    await world.write('acme/b', { period: '12h' });
    const planned = await world.plan();
    assert.deepEqual(
      [impactOf(planned, 0).leftWithoutProfile, impactOf(planned, 0).noLongerTold],
      [1, ['loses']],
    );
    assert.equal(impactOf(planned, 1).checkedEarlier, 2);
  });

  it('sees one instant, however long it takes: what is charged meanwhile does not count', async () => {
    await world.write('acme/a', { clientNotification: { threshold: 0 } });
    await world.sync();
    await world.addClient({ id: 'c-1', balance: 40 });
    const snapshot = await openSnapshot(world.database, world.database);
    try {
      await world.database.query('UPDATE billing_client SET balance = 1');
      await world.addClient({ id: 'c-2' });
      const seen: (string | undefined)[] = [];
      const scope = { before: namedProfilesOnly, after: namedProfilesOnly, changed: ['acme/a'], costly: [] };
      for await (const page of clientsOfPlan(snapshot, scope))
        seen.push(...page.map(({ atPlan }) => atPlan?.client.balance));
      assert.deepEqual(seen, ['40']);
      await assert.rejects(snapshot.own.query('DELETE FROM low_balance_profile'), /READ ONLY/);
    } finally {
      await snapshot.close();
    }
  });

  it('works where the billing views are another database, and says that they were seen a moment apart', async () => {
    await world.write('acme/a');
    await world.sync();
    const url = new URL(world.mysqlUrl);
    await world.database.query('CREATE DATABASE elsewhere');
    try {
      await world.database.query('CREATE TABLE elsewhere.billing_client LIKE billing_client');
      for (const table of ['reseller', 'user', 'exchange_rate'])
        await world.database.query(`CREATE TABLE elsewhere.billing_${table} LIKE billing_${table}`);
      await world.addClient({ id: 'c-1', counts: { client: 1 } });
      await world.database.query('INSERT INTO elsewhere.billing_client SELECT * FROM billing_client');
      await world.database.query('DELETE FROM billing_client');
      await world.write('acme/a', { maxQty: 1 });
      url.pathname = '/elsewhere';
      const planned = await world.plan({}, { env: { ...world.io().env, BILLING_MYSQL_URL: url.href } });
      assert.equal((JSON.parse(planned.out) as { oneSnapshot: boolean }).oneSnapshot, false);
      const { assigned, noLongerTold } = impactOf(planned);
      assert.deepEqual([assigned, noLongerTold], [1, ['c-1']]);
    } finally {
      await world.database.query('DROP DATABASE elsewhere');
    }
  });

  it('does not stumble over a client whose data is no client', async () => {
    await world.write('acme/a');
    await world.sync();
    await world.addClient({ id: 'c-1' });
    await world.addClient({ id: 'c-2' });
    await world.database.query("UPDATE billing_client SET currency = 'X?' WHERE client_id = 'c-2'");
    await world.write('acme/a', { maxQty: 5 });
    const { assigned, unknown, toldNow } = impactOf(await world.plan());
    assert.deepEqual([assigned, unknown, toldNow], [2, 1, 1]);
  });
});
