import path from 'node:path';
import type { FileKind } from './schema-files.js';

/** What a file is about, by its name: `policy.json`, `acknowledged.json`, `*.test.json`, and every other `*.json` is a profile. */
export function kindOf(file: string): FileKind {
  const name = path.basename(file);
  if (name === 'policy.json') return 'policy';
  if (name === 'acknowledged.json') return 'acknowledged';
  return name.endsWith('.test.json') ? 'scenarios' : 'profile';
}

/** The profile id of a file by its place: `<folder>/<name without .json>`. */
export function profileIdOf(file: string): string {
  const absolute = path.resolve(file);
  return `${path.basename(path.dirname(absolute))}/${path.basename(absolute, '.json')}`;
}
