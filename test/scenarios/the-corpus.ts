import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { glob } from 'tinyglobby';
import { outcomeOf } from '../../scenarios/outcome.js';
import { readScenarios, type ReadScenario } from '../../scenarios/read-scenarios.js';
import { reportForPeople } from '../../scenarios/report-scenarios.js';
import type { Played, Story } from '../../scenarios/story.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const paths = await glob(['test/scenarios/*.test.json', 'profiles/**/*.test.json'], { cwd: root });

/** Every scenario file of the repository. */
export const scenarioFiles = await Promise.all(paths.sort().map((file) => readScenarios(file, root)));

/** Of so many checks that the real workflow takes as long for it as for all others of `npm test`. */
const long = 'many-checks.test.json';

/** What `npm test` plays on the real workflow, too: the first of each file. `npm run test:slow` plays all others. */
export const quickOnRealWorkflow = scenarioFiles.flatMap(({ scenarios }) =>
  scenarios.slice(0, 1).filter(({ file }) => path.basename(file) !== long),
);

export function assertAsExpected(scenario: ReadScenario, story: Story, played: Played): void {
  const outcome = outcomeOf(scenario, story, played, 0);
  assert.ok(outcome.ok, `\n${reportForPeople({ outcomes: [outcome], problems: [] }, false)}`);
}

export function titleOf({ file, name }: ReadScenario): string {
  return `${path.basename(file, '.test.json')}: ${name}`;
}
