import type { Node } from 'jsonc-parser';
import { durationMs, durationPattern, parseDuration } from '../domain/duration.js';
import type { Finding } from './checked-file.js';
import { error } from './findings.js';

interface Limits {
  /** As the subject of a sentence. */
  readonly name: string;
  /** A duration. */
  readonly shortest: string;
  /** The code of what is shorter. */
  readonly tooShort: string;
}

/** What is wrong with a duration that is well written. */
export function durationFindings(
  node: Node | undefined,
  { name, shortest, tooShort }: Limits,
): readonly Finding[] {
  const text = String(node?.value);
  if (!node || !durationPattern.test(text)) return [];
  const ms = parseDuration(text);
  if (ms === undefined)
    return [error(node, 'duration-too-long', `${name} is ${text}: expected at most 3650d`)];
  return ms >= durationMs(shortest)
    ? []
    : [error(node, tooShort, `${name} is ${text}: expected at least ${shortest}`)];
}
