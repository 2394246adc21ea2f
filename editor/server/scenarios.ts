import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { outcomeOf, type Outcome } from '../../scenarios/outcome.js';
import { readScenarios } from '../../scenarios/read-scenarios.js';
import { explanationOf } from '../../scenarios/report-scenarios.js';
import { simulateStory } from '../../scenarios/simulate-story.js';
import type { ScenarioPlace, ScenarioResult } from './protocol.js';

/** The scenarios of a file by their places, whether they can be played or not. */
export async function scenarioPlaces(
  file: string,
  cwd: string,
  text?: string,
): Promise<readonly ScenarioPlace[]> {
  const { scenarios } = await readScenarios(file, cwd, text);
  return scenarios.map(({ name, line }) => ({ name, line: line - 1 }));
}

/** Plays the scenarios of a file in the simulation, all or those of these names. `document` says where `expect` differs. */
export async function runScenarios(
  file: string,
  cwd: string,
  document: TextDocument,
  names?: readonly string[],
): Promise<readonly ScenarioResult[]> {
  const { scenarios, problems } = await readScenarios(file, cwd, document.getText());
  return scenarios
    .map((read, index) => ({ read, index }))
    .filter(({ read }) => names === undefined || names.includes(read.name))
    .map(({ read, index }) => {
      const { name, line, story } = read;
      const begunAt = performance.now();
      const outcome: Outcome = story
        ? outcomeOf(read, story, simulateStory(story), 0)
        : { file, name, line, ok: false, told: [], problems: [...problems, ...read.problems], wallMs: 0 };
      return {
        name,
        ok: outcome.ok,
        milliseconds: performance.now() - begunAt,
        explanation: explanationOf(outcome).join('\n'),
        line: lineOfDifference(outcome, index, document),
      };
    });
}

/** Where a notice is missing or differs, the entry of `expect`; where one is too many, the list. */
function lineOfDifference(
  { story, difference, line }: Outcome,
  index: number,
  document: TextDocument,
): number {
  const root = parseTree(document.getText(), [], { allowTrailingComma: true });
  const at = difference?.expected ? story?.expected.indexOf(difference.expected) : undefined;
  const place = ['scenarios', index, 'expect', ...(at === undefined ? [] : [at])];
  const node = root && difference && findNodeAtLocation(root, place);
  return node ? document.positionAt(node.offset).line : line - 1;
}
