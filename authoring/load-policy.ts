import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findNodeAtLocation, getNodeValue, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem } from '../domain/problem.js';
import { messageOf } from '../domain/error-message.js';
import type { Policy, PolicyFile } from './policy-file.js';

/** What holds where `policy.json` is missing or silent. */
export const defaultPolicy: Policy = {
  maxDeletedPercentPerReseller: 50,
  maxUpdatedPercent: 100,
  maxNewlyTold: 500,
  maxMovedClients: 500,
};

const largest: Policy = {
  maxDeletedPercentPerReseller: 100,
  maxUpdatedPercent: 100,
  maxNewlyTold: 1e9,
  maxMovedClients: 1e9,
};

export interface LoadedPolicy {
  readonly policy: Policy;
  readonly problems: readonly Problem[];
}

/** Reads `policy.json` of the profiles folder. A missing file is the defaults; a wrong one is problems, and never a looser guard. */
export async function loadPolicy(folder: string, cwd: string): Promise<LoadedPolicy> {
  const absolute = path.resolve(cwd, folder, 'policy.json');
  const file = path.relative(cwd, absolute);
  let text: string;
  try {
    text = await readFile(absolute, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { policy: defaultPolicy, problems: [] };
    const message = `policy.json cannot be read: ${messageOf(error)}`;
    return {
      policy: defaultPolicy,
      problems: [{ file, line: 1, column: 1, severity: 'error', code: 'unreadable-file', message }],
    };
  }
  return parsePolicy(text, file);
}

/** `file` is how problems name it. */
export function parsePolicy(text: string, file: string): LoadedPolicy {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const document = TextDocument.create(file, 'jsonc', 1, text);
  const problems: Problem[] = [];
  const complain = (offset: number, code: string, message: string): void => {
    const { line, character } = document.positionAt(offset);
    problems.push({ file, line: line + 1, column: character + 1, severity: 'error', code, message });
  };
  for (const { offset } of errors.slice(0, 1)) complain(offset, 'syntax', 'this is not JSON with comments');
  if (errors.length === 0 && root?.type !== 'object')
    complain(0, 'wrong-type', 'expected an object with the limits of a sync');
  if (problems.length > 0 || root?.type !== 'object') return { policy: defaultPolicy, problems };
  for (const property of root.children ?? []) checkLimit(property, complain);
  const written = getNodeValue(root) as PolicyFile;
  const { $schema: _, ...limits } = { ...defaultPolicy, ...written };
  return { policy: limits, problems };

  function checkLimit(property: Node, complain: (offset: number, code: string, message: string) => void) {
    const [key, value] = property.children ?? [];
    const name = String(key?.value);
    if (name === '$schema' || !key || !value) return;
    if (!isLimit(name)) {
      const known = Object.keys(defaultPolicy).join(', ');
      complain(key.offset, 'unknown-property', `"${name}" is no limit of a sync; expected one of ${known}`);
    } else if (findNodeAtLocation(root!, [name]) !== value) {
      complain(key.offset, 'duplicate-key', `"${name}" is there twice; expected it once`);
    } else if (!isWithin(value.value, largest[name])) {
      complain(
        value.offset,
        'wrong-value',
        `"${name}" is ${JSON.stringify(getNodeValue(value))}; expected a number from 0 to ${largest[name]}`,
      );
    }
  }
}

function isLimit(name: string): name is keyof Policy {
  return Object.hasOwn(defaultPolicy, name);
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= most;
}
