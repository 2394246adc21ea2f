import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../domain/problem.js';
import { createResellerDirectory, type ResellerDirectory } from '../domain/reseller/reseller-directory.js';
import { loadResellers, type LoadedReseller } from './load-resellers.js';

export interface FolderResellers {
  readonly resellers: readonly LoadedReseller[];
  readonly directory: ResellerDirectory;
  /** Files with an error say nothing. */
  readonly problems: readonly Problem[];
}

/** The resellers' own settings as the files of a profiles folder say them; `names`: of these folders only. */
export async function resellersOfFolder(
  folder: string,
  cwd: string,
  names?: readonly string[],
): Promise<FolderResellers> {
  const { resellers, problems } = await loadResellers(folder, names ?? (await foldersIn(folder, cwd)), cwd);
  return { resellers, directory: directoryOf(resellers), problems };
}

/** Whose settings hold for whom, by the settings of files or rows; what is not readable says nothing. */
export function directoryOf(
  resellers: readonly {
    readonly reseller: string;
    readonly content: LoadedReseller['content'] | undefined;
  }[],
): ResellerDirectory {
  return createResellerDirectory(
    resellers.flatMap(({ reseller, content }) =>
      content ? [{ reseller, content, words: new Map(Object.entries(content.templates ?? {})) }] : [],
    ),
  );
}

async function foldersIn(folder: string, cwd: string): Promise<readonly string[]> {
  const entries = await readdir(path.resolve(cwd, folder), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
