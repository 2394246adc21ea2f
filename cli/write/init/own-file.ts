import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CliError, exitCode } from '../../shared/exit-code.js';

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
  /** Where the package has the same text, relative to its root. */
  readonly source?: string;
}

/** `edited`: was `init`'s own once. `foreign`: never was. */
export type Written = 'written' | 'updated' | 'fresh' | 'edited' | 'foreign';

/** Writes a file into a repository where it is missing or still `init`'s own; never overwrites what somebody edited. */
export async function writeOwnFile(root: string, file: RepositoryFile): Promise<Written> {
  const absolute = path.join(root, file.path);
  const text = file.updates === 'until-edited' ? withMark(file) : file.text;
  const found = await readFound(absolute, file.path);
  // A checkout may have other line ends.
  const sameEnds = found?.replaceAll('\r\n', '\n');
  if (sameEnds === text) return 'fresh';
  if (sameEnds !== undefined && !isOwn(sameEnds, file)) return mark.test(sameEnds) ? 'edited' : 'foreign';
  await mkdir(path.dirname(absolute), { recursive: true });
  await writeFile(absolute, text);
  return found === undefined ? 'written' : 'updated';
}

async function readFound(absolute: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(absolute, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EISDIR') throw inTheWay(`${name} is a folder: expected a file, or nothing`, error);
    if (code === 'ENOTDIR')
      throw inTheWay(`${path.dirname(name)} is a file: expected a folder, or nothing`, error);
    throw error;
  }
}

function inTheWay(message: string, cause: unknown): CliError {
  return new CliError(`${message}. Move it away, and run init again`, exitCode.usage, { cause });
}

const mark = /^(?:#|\/\/) Made by low-balance init \(([0-9a-f]{12})\).*\n/;

function withMark({ path: name, text }: RepositoryFile): string {
  const comment = /\.jsonc?$/.test(name) ? '//' : '#';
  return `${comment} Made by low-balance init (${hashOf(text)}), which updates this file until you edit it.\n${text}`;
}

function isOwn(text: string, { updates }: RepositoryFile): boolean {
  if (updates !== 'until-edited') return updates === 'always';
  const marked = mark.exec(text);
  return marked !== null && marked[1] === hashOf(text.slice(marked[0].length));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
