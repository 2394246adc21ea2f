import type { Limits } from '../authoring/policy-file.js';
import type { ProfileChange } from './profile-change.js';

/** One limit of the policy against what a plan would do. */
export interface Guard {
  /** The policy's key; for a limit per reseller with `:<reseller>`. */
  readonly name: string;
  readonly limit: number;
  readonly value: number;
  readonly ok: boolean;
}

/** What guards measure of a plan. */
export interface Measured {
  readonly changes: readonly ProfileChange[];
  /** The profiles that MySQL holds. */
  readonly heldIds: readonly string[];
  /** Clients that are notified at their next check because of the plan. */
  readonly newlyTold: number;
  /** Clients that lose the profile they have, to another one or to none. */
  readonly moved: number;
  /** Notices a day that are sent because of the plan, and were not before. */
  readonly moreNoticesADay: number;
}

/** What a plan would do of one kind; with `of` for one reseller alone. */
interface Measurement {
  readonly of?: string;
  readonly value: number;
}

/**
 * The guards of a sync, one for each limit of the policy. Percents have one decimal at most.
 * - A rename counts as a delete: the billing system's clients still name the old id.
 * - Shares are of the profiles that MySQL holds, of the reseller or in all.
 */
const guards = {
  maxDeletedPercentPerReseller: deletedPercentPerReseller,
  maxUpdatedPercent({ changes, heldIds }) {
    const updated = changes.filter(({ action }) => action === 'update').length;
    return [{ value: percent(updated, heldIds.length) }];
  },
  maxNewlyTold: ({ newlyTold }) => [{ value: newlyTold }],
  maxMovedClients: ({ moved }) => [{ value: moved }],
  maxNoticesPerDay: ({ moreNoticesADay }) => [{ value: moreNoticesADay }],
  maxChangedProfiles: ({ changes }) => [{ value: changes.length }],
} satisfies Readonly<Record<keyof Limits, (plan: Measured) => readonly Measurement[]>>;

const names = Object.keys(guards) as readonly (keyof Limits)[];

/** Every limit that a plan touches, and whether it keeps it. */
export function guardsOf(policy: Limits, plan: Measured): readonly Guard[] {
  return names.flatMap((name) =>
    guards[name](plan).map(({ of, value }: Measurement) => ({
      name: of === undefined ? name : `${name}:${of}`,
      limit: policy[name],
      value,
      ok: value <= policy[name],
    })),
  );
}

function deletedPercentPerReseller({ changes, heldIds }: Measured): readonly Measurement[] {
  const gone = changes.flatMap((change) => goneId(change) ?? []);
  const countOf = (ids: readonly string[], reseller: string) =>
    ids.filter((id) => resellerOf(id) === reseller).length;
  return [...new Set(gone.map(resellerOf))].sort().map((reseller) => ({
    of: reseller,
    value: percent(countOf(gone, reseller), countOf(heldIds, reseller)),
  }));
}

/** The id that is no profile any more after a change. */
export function goneId(change: ProfileChange): string | undefined {
  if (change.action === 'delete') return change.profile;
  return change.action === 'rename' ? change.renamedFrom : undefined;
}

export function resellerOf(profileId: string): string {
  return profileId.split('/', 1)[0] ?? '';
}

/** Rounded up, so that what is above a limit never looks as if it kept it. */
function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.ceil((part * 1000) / whole) / 10;
}
