import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Where the local stack keeps its things. The layout is stable: scripts and people may rely on it. */
export interface DataFolder {
  readonly root: string;
  /** Downloaded executables; may be deleted at any time while nothing runs. */
  readonly cache: string;
  /** The private MySQL instance: data, log, password. */
  readonly mysql: string;
  /** Temporal's database and log. */
  readonly temporal: string;
  /** Mails that the local mailbox received. */
  readonly mailbox: string;
  /** Locks, and the folders of instances that live only as long as their process. */
  readonly run: string;
}

/** The nearest folder, from `start` upwards, that holds one of `names`; undefined where none does. */
function folderWith(names: readonly string[], start: string): string | undefined {
  for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
    if (names.some((name) => existsSync(path.join(folder, name)))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/**
 * `.low-balance/` of the repository: of this checkout, or, where the package is installed, of the repository that the
 * command runs in. Never inside of `node_modules`, where the next installation would delete it.
 */
export function defaultDataFolder(cwd: string = process.cwd(), module: string = import.meta.dirname): string {
  const installed = module.split(path.sep).includes('node_modules');
  const root = installed
    ? (folderWith(['package.json', '.git'], cwd) ?? cwd)
    : folderWith(['package.json'], module);
  if (root === undefined) throw new Error(`no package.json above ${module}`);
  return path.join(path.resolve(root), '.low-balance');
}

/** Where everything lies in `root` (an absolute or relative path), without touching the disk. */
export function layOutDataFolder(root: string = defaultDataFolder()): DataFolder {
  const absolute = path.resolve(root);
  return {
    root: absolute,
    cache: path.join(absolute, 'cache'),
    mysql: path.join(absolute, 'mysql'),
    temporal: path.join(absolute, 'temporal'),
    mailbox: path.join(absolute, 'mailbox'),
    run: path.join(absolute, 'run'),
  };
}

/** Creates the data folder and its subfolders, readable by their owner only; safe to repeat. */
export async function openDataFolder(root?: string): Promise<DataFolder> {
  const folder = layOutDataFolder(root);
  const { root: top, ...subfolders } = folder;
  await mkdir(top, { recursive: true, mode: 0o700 });
  // Whatever the repository's own .gitignore says, no balance and no password of it is ever committed.
  await writeFile(path.join(top, '.gitignore'), '*\n');
  await Promise.all(
    Object.values(subfolders).map((subfolder) => mkdir(subfolder, { recursive: true, mode: 0o700 })),
  );
  return folder;
}

/** A new folder under `run/` for an instance that lives only as long as its process. */
export async function createRunFolder(folder: DataFolder, name: string): Promise<string> {
  return await mkdtemp(path.join(folder.run, `${name}-`));
}
