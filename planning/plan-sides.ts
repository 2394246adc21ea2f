import { goneId } from './guards.js';
import { createAssigner, type Assigner, type ResellerPlace } from '../domain/assignment.js';
import type { ProfileChange } from './profile-change.js';
import { normaliseProfile, type Profile } from '../domain/profile/profile.js';
import type { HeldRow } from './held-profiles.js';

/** The profiles of both sides, and which client has which of them. */
export interface Sides {
  readonly before: ReadonlyMap<string, Profile>;
  readonly after: ReadonlyMap<string, Profile>;
  readonly assigners: { readonly before: Assigner; readonly after: Assigner };
}

export function sidesOfPlan(
  rows: readonly HeldRow[],
  changes: readonly ProfileChange[],
  places: { readonly before: readonly ResellerPlace[]; readonly after: readonly ResellerPlace[] },
): Sides {
  const before = new Map(
    rows.flatMap(({ id, content }) => (content ? [[id, normaliseProfile(id, content)] as const] : [])),
  );
  const after = new Map(before);
  for (const change of changes) {
    const gone = goneId(change);
    if (gone !== undefined) after.delete(gone);
    if ('after' in change) after.set(change.profile, normaliseProfile(change.profile, change.after));
  }
  return {
    before,
    after,
    assigners: {
      before: createAssigner([...before.values()], places.before),
      after: createAssigner([...after.values()], places.after),
    },
  };
}
