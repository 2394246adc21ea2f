import type { LoadedReseller } from '../authoring/load-resellers.js';
import type { Policy } from '../authoring/policy-file.js';
import type { HeldRow } from './held-profiles.js';
import type { WrittenProfile } from './plan.js';
import { resellersInHash, type HeldReseller } from './reseller-settings.js';
import { sha256 } from '../store/content-hash.js';

/** What of a folder a plan is made of. */
export interface FilesOfPlan {
  readonly files: readonly WrittenProfile[];
  readonly resellerFiles: readonly LoadedReseller[];
  readonly policy: Policy;
}

/**
 * Identifies what a plan was made of: the files, the rows of MySQL with their versions, and the whole policy. Balances and
 * counters are not in it: they move all the time, and a saved plan would always be stale.
 */
export function planHash(
  { files, resellerFiles, policy }: FilesOfPlan,
  rows: readonly HeldRow[],
  heldResellers: readonly HeldReseller[],
): string {
  return sha256(
    JSON.stringify({
      files: files.map(({ id, hash }) => [id, hash]).sort(byId),
      rows: rows
        .map(({ id, text, appliedHash, version }) => [id, sha256(text), appliedHash, version])
        .sort(byId),
      policy: Object.entries(policy).sort(byId),
      ...resellersInHash(resellerFiles, heldResellers),
    }),
  );
}

function byId(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}
