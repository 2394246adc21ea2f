import assert from 'node:assert/strict';
import { databaseClock, type ClockSource } from '../../store/database-time.js';
import type { Queryable } from '../../store/queryable.js';

/** What was asked has been answered. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const sourceOf = (database: Queryable): ClockSource => ({
  connect: () => Promise.resolve({ ...database, release: () => Promise.resolve() }),
});

/** MySQL, whose clock is an hour ahead, and whose answers take so long; a machine that does nothing else. */
function aDatabase(answersMs: readonly number[]) {
  const left = [...answersMs];
  let now = 1_000;
  let asked = 0;
  let ahead = 3_600_000;
  const database: Queryable = {
    async query<T>(): Promise<T> {
      asked += 1;
      const tookMs = left.shift();
      if (tookMs === undefined) throw new Error('away');
      // What it says was so at once, and the answer was late.
      const answer = [{ now: now + ahead }];
      await Promise.resolve();
      now += tookMs;
      return answer as T;
    },
  };
  const ask = databaseClock(sourceOf(database), () => now);
  const clock = async () => {
    await ask();
    await settled();
    return await ask();
  };
  return {
    clock,
    /** How far ahead of the machine it is found, by who asks first. */
    now: async () => (await ask()) - now,
    wait: (ms: number) => void (now += ms),
    aheadMs: (told: number) => told - now,
    asked: () => asked,
    set: (ms: number) => void (ahead = ms),
  };
}

describe('the clock of MySQL', () => {
  it('is asked once a minute where it answers quickly', async () => {
    const { clock, wait, aheadMs, asked } = aDatabase([10, 10]);
    assert.equal(aheadMs(await clock()), 3_600_000 - 5);
    wait(59_000);
    await clock();
    assert.equal(asked(), 1);
    wait(2_000);
    await clock();
    assert.equal(asked(), 2);
  });

  it('is known well before anybody hears it, where the first answer was slow', async () => {
    const { now, asked } = aDatabase([1_900, 1_200, 10]);
    assert.equal(await now(), 3_600_000 - 5);
    assert.equal(asked(), 3);
  });

  it('does not take the wait for a connection for a slow answer', async () => {
    let now = 1_000;
    const query = async <T>() => {
      const answer = [{ now: now + 3_600_000 }];
      await Promise.resolve();
      now += 10;
      return answer as T;
    };
    const connect = () => {
      now += 1_900;
      return Promise.resolve({ query, release: () => Promise.resolve() });
    };
    const told = await databaseClock({ connect }, () => now)();
    assert.equal(told - now, 3_600_000 - 5);
  });

  it('stays as it was known where a later answer is slow and does not contradict it', async () => {
    const { clock, wait, aheadMs } = aDatabase([10, 6_000, 6_000, 6_000, 6_000, 6_000]);
    await clock();
    for (let i = 0; i < 20; i += 1) {
      wait(5_000);
      assert.equal(aheadMs(await clock()), 3_600_000 - 5);
    }
  });

  it('follows MySQL where its clock was set, also by a slow answer', async () => {
    const { clock, wait, aheadMs, set } = aDatabase([10, 600, 10]);
    await clock();
    set(7_200_000);
    wait(61_000);
    await clock();
    assert.equal(aheadMs(await clock()), 7_200_000 - 600);
  });

  it('counts by the best of five answers where all are slow, and then asks for a minute no more', async () => {
    const { clock, wait, aheadMs, asked } = aDatabase([400, 900, 80, 500, 700, 10]);
    for (let i = 0; i < 5; i += 1) {
      await clock();
      wait(2_000);
    }
    assert.equal(aheadMs(await clock()), 3_600_000 - 40);
    wait(40_000);
    await clock();
    assert.equal(asked(), 5);
  });

  it('is asked again where an answer never comes, ever more rarely', async () => {
    const askedAt: number[] = [];
    let now = 0;
    const database: Queryable = {
      query() {
        askedAt.push(now);
        return now === 0 ? Promise.resolve([{ now: 5_000 }] as never) : new Promise(() => {});
      },
    };
    const clock = databaseClock(sourceOf(database), () => now);
    assert.equal(await clock(), 5_000);
    for (; now < 300_000; now += 1_000) await clock();
    assert.deepEqual(
      askedAt.map((at) => at / 1_000),
      [0, 60, 65, 75, 95, 135, 195, 255],
    );
    assert.equal(await clock(), 305_000);
  });

  it('is the machine’s where the first answer never comes, and holds up nobody for long', async () => {
    const clock = databaseClock(sourceOf({ query: () => new Promise(() => {}) }));
    const before = Date.now();
    const found = await clock();
    assert.ok(Math.abs(found - Date.now()) < 1_000);
    for (let i = 0; i < 100; i += 1) await clock();
    assert.ok(Date.now() - before < 10_000);
  });

  it('goes on from what it knows while MySQL is away, and asks again soon', async () => {
    const { clock, wait, aheadMs, asked } = aDatabase([10]);
    await clock();
    wait(61_000);
    await clock();
    assert.equal(aheadMs(await clock()), 3_600_000 - 5);
    wait(1_100);
    await clock();
    assert.equal(asked(), 3);
  });
});
