import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { withinTime } from '../../worker/time-limit.js';

describe('a limit of time', () => {
  it('gives what the work comes to', async () => {
    assert.equal(await withinTime(Promise.resolve(7), 1_000), 7);
    await assert.rejects(withinTime(Promise.reject(new Error('refused')), 1_000), /refused/);
  });

  it('ends the wait for work that takes longer, and what becomes of the work disturbs nobody', async () => {
    let fail: (error: Error) => void = () => {};
    const work = new Promise<never>((_, reject) => (fail = reject));
    await assert.rejects(withinTime(work, 10), {
      name: 'TimeLimitError',
      message: 'no answer within 0.01 s',
    });
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    fail(new Error('too late'));
    await sleep(20);
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });
});
