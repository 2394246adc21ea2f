import { existsSync } from 'node:fs';
import path from 'node:path';
import { findNodeAtLocation, getNodeValue, type JSONPath, type Node } from 'jsonc-parser';
import { besides, checkFile, sorted, type CheckedFile, type Finding } from '../authoring/checked-file.js';
import { lostDigits } from '../authoring/lost-digits.js';
import { editFindings, profileFindings } from '../authoring/profile-rules.js';
import { placeText, type Problem } from '../domain/problem.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { meaningFindings } from './meaning-findings.js';
import type { ResellerFile } from '../domain/reseller/reseller-file.js';
import type { Scenario, ScenarioClient } from './scenario-file.js';
import { storyOf, type Story } from './story.js';
import { timeFindings } from './time-findings.js';

/** A scenario of a file: a story to be played, or what is wrong with it. */
export interface ReadScenario {
  /** As the user named it. */
  readonly file: string;
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  /** Absent where there is an error among the problems. */
  readonly story?: Story;
  readonly problems: readonly Problem[];
}

export interface ReadScenarios {
  readonly scenarios: readonly ReadScenario[];
  /** Of the file as a whole. */
  readonly problems: readonly Problem[];
}

/** Every scenario of a file `<slug>.test.json`, and every problem. Never throws for what a file holds. */
export async function readScenarios(file: string, cwd: string, unsaved?: string): Promise<ReadScenarios> {
  const checked = await checkFile(file, cwd, 'scenarios', unsaved);
  if (!('root' in checked)) return { scenarios: [], problems: checked.problems };
  const { root, bySchema } = checked;
  const list = findNodeAtLocation(root, ['scenarios']);
  if (list?.type !== 'array' || !list.children?.length) {
    const message = 'expected "scenarios": a list of at least one scenario';
    return { scenarios: [], problems: [checked.problemOf(error(list ?? root, 'no-scenarios', message))] };
  }
  const slug = path.basename(file).replace(/(\.test)?\.json$/, '');
  const neighbour = await neighbourOf(list.children, file, cwd, slug);
  const reseller = await resellerBeside(file, cwd);
  const names = new Map<string, number>();
  const scenarios = list.children.map((node, index) => {
    const read = readOne(checked, node, index, { slug, neighbour, reseller });
    const before = names.get(read.name);
    if (before === undefined) names.set(read.name, read.line);
    return before === undefined
      ? read
      : withoutStory(read, checked.problemOf(sameName(node, read.name, before)));
  });
  const ofScenarios = new Set(scenarios.flatMap(({ problems }) => problems));
  return { scenarios, problems: bySchema.filter((problem) => !ofScenarios.has(problem)) };
}

/** The profile beside the file, or why there is none. */
type Neighbour = { readonly profile: ProfileFile } | { readonly why: string };

/** What a scenario file stands among. */
interface Surroundings {
  readonly slug: string;
  readonly neighbour: Neighbour;
  readonly reseller: Pick<ScenarioClient, 'resellerTimeZone'>;
}

function readOne(
  checked: CheckedFile,
  node: Node,
  index: number,
  { slug, neighbour, reseller }: Surroundings,
): ReadScenario {
  const scenario = getNodeValue(node) as Scenario;
  const written = node.type === 'object' ? scenario.name : undefined;
  const name = typeof written === 'string' && written !== '' ? written : `scenario ${index + 1}`;
  const facts = { file: checked.file, name, line: checked.placeAt(node.offset).line };
  const problems = problemsInside(checked, node);
  if (problems.length > 0) return { ...facts, problems };
  const profile = scenario.profile ?? ('profile' in neighbour ? neighbour.profile : undefined);
  const findings = profile
    ? meaningFindings(node, scenario, profile, slug)
    : [error(node, 'no-profile', 'why' in neighbour ? neighbour.why : '')];
  return findings.length > 0
    ? { ...facts, problems: sorted(findings.map(checked.problemOf)) }
    : { ...facts, problems, story: storyOf(scenario, profile!, slug, reseller) };
}

