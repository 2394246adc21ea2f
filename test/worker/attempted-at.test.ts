import assert from 'node:assert/strict';
import { attemptedAt, type AttemptInfo } from '../../worker/attempted-at.js';

const retry: AttemptInfo = {
  isLocal: false,
  attempt: 3,
  scheduledTimestampMs: 1_000,
  currentAttemptScheduledTimestampMs: 9_000,
};
const by = (now: number) => () => Promise.resolve(now);

describe('when an attempt was scheduled', () => {
  it('is by the Temporal server, where it came at its time', async () => {
    assert.equal(await attemptedAt(retry, by(9_100)), 9_000);
    const first = { ...retry, attempt: 1, currentAttemptScheduledTimestampMs: 1_000 };
    assert.equal(await attemptedAt(first, by(0)), 1_000, 'also where MySQL is late');
  });

  it('is not in the future, where a server that was restarted starts it before its time', async () => {
    assert.equal(await attemptedAt(retry, by(7_000)), 7_000);
  });

  it('is not before the first attempt, where MySQL is late', async () => {
    assert.equal(await attemptedAt(retry, by(500)), 1_000);
  });

  it('is not known of a local activity', async () => {
    assert.equal(await attemptedAt({ ...retry, isLocal: true }, by(7_000)), 0);
  });
});
