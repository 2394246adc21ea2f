import { parseTree, type Node } from 'jsonc-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem, Severity } from '../domain/problem.js';
import { readSource, sourceOfText } from './read-source.js';
import type { FileKind } from './schema-files.js';
import { schemaProblems } from './schema-problems.js';

/** What is wrong at a node of a file. */
export interface Finding {
  readonly node: Node;
  readonly severity: Severity;
  /** Stable. */
  readonly code: string;
  readonly message: string;
}

/** A file that is a JSON object, with what its schema says about it. */
export interface CheckedFile {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
  readonly root: Node;
  readonly bySchema: readonly Problem[];
  readonly problemOf: (finding: Finding) => Problem;
  readonly placeAt: (offset: number) => Place;
}

/** 1-based; columns in UTF-16 code units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A file that is read no further, and why. */
export interface UnreadFile {
  readonly problems: readonly Problem[];
}

/**
 * Reads a file and holds it against the schema of its kind. Never throws for what a file holds. `unsaved` is a text that is
 * checked instead of what lies on the disk.
 */
export async function checkFile(
  file: string,
  cwd: string,
  kind: FileKind,
  unsaved?: string,
): Promise<CheckedFile | UnreadFile> {
  const source = unsaved === undefined ? await readSource(file, cwd) : sourceOfText(file, unsaved);
  return 'problem' in source ? { problems: [source.problem] } : await checkText(file, source.text, kind);
}

/** Holds a text against the schema of a kind of file; `file` is how problems name it. */
export async function checkText(
  file: string,
  text: string,
  kind: FileKind,
): Promise<CheckedFile | UnreadFile> {
  const bySchema = await schemaProblems(file, text, kind);
  // What follows from half a file would only hide where it is broken.
  const syntax = bySchema.filter(({ code }) => code === 'syntax');
  if (syntax.length > 0) return { problems: syntax };
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root?.type !== 'object') return { problems: bySchema.length > 0 ? bySchema : [emptyFile(file)] };
  const document = TextDocument.create(file, 'jsonc', 1, text);
  const placeAt = (offset: number): Place => {
    const { line, character } = document.positionAt(offset);
    return { line: line + 1, column: character + 1 };
  };
  return {
    file,
    text,
    root,
    bySchema,
    placeAt,
    problemOf: ({ node, severity, code, message }) => ({
      file,
      ...placeAt(node.offset),
      severity,
      code,
      message,
    }),
  };
}

function emptyFile(file: string): Problem {
  const message = 'the file is empty: expected a JSON object';
  return { file, line: 1, column: 1, severity: 'error', code: 'empty-file', message };
}

/** By place. */
export function sorted(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1));
}

/** One problem a place: what was refused there before has no meaning that could be wrong too. */
export function besides(refused: readonly Problem[], problems: readonly Problem[]): readonly Problem[] {
  const places = new Set(refused.map(({ line, column }) => `${line}:${column}`));
  return problems.filter(({ line, column }) => !places.has(`${line}:${column}`));
}
