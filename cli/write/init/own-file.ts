import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A file of the new repository, and what happens to it when `init` runs again. */
export interface RepositoryFile {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  readonly text: string;
  /**
   * - `always`: generated; written anew.
   * - `until-edited`: begins with a comment that names the hash of the rest; written anew while that is true.
   * - `once`: belongs to the team from the start.
   */
  readonly updates: 'always' | 'until-edited' | 'once';
}

export type Written = 'written' | 'updated' | 'fresh' | 'kept';

/** Writes a file into a repository where it is missing or still `init`'s own; never overwrites what somebody edited. */
export async function writeOwnFile(root: string, file: RepositoryFile): Promise<Written> {
  const absolute = path.join(root, file.path);
  const text = file.updates === 'until-edited' ? withMark(file) : file.text;
  const found = await readFile(absolute, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // A checkout may have other line ends.
  if (found?.replaceAll('\r\n', '\n') === text) return 'fresh';
  if (found !== undefined && !isOwn(found, file)) return 'kept';
  await mkdir(path.dirname(absolute), { recursive: true });
  await writeFile(absolute, text);
  return found === undefined ? 'written' : 'updated';
}

const mark = /^(?:#|\/\/) Made by low-balance init \(([0-9a-f]{12})\).*\n/;

function withMark({ path: name, text }: RepositoryFile): string {
  const comment = /\.jsonc?$/.test(name) ? '//' : '#';
  return `${comment} Made by low-balance init (${hashOf(text)}), which updates this file until you edit it.\n${text}`;
}

function isOwn(found: string, { updates }: RepositoryFile): boolean {
  if (updates !== 'until-edited') return updates === 'always';
  const text = found.replaceAll('\r\n', '\n');
  const marked = mark.exec(text);
  return marked !== null && marked[1] === hashOf(text.slice(marked[0].length));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
