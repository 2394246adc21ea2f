import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findNodeAtLocation, getNodeValue, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem } from '../domain/problem.js';
import { messageOf } from '../domain/error-message.js';
import type { Limits, Policy, PolicyFile } from './policy-file.js';
import { defaultBrakePolicy, type BrakePolicy } from '../domain/brake.js';

const defaultLimits: Limits = {
  maxDeletedPercentPerReseller: 50,
  maxUpdatedPercent: 100,
  maxNewlyTold: 500,
  maxMovedClients: 500,
};

/** What holds where `policy.json` is missing or says nothing. */
export const defaultPolicy: Policy = { ...defaultLimits, maxToldPerHour: defaultBrakePolicy };

const largest: Limits = {
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
  const { $schema: _, maxToldPerHour, ...limits } = { ...defaultPolicy, ...written };
  return { policy: { ...limits, maxToldPerHour: { ...defaultBrakePolicy, ...maxToldPerHour } }, problems };

  function checkLimit(property: Node, complain: (offset: number, code: string, message: string) => void) {
    const [key, value] = property.children ?? [];
    const name = String(key?.value);
    if (name === '$schema' || !key || !value) return;
    if (name === 'maxToldPerHour') {
      if (findNodeAtLocation(root!, [name]) !== value)
        complain(key.offset, 'duplicate-key', `"${name}" is there twice; expected it once`);
      else checkBrake(value, complain);
    } else if (!isLimit(name)) {
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

const largestOfBrake: BrakePolicy = { clients: 1e9, percentOfFleet: 100 };

function checkBrake(value: Node, complain: (offset: number, code: string, message: string) => void): void {
  if (value.type !== 'object') {
    const example = '{ "clients": 50, "percentOfFleet": 25 }';
    complain(value.offset, 'wrong-type', `"maxToldPerHour": expected an object such as ${example}`);
    return;
  }
  const seen = new Set<string>();
  for (const [key, part] of (value.children ?? []).map(({ children = [] }) => children)) {
    if (!key || !part) continue;
    const name = String(key.value);
    if (name !== 'clients' && name !== 'percentOfFleet')
      complain(key.offset, 'unknown-property', `"${name}": expected one of clients, percentOfFleet`);
    else if (seen.has(name))
      complain(key.offset, 'duplicate-key', `"${name}" is there twice; expected it once`);
    else if (
      !isWithin(part.value, largestOfBrake[name]) ||
      (name === 'clients' && !Number.isInteger(part.value))
    ) {
      const kind = name === 'clients' ? 'whole number' : 'number';
      complain(
        part.offset,
        'wrong-value',
        `"${name}" is ${JSON.stringify(getNodeValue(part))}; expected a ${kind} from 0 to ${largestOfBrake[name]}`,
      );
    }
    seen.add(name);
  }
}

function isLimit(name: string): name is keyof Limits {
  return Object.hasOwn(defaultLimits, name);
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= most;
}
