import type { DataSource } from 'typeorm';
import { directoryOf } from '../authoring/resellers-of-folder.js';
import { holdsNow, planBrake, type BrakeChange } from './brake-policy.js';
import { guardsOf, resellerOf, type Guard } from './guards.js';
import type { Drift } from './plan.js';
import type { Problem } from '../domain/problem.js';
import { readHeldProfiles } from './held-profiles.js';
import { needsOf, type Need } from './needs.js';
import { planHash } from './plan-hash.js';
import { movedClients, type Move } from './moves.js';
import {
  placesOf,
  planResellers,
  readHeldResellers,
  type HeldReseller,
  type PlannedResellerChange,
} from './reseller-settings.js';
import { countClientsOf } from '../billing/mysql/reseller-clients.js';
import { openSnapshot, type Snapshot } from './snapshot.js';
import { readUnknownProfiles, type UnknownProfile } from './unknown-profiles.js';
import { planAgainst } from './sync.js';
import { hasErrors, type FolderForSync } from './load-for-sync.js';
import type { PlannedChange } from './planned-change.js';
import { missingResellers } from './missing-resellers.js';
import { moreNoticesADay, withImpact } from './plan-impact.js';
import { sidesOfPlan } from './plan-sides.js';

/** What a sync would do, and what that means for real clients. */
export interface Plan {
  /** Identifies files, MySQL's rows and guards; not the balances. */
  readonly hash: string;
  /** Epoch milliseconds: the instant for which clients were decided. */
  readonly at: number;
  /** False where billing views and own tables are different databases, and were seen a moment apart. */
  readonly oneInstant: boolean;
  readonly changes: readonly PlannedChange[];
  /** What becomes of the resellers' own settings. */
  readonly resellers: readonly PlannedResellerChange[];
  /** The limit of the brake, where it changes. */
  readonly brake?: BrakeChange;
  /** What holds notices now (rule 23), for people; the plan's notices would be held too. */
  readonly holds: readonly string[];
  /** Who moves between profiles because of `appliesTo`, sort orders or resellers' settings. */
  readonly moves: readonly Move[];
  /** What the billing data names, and neither MySQL nor a file has. */
  readonly unknownProfiles: readonly UnknownProfile[];
  readonly drift: readonly Drift[];
  readonly guards: readonly Guard[];
  /** What a sync without a terminal still needs; empty: it would go through. */
  readonly needs: readonly Need[];
}

/** Clients that have no profile after the sync. */
export function leftWithout(plan: Plan): number {
  return plan.changes.reduce((sum, { impact }) => sum + impact.leftWithout, 0);
}

/** Whether a sync of a plan would leave MySQL as it is. */
export function writesNothing({ changes, resellers, brake }: Plan): boolean {
  return changes.length === 0 && resellers.length === 0 && brake === undefined;
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
    const heldResellers = await readHeldResellers(snapshot.own);
    const places = { before: placesOf(heldResellers), after: placesOf(folder.resellerFiles) };
    const sides = sidesOfPlan(rows, changes, places);
    const { planned, moves, newlyToldByMoves, noticesByMoves } = await withImpact(
      snapshot,
      changes,
      sides,
      { before: directoryOf(heldResellers), after: directoryOf(folder.resellerFiles) },
      now,
    );
    const newlyTold = planned.reduce((sum, { impact }) => sum + impact.newlyTold.length, newlyToldByMoves);
    const brake = await planBrake(snapshot.own, folder.policy.maxToldPerHour);
    const heldIds = rows.map(({ id }) => id);
    const guards = guardsOf(folder.policy, {
      changes,
      heldIds,
      newlyTold,
      moved: movedClients(moves),
      moreNoticesADay: planned.reduce((sum, { impact }) => sum + moreNoticesADay(impact), noticesByMoves),
    });
    return {
      kind: 'planned',
      plan: {
        hash: planHash(folder, rows, heldResellers),
        at: now,
        oneInstant: snapshot.oneInstant,
        changes: planned,
        resellers: await concerned(snapshot, folder, heldResellers),
        ...(brake ? { brake } : {}),
        holds: await holdsNow(snapshot.own, now),
        moves,
        unknownProfiles: await readUnknownProfiles(
          snapshot.billing,
          new Set([...heldIds, ...sides.after.keys()]),
          sides.assigners.after,
        ),
        drift,
        guards,
        needs: needsOf({ changes: planned, drift, guards }, folder.acknowledged),
      },
    };
  } finally {
    await snapshot.close();
  }
}

/** What becomes of the resellers' settings, with how many profiles and clients each concerns. */
async function concerned(
  { billing }: Snapshot,
  { files, resellerFiles }: FolderForSync,
  held: readonly HeldReseller[],
): Promise<readonly PlannedResellerChange[]> {
  const changes = planResellers(resellerFiles, held);
  const billingIdOf = (reseller: string): string | null => {
    const sides = [resellerFiles, held].flatMap((side) => side.filter((each) => each.reseller === reseller));
    const billingId = sides[0]?.content?.billingId;
    return billingId === undefined ? reseller : billingId;
  };
  const counts = await countClientsOf(billing, [
    ...new Set(changes.map(({ reseller }) => billingIdOf(reseller))),
  ]);
  return changes.map((change) => ({
    ...change,
    profiles: files.filter(({ id }) => resellerOf(id) === change.reseller).length,
    clients: counts.get(billingIdOf(change.reseller)) ?? 0,
  }));
}
