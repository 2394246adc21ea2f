import type { ProfileChange } from './plan.js';

/** What one sync may change at most; `profiles/policy.json` with its defaults filled in. */
export interface Policy {
  readonly maxDeletedPercentPerReseller: number;
  readonly maxUpdatedPercent: number;
  readonly maxNewlyTold: number;
}

/** One limit of the policy against what a plan would do. */
export interface Guard {
  /** The policy's key; for a limit per reseller with `:<reseller>`. */
  readonly name: string;
  readonly limit: number;
  readonly value: number;
  readonly ok: boolean;
}

/**
 * Every limit that a plan touches, and whether it keeps it. Percents have one decimal at most.
 * - A rename counts as a delete: the billing system's clients still name the old id.
 * - Shares are of the profiles that MySQL holds, of the reseller or in all.
 */
export function guardsOf(
  policy: Policy,
  changes: readonly ProfileChange[],
  heldIds: readonly string[],
  newlyTold: number,
): readonly Guard[] {
  const gone = changes.flatMap((change) => goneId(change) ?? []);
  const resellers = [...new Set(gone.map(resellerOf))].sort();
  const updated = changes.filter(({ action }) => action === 'update').length;
  const ofReseller = (ids: readonly string[], reseller: string) =>
    ids.filter((id) => resellerOf(id) === reseller).length;
  return [
    ...resellers.map((reseller) =>
      guard(
        `maxDeletedPercentPerReseller:${reseller}`,
        policy.maxDeletedPercentPerReseller,
        percent(ofReseller(gone, reseller), ofReseller(heldIds, reseller)),
      ),
    ),
    guard('maxUpdatedPercent', policy.maxUpdatedPercent, percent(updated, heldIds.length)),
    guard('maxNewlyTold', policy.maxNewlyTold, newlyTold),
  ];
}

/** The id that is no profile any more after a change. */
export function goneId(change: ProfileChange): string | undefined {
  if (change.action === 'delete') return change.profile;
  return change.action === 'rename' ? change.renamedFrom : undefined;
}

export function resellerOf(profileId: string): string {
  return profileId.split('/', 1)[0] ?? '';
}

function guard(name: string, limit: number, value: number): Guard {
  return { name, limit, value, ok: value <= limit };
}

/** Rounded up, so that what is above a limit never looks as if it kept it. */
function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.ceil((part * 1000) / whole) / 10;
}
