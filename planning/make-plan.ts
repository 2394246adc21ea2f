import type { DataSource } from 'typeorm';
import { holdsNow, planBrake, type BrakeChange } from './brake-policy.js';
import { goneId, guardsOf, resellerOf, type Guard } from './guards.js';
import { createAssigner, type Assigner, type ResellerPlace } from '../domain/assignment.js';
import { impactOnClient, type ClientImpact } from './impact.js';
import { addImpacts, createImpactSums, type ImpactSums } from './impact-sums.js';
import { changedFields, type Drift, type HeldProfile } from './plan.js';
import type { ProfileChange } from './profile-change.js';
import type { Problem } from '../domain/problem.js';
import { normaliseProfile, type Profile } from '../domain/profile/profile.js';
import { readHeldProfiles, type HeldRow } from './held-profiles.js';
import { needsOf, type Need } from './needs.js';
import { planHash } from './plan-hash.js';
import { createFleetReader } from '../billing/mysql/fleet-reader.js';
import { profileNeeds } from '../domain/profile-needs.js';
import { createMoveSums, movedClients, type Move } from './moves.js';
import {
  placesOf,
  planResellers,
  readHeldResellers,
  type HeldReseller,
  type PlannedResellerChange,
} from './reseller-settings.js';
import { countClientsOf } from '../billing/mysql/reseller-clients.js';
import { clientsOfPlan } from './snapshot-clients.js';
import { openSnapshot, type Snapshot } from './snapshot.js';
import { readUnknownProfiles, type UnknownProfile } from './unknown-profiles.js';
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
        `MySQL holds ${namesOf(synced, reseller)}, and the folder of reseller "${reseller}" is missing; expected the folder, ` +
          'with a file such as .gitkeep in it where all its profiles are to be deleted, or each of them in acknowledged.json',
      ),
    );
}

const namesShown = 5;

/** `acme/a and acme/b`, `acme/a, … and 7 more`. */
function namesOf(rows: readonly HeldProfile[], reseller: string): string {
  const ids = rows.map(({ id }) => id).filter((id) => resellerOf(id) === reseller);
  const shown =
    ids.length > namesShown ? [...ids.slice(0, namesShown), `${ids.length - namesShown} more`] : ids;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** The profiles of both sides, and which client has which of them. */
interface Sides {
  readonly before: ReadonlyMap<string, Profile>;
  readonly after: ReadonlyMap<string, Profile>;
  readonly assigners: { readonly before: Assigner; readonly after: Assigner };
}

function sidesOfPlan(
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

interface Impacts {
  readonly planned: readonly PlannedChange[];
  readonly moves: readonly Move[];
  /** Newly notified clients that move to a profile which does not change. */
  readonly newlyToldByMoves: number;
  /** Notices a day that they get more than before. */
  readonly noticesByMoves: number;
}

async function withImpact(
  snapshot: Snapshot,
  changes: readonly ProfileChange[],
  { before, after, assigners }: Sides,
  now: number,
): Promise<Impacts> {
  const changed = [
    ...new Set(changes.flatMap((change) => [change.profile, goneId(change) ?? change.profile])),
  ];
  const sums = new Map<string, ImpactSums>(
    changed.map((id) => [id, createImpactSums(before.get(id), after.get(id))]),
  );
  const moves = createMoveSums();
  let newlyToldByMoves = 0;
  let noticesByMoves = 0;
  const asked = movable(changed, { before, after, assigners });
  const needs = asked.map(profileNeeds);
  const facts = await createFleetReader(snapshot.billing).sharedFacts(needs.flatMap(({ logins }) => logins));
  const costly = [...new Set(needs.flatMap((each) => each.costly ?? []))];
  for await (const page of clientsOfPlan(snapshot, { ...assigners, changed, costly })) {
    for (const { clientId, before: from, after: to, atPlan } of page) {
      const sides = {
        before: from === undefined ? undefined : before.get(from),
        after: to === undefined ? undefined : after.get(to),
      };
      const impact = atPlan ? impactOnClient(sides, atPlan, facts, now) : nothingKnown;
      const home = sums.get(to ?? '') ?? sums.get(from ?? '');
      home?.add(clientId, impact, !sides.after);
      if (from === to) continue;
      moves.add(clientId, from ?? null, to ?? null, impact);
      if (home) continue;
      noticesByMoves += moreNoticesADay(impact);
      if (impact.sendingNow.some((rule) => !impact.sendingBefore.includes(rule))) newlyToldByMoves += 1;
    }
  }
  const planned = changes.map((change) => {
    const gone = change.action === 'rename' ? goneId(change) : undefined;
    const own = sums.get(change.profile)!.sums();
    return {
      change,
      fields: changedFields(change),
      impact: gone === undefined ? own : addImpacts(sums.get(gone)!.sums(), own),
    };
  });
  return { planned, moves: moves.moves(), newlyToldByMoves, noticesByMoves };
}

/** The profiles that a client of the plan may have on either side. */
function movable(changed: readonly string[], { before, after, assigners }: Sides): readonly Profile[] {
  const anywhere = assigners.before.appliesToAny || assigners.after.appliesToAny;
  const concerned = new Set(changed);
  return [...before.values(), ...after.values()].filter(
    ({ id, appliesTo }) => concerned.has(id) || (anywhere && appliesTo !== undefined),
  );
}

/** What is sent less counts for nothing. */
function moreNoticesADay({ noticesADayBefore, noticesADayNow }: NoticesADay): number {
  return Math.max(0, noticesADayNow - noticesADayBefore);
}

type NoticesADay = Pick<ClientImpact, 'noticesADayBefore' | 'noticesADayNow'>;

/** A client whose billing data cannot be understood gets no notice (rule 14). */
const nothingKnown = {
  sendingBefore: [],
  sendingNow: [],
  unknown: true,
  wakes: false,
  counting: [],
  noticesADayBefore: 0,
  noticesADayNow: 0,
};
