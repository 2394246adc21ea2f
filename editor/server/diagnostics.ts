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
    codeDescription: { href: docsOf(code) },
  };
}

let lines: readonly string[] | undefined;

/** The line of the docs that explains a code. */
export function docsOf(code: string): string {
  const file = path.join(packageRoot(), 'docs', 'profiles.md');
  lines ??= readFileSync(file, 'utf8').split('\n');
  const line = lines.findIndex((each) => each.startsWith('|') && each.includes(`\`${code}\``));
  return `${pathToFileURL(file).href}${line < 0 ? '' : `#L${line + 1}`}`;
}
