import { readdirSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';

/** Where histories of this release are; those of earlier ones lie beside it. */
export const historiesOfThisRelease = path.join(packageRoot(), 'test', 'histories', 'this-release');

export interface RecordedHistory {
  /** The file's name without its ending. */
  readonly name: string;
  readonly file: string;
}

/** The recorded histories of one folder, by name. */
export function recordedHistories(folder: string): readonly RecordedHistory[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ name: file.slice(0, -'.json'.length), file: path.join(folder, file) }));
}