/** Results are known by their scenario's name. */
function sameName(node: Node, name: string, line: number): Finding {
  const message = `the scenario of line ${line} is called "${name}" too: expected a name of its own`;
  return error(findNodeAtLocation(node, ['name']) ?? node, 'duplicate-name', message);
}

function withoutStory({ file, name, line, problems }: ReadScenario, problem: Problem): ReadScenario {
  return { file, name, line, problems: [problem, ...problems] };
}

/** What is wrong with a scenario by the schema, and with the values that it holds. */
function problemsInside({ bySchema, problemOf, placeAt, text }: CheckedFile, node: Node): readonly Problem[] {
  const [from, to] = [placeAt(node.offset), placeAt(node.offset + node.length)];
  const ofSchema = bySchema.filter((problem) => !isBefore(problem, from) && isBefore(problem, to));
  const own = [...profilesIn(node, text), ...timeFindings(node), ...lostDigitFindings(node, text)];
  const errors = own.filter(({ severity }) => severity === 'error').map(problemOf);
  const found = errors.reduce<readonly Problem[]>((all, each) => [...all, ...besides(all, [each])], ofSchema);
  return sorted(found);
}

function isBefore(a: Pick<Problem, 'line' | 'column'>, b: Pick<Problem, 'line' | 'column'>): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

/** The profiles that a scenario brings, and the edits of them, by the rules of a profile's file. */
function profilesIn(scenario: Node, text: string): readonly Finding[] {
  const at = (node: Node, place: JSONPath): readonly Node[] => {
    const found = findNodeAtLocation(node, place);
    return found?.type === 'object' ? [found] : [];
  };
  const others = at(scenario, ['otherProfiles']).flatMap(({ children = [] }) =>
    children.flatMap(({ children: [, value] = [] }) => (value?.type === 'object' ? [value] : [])),
  );
  const events = findNodeAtLocation(scenario, ['events'])?.children ?? [];
  return [
    ...[...at(scenario, ['profile']), ...others].flatMap((profile) => profileFindings(profile, text)),
    ...events.flatMap((event) => at(event, ['profile'])).flatMap((edit) => editFindings(edit, text)),
  ];
}

/** Of every number: a schema sees only the double that the parser made of it. */
function lostDigitFindings(node: Node, text: string): readonly Finding[] {
  const lost =
    node.type === 'number' ? lostDigits(text.slice(node.offset, node.offset + node.length)) : undefined;
  return [
    ...(lost ? [error(node, lost.code, `the number ${lost.message}`)] : []),
    ...(node.children ?? []).flatMap((child) => lostDigitFindings(child, text)),
  ];
}

/** What the reseller's settings say of its clients. A file with an error says nothing. */
async function resellerBeside(file: string, cwd: string): Promise<Pick<ScenarioClient, 'resellerTimeZone'>> {
  const beside = path.join(path.dirname(file), 'reseller.json');
  if (!existsSync(path.resolve(cwd, beside))) return {};
  const checked = await checkFile(beside, cwd, 'reseller');
  if (!('root' in checked) || checked.bySchema.length > 0) return {};
  const { timeZone } = getNodeValue(checked.root) as ResellerFile;
  return timeZone === undefined ? {} : { resellerTimeZone: timeZone };
}

async function neighbourOf(
  scenarios: readonly Node[],
  file: string,
  cwd: string,
  slug: string,
): Promise<Neighbour> {
  if (scenarios.every((node) => node.type === 'object' && findNodeAtLocation(node, ['profile'])))
    return { why: '' };
  const beside = path.join(path.dirname(file), `${slug}.json`);
  const checked = await checkFile(beside, cwd, 'profile');
  const [first] =
    'root' in checked
      ? [...checked.bySchema, ...profileFindings(checked.root, checked.text).map(checked.problemOf)].filter(
          ({ severity }) => severity === 'error',
        )
      : checked.problems;
  if ('root' in checked && !first) return { profile: getNodeValue(checked.root) as ProfileFile };
  const place = first ? `${placeText(first)}: ${first.message}` : beside;
  return { why: `expected a "profile" in the scenario, or a valid profile ${beside} beside it: ${place}` };
}

function error(node: Node, code: string, message: string): Finding {
  return { node, severity: 'error', code, message };
}
