import assert from 'node:assert/strict';
import type { DataSource } from 'typeorm';
import { check } from '../../activities/check.js';
import type { WatchParts } from '../../activities/parts.js';
import { endingLimit, heldEndings } from '../../domain/endings.js';
import { defaultBrakePolicy } from '../../domain/brake.js';
import { createBrake } from '../../store/brake.js';
import { createEndings } from '../../store/endings.js';
import { createWatchedClients } from '../../store/watched-clients.js';
import { migrate, openDatabase } from '../../store/database.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';

const now = Date.parse('2026-11-24T09:00:00Z');
const hourMs = 3_600_000;

describe('how many clients may end at once (rule 13)', () => {
  it('as many as the brake allows to be notified: 50, or a quarter of the fleet', () => {
    assert.equal(endingLimit(defaultBrakePolicy, { fleet: 90, missing: 40, ended: 10 }), 50);
    assert.equal(endingLimit(defaultBrakePolicy, { fleet: 900, missing: 0, ended: 100 }), 250);
  });

  it('those that ended within the hour count with those that are missing', () => {
    assert.equal(heldEndings(defaultBrakePolicy, { fleet: 960, missing: 210, ended: 40 }), undefined);
    assert.match(
      heldEndings(defaultBrakePolicy, { fleet: 960, missing: 211, ended: 40 }) ?? '',
      /^251 of 1000 clients lost their profile or are not found within an hour: expected 250 at most/,
    );
  });
});

describe('clients that lose their profile at once, on real MySQL', () => {
  let mysql: TestMysql;
  let database: DataSource;

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
    await database.query('DELETE FROM low_balance_watched_client');
    await database.query('UPDATE low_balance_brake SET released_until = NULL');
  });

  /** Watched clients, of which so many are missing for an hour. */
  async function aFleet(clients: number, missing: number): Promise<void> {
    await database.query(
      `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch, missing_since) VALUES ?`,
      [
        Array.from({ length: clients }, (_, i) => [
          `C-${i}`,
          'acme/prepaid',
          'ok',
          86_400_000,
          now,
          now,
          '{"acceptedAt":{}}',
          i < missing ? now - hourMs : null,
        ]),
      ],
    );
  }

  /** The check at the end of a client's grace. */
  async function lastCheck(endings: ReturnType<typeof createEndings>, clientId: string, at = now) {
    const watched = createWatchedClients(database, (error) => assert.fail(String(error)));
    const parts = {
      attemptedAt: () => Promise.resolve(0),
      billing: { identify: () => Promise.resolve(undefined), readClient: () => Promise.resolve(undefined) },
      profiles: { read: () => Promise.resolve(undefined) },
      watched,
      endings,
    } as unknown as WatchParts;
    const input = {
      clientId,
      watch: { acceptedAt: {} },
      plannedAt: at,
      dueAt: at,
      now: at,
      missingSince: now - hourMs,
    };
    return await check(parts, input);
  }

  it('a few end after their grace', async () => {
    await aFleet(60, 50);
    const endings = createEndings(database);
    assert.deepEqual(await lastCheck(endings, 'C-0'), { kind: 'ended', reason: 'not-found' });
    const { lost } = await createEndings(database).state(now + 1_000);
    assert.deepEqual(lost, { fleet: 59, missing: 49, ended: 1 });
  });

  it('too many are held: they are watched on, one alarm says so, and they end once the rest is back', async () => {
    await aFleet(60, 51);
    const heard: (string | undefined)[] = [];
    const endings = createEndings(database, (held) => heard.push(held));
    for (const clientId of ['C-0', 'C-1', 'C-2']) {
      const result = await lastCheck(endings, clientId);
      assert.equal(result.kind, 'missing');
      assert.match((result as { held: string }).held, /^51 of 60 clients lost their profile/);
      assert.equal((result as { until: number }).until, now + 900_000);
    }
    assert.equal(heard.length, 1);
    await database.query(
      "UPDATE low_balance_watched_client SET missing_since = NULL WHERE client_id >= 'C-3'",
    );
    const later = await lastCheck(endings, 'C-0', now + 900_000);
    assert.equal(later.kind, 'ended');
    assert.equal(heard.length, 2);
    assert.equal(heard[1], undefined);
  });

  it('they end where somebody who looked released the brake', async () => {
    await aFleet(60, 60);
    const brake = createBrake(database, { now: () => Promise.resolve(now) });
    await brake.release(now + hourMs, { by: 'anna', why: 'the reseller left', at: now });
    assert.equal((await lastCheck(createEndings(database), 'C-0')).kind, 'ended');
  });
});
