import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Writes down how long one test file took, for the end of the run. */
export function noteTime(folder: string, file: string, ms: number): void {
  appendFileSync(fileIn(folder), `${JSON.stringify({ file, ms })}\n`);
}

/** Lines for people: seconds and file, the slowest first. */
export function slowestFiles(folder: string, root: string): readonly string[] {
  if (!existsSync(fileIn(folder))) return [];
  return readFileSync(fileIn(folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; ms: number })
    .sort((a, b) => b.ms - a.ms)
    .map(({ file, ms }) => `${(ms / 1_000).toFixed(1).padStart(7)} s  ${path.relative(root, file)}`);
}

const fileIn = (folder: string) => path.join(folder, 'times.jsonl');
