import assert from 'node:assert/strict';
import type { DataSource } from 'typeorm';
import { createBrake, type Candidate } from '../../store/brake.js';
import { migrate, openDatabase } from '../../store/database.js';
import { createHolds } from '../../store/holds.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const start = Date.parse('2026-01-05T00:00:00Z');

describe('the brake, on real MySQL', () => {
  let mysql: TestMysql;
  let database: DataSource;
  let now = start;

  before(async () => {
    mysql = await provideTestMysql();
    database = await openDatabase(mysql.url);
    await migrate(database);
  });
  after(async () => {
    await database?.destroy();
    await mysql?.stop();
  });
  beforeEach(async () => {
    now = start;
    await database.query('DELETE FROM low_balance_brake_client');
    await database.query('DELETE FROM low_balance_hold');
    await database.query('DELETE FROM low_balance_watched_client');
    await database.query(
      `UPDATE low_balance_brake SET clients = NULL, percent_of_fleet = NULL, counted_from = 0, tripped_at = NULL,
         last_held_at = NULL, released_until = NULL`,
    );
  });

  const candidate = (clientId: string, changes: Partial<Candidate> = {}): Candidate => ({
    clientId,
    resellers: ['acme'],
    profileId: 'acme/prepaid',
    low: true,
    ...changes,
  });
  const worker = (onTripped?: () => void) =>
    createBrake(database, {
      now: () => Promise.resolve(now),
      batchMs: 1,
      ...(onTripped ? { onTripped } : {}),
    });
  const ids = (count: number, prefix = 'c') => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
  const watch = (clientIds: readonly string[], state: string) =>
    database.query(
      'INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch) VALUES ?',
      [clientIds.map((id) => [id, 'acme/prepaid', state, 1, 1, 1, '{}'])],
    );
  const byHand = (at = now) => ({ by: 'op', why: 'billing was mended', at });

  it('admits 50 clients of a small fleet within an hour, and holds the others', async () => {
    const brake = worker();
    const answers = await Promise.all(ids(60).map((id) => brake.admit(candidate(id))));
    assert.equal(answers.filter(({ kind }) => kind === 'admitted').length, 50);
    const held = answers.find(({ kind }) => kind === 'held');
    assert.deepEqual(held, {
      kind: 'held',
      since: start,
      reason: 'the brake holds it: more than 50 clients would be notified within an hour',
      fleet: 0,
    });
    const { counted, limit, trippedAt } = await brake.state();
    assert.deepEqual({ counted, limit, trippedAt }, { counted: 50, limit: 50, trippedAt: start });
  });

  it('takes a share of the fleet where that is more', async () => {
    await watch(ids(400), 'ok');
    const { fleet, limit } = await worker().state();
    assert.deepEqual({ fleet, limit }, { fleet: 400, limit: 100 });
  });

  it('keeps the limit with four workers that ask at the same time', async () => {
    const alarms: string[] = [];
    const workers = ['a', 'b', 'c', 'd'].map((name) => ({ name, brake: worker(() => alarms.push(name)) }));
    const answers = await Promise.all(
      workers.flatMap(({ name, brake }) => ids(40, name).map((id) => brake.admit(candidate(id)))),
    );
    assert.equal(answers.filter(({ kind }) => kind === 'admitted').length, 50);
    assert.equal(alarms.length, 1, 'one alarm over all workers');
  });

  it('counts a client once, however often it is notified', async () => {
    const brake = worker();
    await brake.admit(candidate('c-0'));
    now += 5 * minuteMs;
    const again = await Promise.all([brake.admit(candidate('c-0')), brake.admit(candidate('c-0'))]);
    assert.deepEqual(again, [{ kind: 'admitted' }, { kind: 'admitted' }]);
    assert.equal((await brake.state()).counted, 1);
  });

  it('still notifies those whom it admitted, while it holds others', async () => {
    const brake = worker();
    await Promise.all(ids(60).map((id) => brake.admit(candidate(id))));
    now += 30 * minuteMs;
    assert.equal((await brake.admit(candidate('c-3'))).kind, 'admitted');
    assert.equal((await brake.admit(candidate('c-59'))).kind, 'held');
  });

  it('lets the next ones through an hour later, where those who wait stay within the limit', async () => {
    const first = worker();
    await Promise.all(ids(60).map((id) => first.admit(candidate(id))));
    await watch(ids(60).slice(0, 50), 'low');
    await watch(ids(60).slice(50), 'held');
    now += hourMs + 1;
    const brake = worker();
    const answers = await Promise.all(
      ids(60)
        .slice(50)
        .map((id) => brake.admit(candidate(id))),
    );
    assert.ok(answers.every(({ kind }) => kind === 'admitted'));
  });

  it('lets nobody through by time alone where more wait than the limit: a view that is broken all night mails no fleet', async () => {
    const first = worker();
    await Promise.all(ids(150).map((id) => first.admit(candidate(id))));
    await watch(ids(150).slice(0, 50), 'low');
    await watch(ids(150).slice(50), 'held');
    const admitted: string[] = [];
    for (let minute = 30; minute <= 12 * 60; minute += 30) {
      now = start + minute * minuteMs;
      const brake = worker();
      const answers = await Promise.all(
        ids(150).map(async (id) => ({ id, ...(await brake.admit(candidate(id))) })),
      );
      if (minute > 60) admitted.push(...answers.flatMap(({ id, kind }) => (kind === 'admitted' ? [id] : [])));
    }
    assert.deepEqual(admitted, []);
    assert.equal((await worker().state()).trippedAt, start, 'one alarm, since when');
    await database.query("UPDATE low_balance_watched_client SET state = 'ok' WHERE client_id <> 'c-149'");
    assert.equal((await worker().admit(candidate('c-149'))).kind, 'admitted', 'the view was mended');
  });

  it('does not count recoveries', async () => {
    const brake = worker();
    await Promise.all(ids(60).map((id) => brake.admit(candidate(id))));
    assert.equal((await brake.admit(candidate('r', { low: false }))).kind, 'admitted');
  });

  it('admits all while it is released, and counts from the end of the release', async () => {
    const brake = worker();
    await Promise.all(ids(60).map((id) => brake.admit(candidate(id))));
    now += minuteMs;
    await brake.release(now + 10 * minuteMs, byHand());
    const during = await Promise.all(ids(100, 'd').map((id) => brake.admit(candidate(id))));
    assert.ok(during.every(({ kind }) => kind === 'admitted'));
    assert.deepEqual((await brake.state()).released, {
      until: now + 10 * minuteMs,
      by: 'op',
      why: 'billing was mended',
    });
    now += 10 * minuteMs;
    const after = await Promise.all(ids(60, 'e').map((id) => brake.admit(candidate(id))));
    assert.equal(after.filter(({ kind }) => kind === 'admitted').length, 50);
  });

  it('has the limit that the policy says', async () => {
    const brake = worker();
    await brake.setPolicy({ clients: 3, percentOfFleet: 0 });
    const answers = await Promise.all(ids(5).map((id) => brake.admit(candidate(id))));
    assert.equal(answers.filter(({ kind }) => kind === 'admitted').length, 3);
    await brake.setPolicy(null);
    assert.equal((await brake.state()).limit, 50);
  });

  it('says who would be held now, and counts nobody', async () => {
    const brake = worker();
    const subject = { resellers: ['acme'], profileId: 'acme/prepaid' };
    assert.equal((await brake.holding())(subject), false);
    await Promise.all(ids(60).map((id) => brake.admit(candidate(id))));
    assert.equal((await brake.holding())(subject), true, 'it is tripped');
    await brake.setPolicy({ clients: 60, percentOfFleet: 0 });
    assert.equal((await brake.holding())(subject), false, 'the limit was raised');
    await brake.setPolicy(null);
    await brake.release(now + minuteMs, byHand());
    assert.equal((await brake.holding())(subject), false);
    const scope = { kind: 'reseller', reseller: 'acme' } as const;
    await createHolds(database).add(scope, null, byHand());
    const holding = await worker().holding();
    assert.deepEqual([holding(subject), holding({ ...subject, resellers: ['globex'] })], [true, false]);
    assert.equal((await brake.state()).counted, 0);
  });

  it('holds by hand everything, a reseller or a profile, until it is released or over', async () => {
    const holds = createHolds(database);
    const ask = (changes: Partial<Candidate> = {}) => worker().admit(candidate('c-1', changes));
    await holds.add({ kind: 'profile', profileId: 'acme/prepaid' }, null, {
      by: 'op',
      why: 'wrong threshold',
      at: now,
    });
    assert.deepEqual(await ask(), {
      kind: 'held',
      since: start,
      reason: 'held by op: wrong threshold',
      fleet: 0,
    });
    assert.equal((await ask({ low: false })).kind, 'held', 'recoveries too');
    assert.equal((await ask({ profileId: 'acme/Prepaid' })).kind, 'admitted');
    assert.equal(await holds.release({ kind: 'reseller', reseller: 'acme' }, byHand()), 0);
    assert.equal(await holds.release({ kind: 'profile', profileId: 'acme/prepaid' }, byHand()), 1);
    assert.equal((await ask()).kind, 'admitted');
    await holds.add({ kind: 'all' }, now + minuteMs, { by: 'op', why: 'views are rebuilt', at: now });
    assert.equal((await ask({ resellers: ['globex'], profileId: 'globex/a' })).kind, 'held');
    now += minuteMs;
    assert.equal((await ask()).kind, 'admitted');
    const history = await holds.history(10);
    assert.deepEqual(
      history.map(({ scope, by, released }) => [scope.kind, by, released?.why]),
      [
        ['all', 'op', undefined],
        ['profile', 'op', 'billing was mended'],
      ],
    );
  });
});
