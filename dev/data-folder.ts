import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
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

/** The folder that holds this package's package.json, wherever the compiled file lies. */
function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}

/** `.low-balance/` in the package root. */
export function defaultDataFolder(): string {
  return path.join(packageRoot(), '.low-balance');
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
  await Promise.all(
    Object.values(subfolders).map((subfolder) => mkdir(subfolder, { recursive: true, mode: 0o700 })),
  );
  return folder;
}

/** A new folder under `run/` for an instance that lives only as long as its process. */
export async function createRunFolder(folder: DataFolder, name: string): Promise<string> {
  return await mkdtemp(path.join(folder.run, `${name}-`));
}
