import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  applyEdits,
  findNodeAtOffset,
  getNodePath,
  getNodeValue,
  modify,
  parseTree,
  type Node,
} from 'jsonc-parser';
import { CodeActionKind, TextEdit, type CodeAction, type Diagnostic } from 'vscode-languageserver/node.js';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { knownCurrency } from '../../authoring/currencies.js';
import { formatSource } from '../../authoring/format-source.js';
import { nearest } from '../../authoring/nearest.js';
import type { FileKind } from '../../authoring/schema-files.js';
import { exampleOf } from './examples.js';
import { meantValue } from './meant-values.js';

/** One way to mend a problem: what is written instead. */
interface Fix {
  readonly title: string;
  readonly text: string;
}

/** Quick fixes of problems at the cursor, and one that lays out the file where it is not. */
export function quickFixes(
  document: TextDocument,
  kind: FileKind,
  diagnostics: readonly Diagnostic[],
): readonly CodeAction[] {
  const fixes = diagnostics.flatMap((diagnostic) =>
    fixesOf(document, kind, diagnostic).map(({ title, text }) => ({
      ...actionOf(document, title, text),
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      isPreferred: true,
    })),
  );
  const laidOut = formatSource(document.getText());
  return laidOut === document.getText()
    ? fixes
    : [...fixes, { ...actionOf(document, 'Lay out the file', laidOut), kind: CodeActionKind.QuickFix }];
}

function fixesOf(document: TextDocument, kind: FileKind, diagnostic: Diagnostic): readonly Fix[] {
  const text = document.getText();
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root && findNodeAtOffset(root, document.offsetAt(diagnostic.range.start));
  if (!node) return [];
  const place = getNodePath(node);
  switch (String(diagnostic.code)) {
    case 'unknown-property': {
      const meant = /did you mean "([^"]+)"/.exec(diagnostic.message)?.[1];
      return [
        ...(meant === undefined ? [] : [replaced(text, node, meant)]),
        {
          title: `Remove "${String(node.value)}"`,
          text: applyEdits(text, modify(text, place, undefined, {})),
        },
      ];
    }
    case 'reseller-mismatch':
      return [replaced(text, node, path.basename(path.dirname(fileURLToPath(document.uri))))];
    case 'invalid-currency':
    case 'unknown-currency': {
      const capital = String(node.value).trim().toUpperCase();
      return knownCurrency(capital) && capital !== node.value ? [replaced(text, node, capital)] : [];
    }
    case 'missing-property': {
      const name = /"([^"]+)"/.exec(diagnostic.message)?.[1];
      const value = name === undefined ? undefined : exampleOf(kind, place, name);
      if (name === undefined || value === undefined) return [];
      const formattingOptions = { tabSize: 2, insertSpaces: true, keepLines: true };
      const edits = modify(text, [...place, name], value, { formattingOptions });
      return [
        { title: `Add "${name}": ${JSON.stringify(value)}`, text: formatSource(applyEdits(text, edits)) },
      ];
    }
    default:
      return [
        ...unquoted(text, node, String(diagnostic.code)),
        ...meant(text, node, diagnostic),
        ...misspeltKeys(text, node, diagnostic.message),
      ];
  }
}

function meant(text: string, node: Node, { code, message }: Diagnostic): readonly Fix[] {
  const value = meantValue(String(code), getNodeValue(node), message);
  return value === undefined ? [] : [replaced(text, node, value)];
}

/** Of an object whose fields the message names: a threshold is an amount or one of several objects. */
function misspeltKeys(text: string, node: Node, message: string): readonly Fix[] {
  const known = [...message.matchAll(/"(\w+)":/g)].map(([, key]) => key!);
  if (node.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children: [key] = [] }) => {
    const wanted = key && !known.includes(String(key.value)) && nearest(String(key.value), known);
    return wanted ? [replaced(text, key, wanted)] : [];
  });
}

function replaced(text: string, node: { offset: number; length: number }, value: unknown): Fix {
  const written = JSON.stringify(value);
  return {
    title: `Change to ${written}`,
    text: `${text.slice(0, node.offset)}${written}${text.slice(node.offset + node.length)}`,
  };
}

/** A number or a truth value in quotes. */
function unquoted(text: string, node: Node, code: string): readonly Fix[] {
  const value: unknown = getNodeValue(node);
  if (code !== 'wrong-type' || typeof value !== 'string' || !/^(-?\d+(\.\d+)?|true|false)$/.test(value))
    return [];
  return [
    {
      title: `Change to ${value}, without quotes`,
      text: `${text.slice(0, node.offset)}${value}${text.slice(node.offset + node.length)}`,
    },
  ];
}

function actionOf(document: TextDocument, title: string, text: string): CodeAction {
  return { title, edit: { changes: { [document.uri]: [editBetween(document, text)] } } };
}

/** The smallest edit, so that the cursor and folds stay. */
export function editBetween(document: TextDocument, text: string): TextEdit {
  const old = document.getText();
  let start = 0;
  while (start < Math.min(old.length, text.length) && old[start] === text[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(old.length, text.length) - start &&
    old[old.length - 1 - end] === text[text.length - 1 - end]
  )
    end += 1;
  return TextEdit.replace(
    { start: document.positionAt(start), end: document.positionAt(old.length - end) },
    text.slice(start, text.length - end),
  );
}
