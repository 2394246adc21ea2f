import type { Policy } from './guards.js';
import type { HeldProfile, WrittenProfile } from './plan.js';
import { sha256 } from '../store/content-hash.js';

/**
 * Identifies what a plan was made of: the files, the rows of MySQL with their versions, and the guards. Balances and
 * counters are not in it: they move all the time, and a saved plan would always be stale.
 */
export function planHash(
  files: readonly WrittenProfile[],
  rows: readonly HeldProfile[],
  policy: Policy,
): string {
  const { maxDeletedPercentPerReseller, maxUpdatedPercent, maxNewlyTold } = policy;
  return sha256(
    JSON.stringify({
      files: files.map(({ id, hash }) => [id, hash]).sort(byId),
      rows: rows.map(({ id, hash, appliedHash, version }) => [id, hash, appliedHash, version]).sort(byId),
      guards: [maxDeletedPercentPerReseller, maxUpdatedPercent, maxNewlyTold],
    }),
  );
}

function byId(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}
