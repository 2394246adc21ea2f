import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Where a profile's file lies, or undefined where the id could lead out of the folder: it was written by hand. */
export function profileTarget(folder: string, cwd: string, id: string): string | undefined {
  const sound = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id);
  return sound && !id.endsWith('.test') ? path.resolve(cwd, folder, `${id}.json`) : undefined;
}

/** The file's text; undefined where there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
