import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver/node.js';
import { findNodeAtOffset, parseTree } from 'jsonc-parser';
import { packageRoot } from '../../authoring/package-root.js';
import type { Problem } from '../../domain/problem.js';

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

/** A problem of `validate` as the editor shows it: under the whole value, its code linked to the docs. */
export function diagnosticOf(problem: Problem, document: TextDocument): Diagnostic {
  const { line, column, severity, code, message } = problem;
  const start = { line: line - 1, character: column - 1 };
  const offset = document.offsetAt(start);
  const root = parseTree(document.getText(), [], { allowTrailingComma: true });
  const node = root && findNodeAtOffset(root, offset);
  // Of an object or list only the bracket: a whole file underlined hides what is wrong in it.
  const length =
    node?.offset !== offset ? 1 : node.type === 'object' || node.type === 'array' ? 1 : node.length;
  return {
    range: { start, end: document.positionAt(offset + length) },
    severity: severities[severity],
    source: 'low-balance',
    code,
    message,
    codeDescription: { href: docsOf(code, isOfReseller(document) ? 'resellers.md' : 'profiles.md') },
  };
}

function isOfReseller({ uri }: TextDocument): boolean {
  return uri.endsWith('/reseller.json');
}

/** The pages that have tables of codes, in the order in which they are looked through. */
const pages = ['profiles.md', 'resellers.md'] as const;
type Page = (typeof pages)[number];

const lines = new Map<Page, readonly string[]>();

/** The line of the docs that explains a code; `first` is the page of the kind of file it was found in. */
export function docsOf(code: string, first: Page = 'profiles.md'): string {
  const inOrder = [first, ...pages.filter((page) => page !== first)];
  for (const page of inOrder) {
    const line = linesOf(page).findIndex((each) => each.split('|')[1]?.includes(`\`${code}\``));
    if (line >= 0) return `${hrefOf(page)}#L${line + 1}`;
  }
  return hrefOf(first);
}

function linesOf(page: Page): readonly string[] {
  const known = lines.get(page) ?? readFileSync(fileOf(page), 'utf8').split('\n');
  lines.set(page, known);
  return known;
}

function hrefOf(page: Page): string {
  return pathToFileURL(fileOf(page)).href;
}

function fileOf(page: Page): string {
  return path.join(packageRoot(), 'docs', page);
}
