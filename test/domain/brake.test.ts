import assert from 'node:assert/strict';
import { brakeLimit, defaultBrakePolicy, heldAgainWithinMs } from '../../domain/brake.js';

describe('the brake', () => {
  for (const [fleet, limit] of [
    [0, 50],
    [1, 50],
    [203, 50],
    [204, 51],
    [10_000, 2_500],
    [10_000_000, 2_500_000],
  ] as const)
    it(`lets ${limit} clients of a fleet of ${fleet} through by default`, () =>
      assert.equal(brakeLimit(defaultBrakePolicy, fleet), limit));

  it('lets nobody through where the policy says so', () =>
    assert.equal(brakeLimit({ clients: 0, percentOfFleet: 0 }, 10_000), 0));

  for (const [fleet, seconds] of [
    [0, 300],
    [60_000, 300],
    [100_000, 500],
    [1_000_000, 5_000],
  ] as const)
    it(`checks the held clients of a fleet of ${fleet} again within ${seconds} s`, () =>
      assert.equal(heldAgainWithinMs(fleet), seconds * 1_000));
});
