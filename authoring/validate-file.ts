import path from 'node:path';
import { getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { assertNever } from '../domain/assert-never.js';
import type { Problem } from '../domain/problem.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { acknowledgedFindings } from './acknowledged-rules.js';
import { kindOf } from './file-kind.js';
import { profileFindings, summaryOf, type Finding } from './profile-rules.js';
import { readSource } from './read-source.js';
import { readScenarios } from '../scenarios/read-scenarios.js';
import { schemaProblems } from './schema-problems.js';
import type { FileKind } from './schema-files.js';

export interface ValidatedFile {
  /** As the user named it. */
  readonly file: string;
  readonly kind: FileKind;
  /** By place. */
  readonly problems: readonly Problem[];
  /** Of a profile without an error. */
  readonly profile?: { readonly content: ProfileFile; readonly source: string };
}

export interface ValidateFileOptions {
  /** Also says what a valid profile does. */
  readonly info?: boolean;
}

/** Every problem of one file. Never throws for what a file holds. */
export async function validateFile(
  file: string,
  cwd: string,
  { info = false }: ValidateFileOptions = {},
): Promise<ValidatedFile> {
  const kind = kindOf(file);
  const source = await readSource(file, cwd);
  if ('problem' in source) return { file, kind, problems: [source.problem] };
  const { text } = source;
  const bySchema = await schemaProblems(file, text, kind);
  if (bySchema.some(({ code }) => code === 'syntax')) {
    // What follows from half a file would only hide where it is broken.
    return { file, kind, problems: bySchema.filter(({ code }) => code === 'syntax') };
  }
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root?.type !== 'object') return { file, kind, problems: bySchema };
  switch (kind) {
    case 'profile':
      return validProfile(file, path.resolve(cwd, file), { text, root, bySchema, info });
    case 'scenarios':
      return {
        file,
        kind,
        problems: sorted([...bySchema, ...(bySchema.length > 0 ? [] : await scenarioProblems(file, cwd))]),
      };
    case 'policy':
      return { file, kind, problems: sorted(bySchema) };
    case 'acknowledged': {
      const own = acknowledgedFindings(root, path.resolve(cwd, file)).map(problemsIn(file, text));
      return { file, kind, problems: sorted([...bySchema, ...own]) };
    }
    default:
      return assertNever(kind);
  }
}

interface Checked {
  readonly text: string;
  readonly root: Node;
  readonly bySchema: readonly Problem[];
  readonly info: boolean;
}

function validProfile(
  file: string,
  absolute: string,
  { text, root, bySchema, info }: Checked,
): ValidatedFile {
  const problemOf = problemsIn(file, text);
  // One problem a place: what the schema refuses has no meaning that could be wrong too.
  const isRefused = ({ line, column }: Problem) =>
    bySchema.some((problem) => problem.line === line && problem.column === column);
  const own = profileFindings(root, absolute, text).map(problemOf);
  const problems = sorted([...bySchema, ...own.filter((problem) => !isRefused(problem))]);
  if (problems.some(({ severity }) => severity === 'error')) return { file, kind: 'profile', problems };
  const summary = info ? summaryOf(root) : undefined;
  return {
    file,
    kind: 'profile',
    problems: summary ? sorted([...problems, problemOf(summary)]) : problems,
    profile: { content: getNodeValue(root) as ProfileFile, source: text },
  };
}

/** Findings as problems of a file with this text. */
function problemsIn(file: string, text: string): (finding: Finding) => Problem {
  const document = TextDocument.create(file, 'jsonc', 1, text);
  return ({ node, severity, code, message }) => {
    const { line, character } = document.positionAt(node.offset);
    return { file, line: line + 1, column: character + 1, severity, code, message };
  };
}

async function scenarioProblems(file: string, cwd: string): Promise<readonly Problem[]> {
  const { scenarios, problems } = await readScenarios(file, cwd);
  return [...problems, ...scenarios.flatMap((scenario) => scenario.problems)];
}

function sorted(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1));
}
