import assert from 'node:assert/strict';
import { openRealStage, type RealStages } from '../../cli/shared/real-stage.js';
import type { ReadScenario } from '../../scenarios/read-scenarios.js';
import type { Played } from '../../scenarios/story.js';
import { assertAsExpected, quickOnRealWorkflow, scenarioFiles, titleOf } from './the-corpus.js';

const scenarios = scenarioFiles
  .flatMap((each) => each.scenarios)
  .filter((each) => !quickOnRealWorkflow.includes(each));
const stageCount = 2;

// Those are played by corpus.test.ts.
describe('every other scenario on the real workflow', () => {
  const stages: RealStages[] = [];
  const playing = new Map<string, Promise<Played>>();
  const tried = new Set<string>();

  // Most of its time a story waits for its server: several are played side by side.
  before(async () => {
    for (let part = 0; part < stageCount; part += 1) {
      const err = (line: string) => void process.stderr.write(`${line}\n`);
      const stage = await openRealStage({ env: process.env, err });
      stages.push(stage);
      let last: Promise<unknown> = Promise.resolve();
      for (const scenario of scenarios.filter((_, index) => index % stageCount === part)) {
        const played = last.then(() => {
          assert.ok(scenario.story);
          return stage.play(scenario.story);
        });
        last = played.catch(() => {});
        playing.set(titleOf(scenario), played);
      }
    }
  });
  after(async () => {
    await Promise.allSettled(playing.values());
    await Promise.all(stages.map((stage) => stage.close()));
  });

  /** What was played ahead; where the test is tried again, the story is played again, when nothing else is. */
  async function play(scenario: ReadScenario): Promise<Played> {
    const title = titleOf(scenario);
    const ahead = playing.get(title);
    if (ahead && !tried.has(title)) {
      tried.add(title);
      return await ahead;
    }
    await Promise.allSettled(playing.values());
    return await stages[0]!.play(scenario.story!);
  }

  for (const scenario of scenarios) {
    it(titleOf(scenario), async () => {
      assertAsExpected(scenario, scenario.story!, await play(scenario));
    });
  }
});
