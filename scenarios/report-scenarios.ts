import { styleText } from 'node:util';
import { xmlText } from '../authoring/formats/xml-text.js';
import { problemLine, type Problem } from '../domain/problem.js';
import type { Outcome } from './outcome.js';
import type { ExpectedNotice } from './scenario-file.js';
import type { ExpectedStoryNotice, Story, StoryNotice } from './story.js';
import { hours, timelineAround, toldText } from './timeline.js';

export interface ScenarioReport {
  readonly outcomes: readonly Outcome[];
  /** Of files as a whole. */
  readonly problems: readonly Problem[];
}

/** How many passed; a file that could not be read counts as one failure. */
export function sumsOf({ outcomes, problems }: ScenarioReport): {
  readonly passed: number;
  readonly failed: number;
} {
  const passed = outcomes.filter(({ ok }) => ok).length;
  const badFiles = new Set(problems.map(({ file }) => file));
  return { passed, failed: outcomes.length - passed + badFiles.size };
}

/** `{ passed, failed, scenarios: [{ file, name, ok, expected, actual }], problems }` */
export function reportAsJson(report: ScenarioReport): string {
  const scenarios = report.outcomes.map(({ file, name, ok, story, told }) => ({
    file,
    name,
    ok,
    expected: story?.scenario.expect ?? [],
    actual: story ? told.map((each, index) => writtenTold(each, story, index)) : [],
  }));
  const problems = [...report.problems, ...report.outcomes.flatMap((outcome) => outcome.problems)];
  return `${JSON.stringify({ ...sumsOf(report), scenarios, problems }, undefined, 2)}\n`;
}

/** A check as a scenario would expect it, with as much as the scenario's own expectation of it says. */
function writtenTold({ atMs, rules, to, count }: StoryNotice, story: Story, index: number): ExpectedNotice {
  const expected = story.expected[index];
  const at = story.scenario.expect[story.expected.findIndex((each) => each.atMs === atMs)]?.at ?? hours(atMs);
  return { at, rules, ...(expected?.to ? { to } : {}), ...(expected?.count ? { count } : {}) };
}

/** For people: what passed by file, what failed with the timeline around its first difference. */
export function reportForPeople(report: ScenarioReport, colour: boolean): string {
  const paint = (style: 'green' | 'red' | 'dim', text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const lines: string[] = report.problems.map((problem) => paint('red', problemLine(problem)));
  for (const file of new Set(report.outcomes.map((outcome) => outcome.file))) {
    lines.push(file);
    for (const outcome of report.outcomes.filter((each) => each.file === file)) {
      lines.push(`  ${outcome.ok ? paint('green', '✓') : paint('red', '✗')} ${outcome.name}`);
      lines.push(...explanationOf(outcome).map((line) => `      ${line}`));
    }
  }
  const { passed, failed } = sumsOf(report);
  lines.push('', paint(failed > 0 ? 'red' : 'green', `${passed} passed, ${failed} failed`));
  return `${lines.join('\n')}\n`;
}

/** For CI: one test case a scenario, one suite a file. */
export function reportAsJunit(report: ScenarioReport): string {
  const { passed, failed } = sumsOf(report);
  const files = new Set([...report.problems, ...report.outcomes].map(({ file }) => file));
  const suites = [...files].map((file) => {
    const outcomes = report.outcomes.filter((outcome) => outcome.file === file);
    const problems = report.problems.filter((problem) => problem.file === file);
    const bad =
      problems.length > 0 ? [caseOf(file, 'the file can be read', 0, problems.map(problemLine))] : [];
    const cases = [
      ...bad,
      ...outcomes.map((outcome) => caseOf(file, outcome.name, outcome.wallMs, explanationOf(outcome))),
    ];
    const failures = bad.length + outcomes.filter(({ ok }) => !ok).length;
    return `  <testsuite name="${xmlText(file)}" tests="${cases.length}" failures="${failures}">\n${cases.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="low-balance test" tests="${passed + failed}" failures="${failed}">\n${suites.join('')}</testsuites>\n`;
}

function caseOf(file: string, name: string, wallMs: number, explanation: readonly string[]): string {
  const attributes = `classname="${xmlText(file)}" name="${xmlText(name)}" time="${(wallMs / 1_000).toFixed(3)}"`;
  if (explanation.length === 0) return `    <testcase ${attributes}/>\n`;
  const [first = ''] = explanation;
  return `    <testcase ${attributes}>\n      <failure message="${xmlText(first)}">${xmlText(explanation.join('\n'))}</failure>\n    </testcase>\n`;
}

/** Why a scenario failed, a line each, with the timeline around the difference; nothing where it passed. */
export function explanationOf({ story, difference, problems }: Outcome): readonly string[] {
  if (!story || !difference) return problems.map(problemLine);
  const { atMs, expected, actual, timeline } = difference;
  return [
    `expected ${expected ? describe(expected) : 'nothing more to be sent'}`,
    `found    ${actual ? describe(actual, expected) : 'nothing more was sent'}`,
    ...timelineAround(timeline, atMs),
  ];
}

/** As much of a check as was expected of it. */
function describe({ atMs, rules, to, count }: ExpectedStoryNotice, like?: ExpectedStoryNotice): string {
  const withCount = !like || like.count;
  const withTo = !like || like.to;
  return toldText({ atMs, rules, ...(to && withTo ? { to } : {}), ...(count && withCount ? { count } : {}) });
}
