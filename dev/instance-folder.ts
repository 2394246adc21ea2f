import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createRunFolder, type DataFolder } from './data-folder.js';
import { lockFolder } from './folder-lock.js';
import { tellGuard } from './guard-client.js';
import { endLeftover } from './leftovers.js';
import type { Progress } from './progress.js';

/** The folder of one private server, taken for this process. */
export interface InstanceFolder {
  readonly path: string;
  /** Lets a persistent folder go, removes an ephemeral one; safe to repeat. */
  release(): Promise<void>;
}

/** Where a server's pid is kept while it runs. */
export function pidFileIn(folder: string): string {
  return path.join(folder, 'server.pid');
}

/**
 * Takes a folder that outlives the server, for one process at a time, and ends the server that a killed run left in it.
 * Throws `data-folder-in-use`.
 */
export async function takePersistentFolder(
  name: string,
  folder: string,
  progress: Progress,
): Promise<InstanceFolder> {
  const lock = await lockFolder(folder, name);
  try {
    await endLeftover({ name, pidFile: pidFileIn(folder), mark: folder, progress });
  } catch (error) {
    await lock.release();
    throw error;
  }
  return { path: folder, release: () => lock.release() };
}

/** Creates a folder that goes with the server, or with this process where that is killed. */
export async function createEphemeralFolder(name: string, dataFolder: DataFolder): Promise<InstanceFolder> {
  const folder = await createRunFolder(dataFolder, name.toLowerCase());
  tellGuard({ do: 'watch-folder', folder });
  return {
    path: folder,
    async release() {
      await rm(folder, { recursive: true, force: true });
      tellGuard({ do: 'forget-folder', folder });
    },
  };
}
