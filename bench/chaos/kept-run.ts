import { readFile, writeFile } from 'node:fs/promises';
import type { Truth } from './model/truth.js';
import type { ClientFacts } from './model/verdict.js';

/** All that a run is judged by. */
export interface Run {
  readonly truth: Truth;
  readonly facts: readonly ClientFacts[];
  /** What the receiver of webhooks could not take. */
  readonly receiverProblems: readonly string[];
}

/** Keeps a run as JSON, so that another model can judge it again. */
export async function keepRun(file: string, run: Run): Promise<void> {
  await writeFile(
    file,
    JSON.stringify(run, (_, value: unknown) => {
      if (value instanceof Map) return { $map: [...value] };
      if (value instanceof Set) return { $set: [...value] };
      return value === Number.POSITIVE_INFINITY ? 'Infinity' : value;
    }),
  );
}

export async function readRun(file: string): Promise<Run> {
  return JSON.parse(await readFile(file, 'utf8'), (_, value: unknown) => {
    if (value === 'Infinity') return Number.POSITIVE_INFINITY;
    if (typeof value !== 'object' || value === null) return value;
    const { $map: map, $set: set } = value as { $map?: [unknown, unknown][]; $set?: unknown[] };
    return map ? new Map(map) : set ? new Set(set) : value;
  }) as Run;
}
