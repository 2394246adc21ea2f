import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type JSONPath,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { durationMs } from '../domain/duration.js';
import type { Problem } from '../domain/problem.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { writtenRules } from '../domain/profile/written-rules.js';
import type { Scenario } from './scenario-file.js';
import { lostDigits } from '../authoring/lost-digits.js';
import { profileShape, scenarioShape } from './scenario-shape.js';
import type { Report } from './shape.js';
import { storyOf, type Story } from './story.js';

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

const longestFile = 5_000_000;
/** More would play for minutes, and show nothing that fewer do not. */
const mostChecks = 100_000;

/** Every scenario of a file `<slug>.test.json`, and every problem. Never throws for what a file holds. */
export async function readScenarios(file: string, cwd: string): Promise<ReadScenarios> {
  const absolute = path.resolve(cwd, file);
  const read = await readDocument(file, absolute);
  if ('problem' in read) return { scenarios: [], problems: [read.problem] };
  const { root } = read;
  const problems: Problem[] = [];
  const report = reporter(read, problems);
  const list = root.type === 'object' ? findNodeAtLocation(root, ['scenarios']) : undefined;
  if (list?.type !== 'array' || !list.children?.length) {
    report(list ?? root, 'no-scenarios', 'expected "scenarios": a list of at least one scenario');
    return { scenarios: [], problems };
  }
  for (const { children: [key] = [] } of root.children ?? []) {
    if (key && !['$schema', 'scenarios'].includes(String(key.value)))
      report(key, 'unknown-property', `"${key.value}" is none of $schema, scenarios`);
  }
  const slug = path.basename(absolute).replace(/(\.test)?\.jsonc?$/, '');
  const neighbour = await neighbourOf(list.children, absolute, cwd, slug);
  return {
    problems,
    scenarios: list.children.map((node, index) => readOne(read, node, index, slug, neighbour)),
  };
}

interface Document {
  readonly file: string;
  readonly document: TextDocument;
  readonly root: Node;
}

/** The profile beside the file, or why there is none. */
type Neighbour = { readonly profile: ProfileFile } | { readonly why: string };

function readOne(
  read: Document,
  node: Node,
  index: number,
  slug: string,
  neighbour: Neighbour,
): ReadScenario {
  const problems: Problem[] = [];
  const report = reporter(read, problems);
  scenarioShape(node, report);
  if (problems.length === 0) reportLostDigits(node, read.document, report);
  const scenario = getNodeValue(node) as Scenario;
  const written = node.type === 'object' ? scenario.name : undefined;
  const scenarioFacts = {
    file: read.file,
    name: typeof written === 'string' && written !== '' ? written : `scenario ${index + 1}`,
    line: read.document.positionAt(node.offset).line + 1,
    problems,
  };
  if (problems.length > 0) return scenarioFacts;
  const profile = scenario.profile ?? ('profile' in neighbour ? neighbour.profile : undefined);
  if (!profile) {
    report(node, 'no-profile', 'why' in neighbour ? neighbour.why : '');
    return scenarioFacts;
  }
  const at = (location: JSONPath): Node => findNodeAtLocation(node, location) ?? node;
  checkMeaning(scenario, profile, slug, (location, code, message) => report(at(location), code, message));
  if (problems.length > 0) return scenarioFacts;
  return { ...scenarioFacts, story: storyOf(scenario, profile, slug) };
}

/** Of every number; a shape sees only the double that the parser made of it. */
function reportLostDigits(node: Node, document: TextDocument, report: Report): void {
  if (node.type === 'number') {
    const lost = lostDigits(document.getText().slice(node.offset, node.offset + node.length));
    if (lost) report(node, lost.code, `the number ${lost.message}`);
  }
  for (const child of node.children ?? []) reportLostDigits(child, document, report);
}

