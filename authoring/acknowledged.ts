import { existsSync } from 'node:fs';
import path from 'node:path';
import { getNodeValue, parseTree } from 'jsonc-parser';
import type { Problem } from '../domain/problem.js';
import type { AcknowledgedFile } from './acknowledged-file.js';
import { readSource } from './read-source.js';
import { validateFile } from './validate-file.js';

/** Profile id → how many clients may lose it by its deletion, at most. */
export type Acknowledged = ReadonlyMap<string, number>;

export interface LoadedAcknowledged {
  readonly acknowledged: Acknowledged;
  readonly problems: readonly Problem[];
}

/** The deletions that `acknowledged.json` of a profiles folder names. A file with an error acknowledges nothing. */
export async function loadAcknowledged(folder: string, cwd: string): Promise<LoadedAcknowledged> {
  const file = path.join(folder, 'acknowledged.json');
  if (!existsSync(path.resolve(cwd, file))) return { acknowledged: new Map(), problems: [] };
  const { problems } = await validateFile(file, cwd);
  const source = await readSource(file, cwd);
  if ('problem' in source || problems.some(({ severity }) => severity === 'error'))
    return { acknowledged: new Map(), problems };
  const root = parseTree(source.text, [], { allowTrailingComma: true });
  const { deletions = {} } = (root ? getNodeValue(root) : {}) as AcknowledgedFile;
  return { acknowledged: new Map(Object.entries(deletions)), problems };
}
