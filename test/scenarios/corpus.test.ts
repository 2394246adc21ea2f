import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { glob } from 'tinyglobby';
import { outcomeOf } from '../../scenarios/outcome.js';
import { readScenarios, type ReadScenario } from '../../scenarios/read-scenarios.js';
import { reportForPeople } from '../../scenarios/report-scenarios.js';
import { simulateStory } from '../../scenarios/simulate-story.js';
import type { Played, Story } from '../../scenarios/story.js';
import { openRealStage, type RealStages } from '../../cli/shared/real-stage.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = await glob(['test/scenarios/*.test.json', 'profiles/**/*.test.json'], { cwd: root });
const read = await Promise.all(files.sort().map((file) => readScenarios(file, root)));
const scenarios = read.flatMap((each) => each.scenarios);

function assertAsExpected(scenario: ReadScenario, story: Story, played: Played): void {
  const outcome = outcomeOf(scenario, story, played, 0);
  assert.ok(outcome.ok, `\n${reportForPeople({ outcomes: [outcome], problems: [] }, false)}`);
}

describe('the corpus of scenarios', () => {
  it('has no problem, and is not empty', () => {
    assert.deepEqual(
      read.flatMap(({ problems, scenarios }) => [...problems, ...scenarios.flatMap((each) => each.problems)]),
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

describe('every scenario on the real workflow', () => {
  let stage: RealStages;

  before(async function () {
    this.timeout(300_000);
    stage = await openRealStage({ env: process.env, err: (line) => void process.stderr.write(`${line}\n`) });
  });

  after(async () => {
    await stage?.close();
  });

  for (const scenario of scenarios) {
    it(titleOf(scenario), async () => {
      assert.ok(scenario.story);
      assertAsExpected(scenario, scenario.story, await stage.play(scenario.story));
    });
  }
});

function titleOf({ file, name }: ReadScenario): string {
  return `${path.basename(file, '.test.json')}: ${name}`;
}