/** What a shape cannot say: names that must exist, and what would never end. */
function checkMeaning(
  scenario: Scenario,
  profile: ProfileFile,
  slug: string,
  report: (location: JSONPath, code: string, message: string) => void,
): void {
  const { events = [], expect, otherProfiles = {}, until } = scenario;
  const profiles = [
    profile,
    ...Object.values(otherProfiles),
    ...events.flatMap((event) => event.profile ?? []),
  ];
  const keys = new Set<string>(profiles.flatMap(writtenRules).map(({ key }) => key));
  expect.forEach(({ rules }, index) => {
    rules.forEach((key, at) => {
      if (keys.has(key)) return;
      const known = [...keys].join(', ');
      report(
        ['expect', index, 'rules', at],
        'unknown-rule',
        `no profile here has the rule "${key}", only ${known}`,
      );
    });
  });
  const ids = [`${profile.reseller}/${slug}`, ...Object.keys(otherProfiles)];
  events.forEach(({ moveTo }, index) => {
    if (typeof moveTo === 'string' && !ids.includes(moveTo))
      report(['events', index, 'moveTo'], 'unknown-profile', `"${moveTo}" is none of ${ids.join(', ')}`);
  });
  const periods = profiles.flatMap(({ period }) => (period ? [durationMs(period)] : []));
  const checks = durationMs(until) / Math.min(...periods);
  if (checks > mostChecks)
    report(['until'], 'too-long', `that is ${Math.round(checks)} checks; expected at most ${mostChecks}`);
}

async function neighbourOf(
  scenarios: readonly Node[],
  absolute: string,
  cwd: string,
  slug: string,
): Promise<Neighbour> {
  if (scenarios.every((node) => node.type === 'object' && findNodeAtLocation(node, ['profile'])))
    return { why: '' };
  const file = path.relative(cwd, path.join(path.dirname(absolute), `${slug}.json`));
  const read = await readDocument(file, path.resolve(cwd, file));
  const expected = `expected a "profile" in the scenario, or a valid profile ${file} beside it`;
  if ('problem' in read) return { why: `${expected}: ${read.problem.message}` };
  const problems: Problem[] = [];
  const report = reporter(read, problems);
  profileShape(read.root, report);
  if (problems.length === 0) reportLostDigits(read.root, read.document, report);
  const [first] = problems;
  if (first) return { why: `${expected}: ${first.file}:${first.line}:${first.column}: ${first.message}` };
  return { profile: getNodeValue(read.root) as ProfileFile };
}

async function readDocument(
  file: string,
  absolute: string,
): Promise<Document | { readonly problem: Problem }> {
  const problem = (code: string, message: string, line = 1, column = 1): { readonly problem: Problem } => ({
    problem: { file, line, column, severity: 'error', code, message },
  });
  let source: string;
  try {
    source = await readFile(absolute, 'utf8');
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    return problem(
      'unreadable-file',
      code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${code}`,
    );
  }
  if (source.length > longestFile)
    return problem('too-large', `expected at most ${longestFile} characters, found ${source.length}`);
  if (source.trim() === '') return problem('syntax', 'expected JSON, found an empty file');
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(source.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true });
  } catch (error) {
    // The parser is recursive: it runs out of stack where the nesting has no end.
    if (error instanceof RangeError) return problem('too-deep', 'the nesting is too deep');
    throw error;
  }
  const document = TextDocument.create(file, 'jsonc', 1, source);
  const [first] = errors;
  if (first || !root) {
    const { line, character } = document.positionAt(first?.offset ?? 0);
    const found = first ? printParseErrorCode(first.error) : 'no value';
    return problem('syntax', `expected JSON, found: ${found}`, line + 1, character + 1);
  }
  return { file, document, root };
}

function reporter({ file, document }: Document, problems: Problem[]): Report {
  return (node, code, message) => {
    const { line, character } = document.positionAt(node.offset);
    problems.push({ file, line: line + 1, column: character + 1, severity: 'error', code, message });
  };
}
