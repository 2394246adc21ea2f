import type { DataSource } from 'typeorm';
import { goneId, guardsOf, resellerOf, type Guard } from './guards.js';
import { impactOnClient, type ProfileBeforeAfter } from './impact.js';
import { addImpacts, createImpactSums, type ImpactSums } from './impact-sums.js';
import { changedFields, type Drift, type HeldProfile } from './plan.js';
import type { ProfileChange } from './profile-change.js';
import type { Problem } from '../domain/problem.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { normaliseProfile } from '../domain/profile/profile.js';
import { readHeldProfiles } from './held-profiles.js';
import { needsOf, type Need } from './needs.js';
import { planHash } from './plan-hash.js';
import { createFleetReader } from '../billing/mysql/fleet-reader.js';
import { profileNeeds } from '../domain/profile-needs.js';
import { clientsOfProfiles } from './snapshot-clients.js';
import { openSnapshot, type Snapshot } from './snapshot.js';
import { planAgainst } from './sync.js';
import { hasErrors, problemOf, type FolderForSync } from './load-for-sync.js';
import type { PlannedChange } from './planned-change.js';

/** What a sync would do, and what that means for real clients. */
export interface Plan {
  /** Identifies files, MySQL's rows and guards; not the balances. */
  readonly hash: string;
  /** Epoch milliseconds: the instant for which clients were decided. */
  readonly at: number;
  /** False where billing views and own tables are different databases, and were seen a moment apart. */
  readonly oneInstant: boolean;
  readonly changes: readonly PlannedChange[];
  readonly drift: readonly Drift[];
  readonly guards: readonly Guard[];
  /** What a sync without a terminal still needs; empty: it would go through. */
  readonly needs: readonly Need[];
}

/** Clients that have no profile after the sync. */
export function leftWithout(plan: Plan): number {
  return plan.changes.reduce((sum, { impact }) => sum + impact.leftWithout, 0);
}

export interface MakePlanOptions {
  readonly database: DataSource;
  /** The same DataSource where the billing views lie beside the own tables. */
  readonly billing: DataSource;
  readonly folder: FolderForSync;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type PlanResult =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/** Compares files with MySQL, and decides for every client of a changed profile, all on one snapshot. Writes nothing. */
export async function makePlan({ database, billing, folder, now }: MakePlanOptions): Promise<PlanResult> {
  if (hasErrors(folder)) return { kind: 'invalid', problems: folder.problems };
  const snapshot = await openSnapshot(database, billing);
  try {
    const rows = await readHeldProfiles(snapshot.own);
    const missing = missingResellers(folder, rows);
    if (missing.length > 0) return { kind: 'invalid', problems: [...folder.problems, ...missing] };
    const { changes, drift } = await planAgainst(snapshot.own, folder.files, rows);
    const planned = await withImpact(snapshot, changes, now);
    const newlyTold = planned.reduce((sum, { impact }) => sum + impact.newlyTold.length, 0);
    const heldIds = rows.map(({ id }) => id);
    const guards = guardsOf(folder.policy, { changes, heldIds, newlyTold });
    return {
      kind: 'planned',
      plan: {
        hash: planHash(folder.files, rows, folder.policy),
        at: now,
        oneInstant: snapshot.oneInstant,
        changes: planned,
        drift,
        guards,
        needs: needsOf({ changes: planned, drift, guards }, folder.acknowledged),
      },
    };
  } finally {
    await snapshot.close();
  }
}

/**
 * A checkout that lacks a reseller's folder looks as if all its profiles were to be deleted. Where each of them is
 * acknowledged as deleted, they are meant to be.
 */
function missingResellers(folder: FolderForSync, rows: readonly HeldProfile[]): readonly Problem[] {
  const synced = rows.filter((row) => row.content && !row.edited && !folder.acknowledged.has(row.id));
  const needed = [...new Set(synced.map(({ id }) => resellerOf(id)))].sort();
  return needed
    .filter((reseller) => !folder.resellers.includes(reseller))
    .map((reseller) =>
      problemOf(
        `${folder.folder.replace(/\/+$/, '')}/${reseller}`,
        'missing-reseller-folder',
        `MySQL holds ${countOf(synced, reseller)} of reseller "${reseller}", and its folder is missing; expected the folder, ` +
          'with a file such as .gitkeep in it where all its profiles are to be deleted, or each of them in acknowledged.json',
      ),
    );
}

function countOf(rows: readonly HeldProfile[], reseller: string): string {
  const count = rows.filter(({ id }) => resellerOf(id) === reseller).length;
  return count === 1 ? '1 profile' : `${count} profiles`;
}

async function withImpact(
  snapshot: Snapshot,
  changes: readonly ProfileChange[],
  now: number,
): Promise<readonly PlannedChange[]> {
  const sides = new Map<string, ProfileBeforeAfter>();
  for (const change of changes) for (const [id, side] of sidesOf(change)) sides.set(id, side);
  const sums = new Map<string, ImpactSums>(
    [...sides].map(([id, { before, after }]) => [id, createImpactSums(before, after)]),
  );
  const needs = [...sides.values()].flatMap(({ before, after }) =>
    [before, after].flatMap((profile) => (profile ? [profileNeeds(profile)] : [])),
  );
  const facts = await createFleetReader(snapshot.billing).sharedFacts(needs.flatMap(({ logins }) => logins));
  const costly = [...new Set(needs.flatMap((each) => each.costly ?? []))];
  for await (const page of clientsOfProfiles(snapshot, [...sides.keys()], costly)) {
    for (const { clientId, profileId, atPlan } of page) {
      const impact = atPlan ? impactOnClient(sides.get(profileId)!, atPlan, facts, now) : nothingKnown;
      sums.get(profileId)?.add(clientId, impact);
    }
  }
  return changes.map((change) => {
    const gone = change.action === 'rename' ? goneId(change) : undefined;
    const own = sums.get(change.profile)!.sums();
    return {
      change,
      fields: changedFields(change),
      impact: gone === undefined ? own : addImpacts(sums.get(gone)!.sums(), own),
    };
  });
}

/** A client whose billing data cannot be understood is told nothing (rule 14). */
const nothingKnown = {
  sendingBefore: [],
  sendingNow: [],
  unknown: true,
  wakes: false,
  counting: [],
  noticesADayBefore: 0,
  noticesADayNow: 0,
};

/** A change by profile id: a rename takes one id away and brings another. */
function sidesOf(change: ProfileChange): readonly (readonly [string, ProfileBeforeAfter])[] {
  const profileOf = (id: string, content: ProfileFile | undefined) =>
    content && normaliseProfile(id, content);
  const before = 'before' in change ? change.before : undefined;
  const after = 'after' in change ? change.after : undefined;
  if (change.action !== 'rename') {
    const { profile: id } = change;
    return [[id, { before: profileOf(id, before), after: profileOf(id, after) }]];
  }
  return [
    [change.renamedFrom, { before: profileOf(change.renamedFrom, before), after: undefined }],
    [change.profile, { before: undefined, after: profileOf(change.profile, after) }],
  ];
}
