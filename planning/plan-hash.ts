import type { Policy } from '../authoring/policy-file.js';
import { limitsOf } from './guards.js';
import type { HeldRow } from './held-profiles.js';
import type { WrittenProfile } from './plan.js';
import { sha256 } from '../store/content-hash.js';

/**
 * Identifies what a plan was made of: the files, the rows of MySQL with their versions, and the guards. Balances and
 * counters are not in it: they move all the time, and a saved plan would always be stale.
 */
export function planHash(files: readonly WrittenProfile[], rows: readonly HeldRow[], policy: Policy): string {
  return sha256(
    JSON.stringify({
      files: files.map(({ id, hash }) => [id, hash]).sort(byId),
      rows: rows
        .map(({ id, text, appliedHash, version }) => [id, sha256(text), appliedHash, version])
        .sort(byId),
      guards: limitsOf(policy),
    }),
  );
}

function byId(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}
