import type { Node } from 'jsonc-parser';
import { parseDuration } from '../domain/duration.js';
import { isDecimal, toDecimal } from '../domain/money.js';
import { isRefill } from '../domain/refill-amount.js';

/** Says what is wrong at a place of a file: stable code, one sentence. */
export type Report = (node: Node, code: string, message: string) => void;

/** Looks at one value, and reports everything that it should not be. */
export type Shape = (node: Node, report: Report) => void;

/** A value that is one of several kinds; `expected` ends the sentence "expected …". */
export function value(expected: string, holds: (value: unknown) => boolean): Shape {
  return (node, report) => {
    const found: unknown = node.type === 'object' || node.type === 'array' ? undefined : node.value;
    if (!holds(found)) report(node, 'wrong-value', `expected ${expected}, found ${show(node)}`);
  };
}

export const text = value('a text', (found) => typeof found === 'string' && found.length > 0);
export const aBoolean = value('true or false', (found) => typeof found === 'boolean');
export const aTrue = value('true', (found) => found === true);

export const currency = value(
  'an ISO 4217 code such as "USD"',
  (found) => typeof found === 'string' && /^[A-Z]{3}$/.test(found),
);

export const amount = value('an amount such as 12.5 or "12.50"', isAmount);

export const refillAmount = value(
  'an amount above 0',
  (found) => isAmount(found) && isRefill(toDecimal(found as string | number)),
);

export const offset = value('a time such as "25h" or "1d12h", at most 3650d', isOffset);

export const signedOffset = value('a time such as "25h", or "-2h" before the start', (found) =>
  isOffset(typeof found === 'string' && found.startsWith('-') ? found.slice(1) : found),
);

export const ruleKey = value(
  '"user", "client" or "advanced:<name>"',
  (found) => typeof found === 'string' && /^(user|client|advanced:.+)$/.test(found),
);

export const wholeFrom = (least: number): Shape =>
  value(`a whole number of at least ${least}`, (found) => Number.isInteger(found) && Number(found) >= least);

export function orNull(shape: Shape): Shape {
  return (node, report) => {
    if (node.type !== 'null') shape(node, report);
  };
}

/** One of these values, or what the shape accepts. */
export function either(values: readonly unknown[], shape: Shape): Shape {
  return (node, report) => {
    if (!values.includes(node.value) || node.type === 'object') shape(node, report);
  };
}

export function listOf(item: Shape): Shape {
  return (node, report) => {
    if (node.type === 'array') for (const each of node.children ?? []) item(each, report);
    else report(node, 'wrong-value', `expected a list, found ${show(node)}`);
  };
}

/** An object with any keys. */
export function mapOf(item: Shape): Shape {
  return (node, report) => {
    if (node.type !== 'object') report(node, 'wrong-value', `expected an object, found ${show(node)}`);
    else for (const [, child] of fieldsOf(node)) item(child, report);
  };
}

/** An object with these fields and no others. */
export function object(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>>,
): Shape {
  return (node, report) => {
    if (node.type !== 'object') {
      report(node, 'wrong-value', `expected an object, found ${show(node)}`);
      return;
    }
    const shapes = { ...required, ...optional };
    const found = new Set<string>();
    for (const [name, child, key] of fieldsOf(node)) {
      if (found.has(name)) report(key, 'duplicate-key', `"${name}" is here twice`);
      found.add(name);
      const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
      if (shape) shape(child, report);
      else report(key, 'unknown-property', `"${name}" is none of ${Object.keys(shapes).join(', ')}`);
    }
    for (const name of Object.keys(required))
      if (!found.has(name)) report(node, 'missing-property', `"${name}" is missing`);
  };
}

function fieldsOf(node: Node): readonly (readonly [string, Node, Node])[] {
  return (node.children ?? []).flatMap(({ children: [key, child] = [] }) =>
    key && child ? [[String(key.value), child, key] as const] : [],
  );
}

function isAmount(found: unknown): boolean {
  if (typeof found === 'number') return Number.isFinite(found) && isDecimal(toDecimal(found));
  return isDecimal(found);
}

function isOffset(found: unknown): boolean {
  return typeof found === 'string' && parseDuration(found) !== undefined;
}

function show({ type, value }: Node): string {
  if (type === 'object') return 'an object';
  if (type === 'array') return 'a list';
  // A number too large for a double is Infinity, which JSON.stringify calls null.
  const written = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing');
  return written.length > 60 ? `${written.slice(0, 60)}…` : written;
}
