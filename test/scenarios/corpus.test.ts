import assert from 'node:assert/strict';
import { simulateStory } from '../../scenarios/simulate-story.js';
import { openRealStage, type RealStages } from '../../cli/shared/real-stage.js';
import { assertAsExpected, quickOnRealWorkflow, scenarioFiles, titleOf } from './the-corpus.js';

const scenarios = scenarioFiles.flatMap((each) => each.scenarios);

describe('the corpus of scenarios', () => {
  it('has no problem, and is not empty', () => {
    assert.deepEqual(
      scenarioFiles.flatMap(({ problems, scenarios }) => [
        ...problems,
        ...scenarios.flatMap((each) => each.problems),
      ]),
      [],
    );
    assert.ok(scenarios.length >= 40);
  });
});

describe('every scenario in the simulation', () => {
  for (const scenario of scenarios) {
    it(titleOf(scenario), () => {
      assert.ok(scenario.story);
      assertAsExpected(scenario, scenario.story, simulateStory(scenario.story));
    });
  }
});

// corpus.slow.ts plays the others.
describe('the first scenario of most files on the real workflow', () => {
  let stage: RealStages;

  before(async () => {
    stage = await openRealStage({ env: process.env, err: (line) => void process.stderr.write(`${line}\n`) });
  });
  after(() => stage?.close());

  for (const scenario of quickOnRealWorkflow) {
    it(titleOf(scenario), async () => {
      assert.ok(scenario.story);
      assertAsExpected(scenario, scenario.story, await stage.play(scenario.story));
    });
  }
});
