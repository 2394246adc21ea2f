import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { slowlyRemembered } from '../../store/remembered.js';

describe('what is slow to read and remembered', () => {
  it('is waited for once, and then read anew while the old value is used', async () => {
    let reads = 0;
    let release = (): void => {};
    const value = slowlyRemembered(20, async () => {
      reads += 1;
      if (reads > 1) await new Promise<void>((resolve) => (release = resolve));
      return reads;
    });
    assert.deepEqual(await Promise.all([value(), value()]), [1, 1]);
    await sleep(40);
    assert.deepEqual([await value(), await value(), reads], [1, 1, 2]);
    release();
    await sleep(0);
    assert.deepEqual([await value(), reads], [2, 2]);
  });

  it('is read the less often the longer it takes', async () => {
    let reads = 0;
    const value = slowlyRemembered(0, async () => {
      await sleep(50);
      return (reads += 1);
    });
    await value();
    for (const until = performance.now() + 400; performance.now() < until;) {
      await value();
      await sleep(1);
    }
    assert.equal(reads, 1);
  });

  it('is as it was where it cannot be read, and read again at once', async () => {
    let reads = 0;
    const value = slowlyRemembered(0, () => {
      reads += 1;
      return reads === 1 ? Promise.resolve('known') : Promise.reject(new Error('away'));
    });
    await value();
    await sleep(5);
    assert.equal(await value(), 'known');
    await sleep(5);
    assert.equal(await value(), 'known');
    assert.equal(reads, 3);
    const never = slowlyRemembered(0, () => Promise.reject(new Error('away')));
    for (const _ of [1, 2]) await assert.rejects(never(), /away/);
  });
});
