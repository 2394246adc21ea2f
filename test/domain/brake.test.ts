import assert from 'node:assert/strict';
import { brakeLimit, defaultBrakePolicy, heldAgainWithinMs, leftByBrake } from '../../domain/brake.js';

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

  const waiting: readonly [
    title: string,
    counts: Parameters<typeof leftByBrake>[0],
    holds: boolean,
    left: number,
  ][] = [
    ['what the limit leaves', { limit: 50, counted: 20, held: 0 }, false, 30],
    [
      'what the limit leaves, also while clients are held by hand',
      { limit: 50, counted: 20, held: 500 },
      false,
      30,
    ],
    ['nobody at the limit', { limit: 50, counted: 50, held: 0 }, false, 0],
    ['nobody where the fleet became smaller', { limit: 50, counted: 80, held: 0 }, false, 0],
    [
      'nobody an hour later, where more wait than the limit',
      { limit: 2_500, counted: 0, held: 7_500 },
      true,
      0,
    ],
    ['nobody, where those who wait would go beyond the limit', { limit: 50, counted: 41, held: 10 }, true, 0],
    ['those who wait, once they stay within the limit', { limit: 50, counted: 40, held: 10 }, true, 10],
  ];
  for (const [title, counts, holds, left] of waiting)
    it(`lets through ${title}`, () => assert.equal(leftByBrake(counts, holds), left));

  for (const [fleet, seconds] of [
    [0, 300],
    [60_000, 300],
    [100_000, 500],
    [1_000_000, 5_000],
  ] as const)
    it(`checks the held clients of a fleet of ${fleet} again within ${seconds} s`, () =>
      assert.equal(heldAgainWithinMs(fleet), seconds * 1_000));
});
