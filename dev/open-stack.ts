import { directoryOf } from '../authoring/resellers-of-folder.js';
import { folderOf } from '../domain/reseller/reseller-directory.js';
import { loadForSync } from '../planning/load-for-sync.js';
import { syncProfiles, type SyncProfilesResult } from '../planning/sync-profiles.js';
import type { Environment } from '../settings/read-settings.js';
import type { Processes } from './processes.js';
import type { Progress } from './progress.js';
import { sampleFleetOf } from './sample-fleet.js';
import { startStack, type Stack } from './stack.js';

export interface OpenStackOptions {
  readonly env: Environment;
  readonly cwd: string;
  /** The folder with the profiles, relative to `cwd`. */
  readonly folder: string;
  readonly persistent: boolean;
  readonly reconcileEveryMs: number;
  readonly progress: Progress;
  readonly processes: Processes;
  /** Hears what became of the profiles. What it throws ends the stack. */
  readonly onProfiles: (result: SyncProfilesResult) => void;
}

/** The local stack with the profiles of a folder; nothing is left running where it cannot be had. */
export async function openStack(options: OpenStackOptions): Promise<Stack> {
  const { env, cwd, folder, processes, onProfiles } = options;
  try {
    const { files, resellerFiles } = await loadForSync(folder, cwd);
    const resellers = directoryOf(resellerFiles);
    const own = files.map(({ id, content: { currency } }) => {
      const reseller = folderOf({ id });
      return { id, currency, resellerId: resellers.ofFolder(reseller)?.content.billingId ?? reseller };
    });
    return await startStack({
      ...options,
      fleet: sampleFleetOf(own),
      syncProfiles: async (database, billing) =>
        onProfiles(await syncProfiles({ database, billing, folder, env, cwd })),
    });
  } catch (error) {
    await processes.stop();
    throw error;
  }
}
