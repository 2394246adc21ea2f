import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openRealStage, type RealStages } from '../../cli/shared/real-stage.js';
import { simulateStory } from '../../scenarios/simulate-story.js';
import type { Played } from '../../scenarios/story.js';
import { randomStory } from './random-stories.js';

// Always the same ones: another seed is another search, not another test.
const stories = fc.sample(randomStory, { numRuns: 12, seed: 20_261_124 });

/** Without the order of the counters. */
export function toldOf({ told }: Played) {
  return told.map(({ count, ...each }) => ({ ...each, count: new Map(Object.entries(count)) }));
}

/** Registers a test for each of these stories: `from` its index, up to that of `until`. */
export function playOnTheRealWorkflow(from: number, until: number): void {
  let stage: RealStages;

  before(async function () {
    this.timeout(300_000);
    stage = await openRealStage({ env: process.env, err: (line) => void process.stderr.write(`${line}\n`) });
  });
  after(async () => {
    await stage?.close();
  });

  for (const [index, story] of stories.slice(from, until).entries()) {
    it(`story ${from + index + 1} comes out as in the simulation`, async () => {
      assert.deepEqual(toldOf(await stage.play(story)), toldOf(simulateStory(story)));
    });
  }
}
