import { goneId } from './guards.js';
import { createImpact, type ClientAtPlan, type ClientImpact, type KnownAtPlan } from './impact.js';
import { addImpacts, createImpactSums, type ImpactSums } from './impact-sums.js';
import { changedFields } from './plan.js';
import type { ProfileChange } from './profile-change.js';
import type { Profile } from '../domain/profile/profile.js';
import { createFleetReader } from '../billing/mysql/fleet-reader.js';
import { profileNeeds } from '../domain/profile-needs.js';
import { createMoveSums, type Move } from './moves.js';
import { clientsOfPlan } from './snapshot-clients.js';
import type { ResellersBeforeAfter } from './readings.js';
import type { Snapshot } from './snapshot.js';
import type { PlannedChange } from './planned-change.js';
import type { Sides } from './plan-sides.js';

export interface Impacts {
  readonly planned: readonly PlannedChange[];
  readonly moves: readonly Move[];
  /** Newly notified clients that move to a profile which does not change. */
  readonly newlyToldByMoves: number;
  /** Notices a day that they get more than before. */
  readonly noticesByMoves: number;
}

export async function withImpact(
  snapshot: Snapshot,
  changes: readonly ProfileChange[],
  { before, after, assigners }: Sides,
  resellers: ResellersBeforeAfter,
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
  const changeOf = createChanges({ before, after }, { facts, resellers, now });
  for await (const page of clientsOfPlan(snapshot, { ...assigners, changed, costly })) {
    for (const { clientId, before: from, after: to, atPlan } of page) {
      const change = changeOf(from, to);
      const impact = atPlan ? change.impactOn(atPlan) : nothingKnown;
      const home = sums.get(to ?? '') ?? sums.get(from ?? '');
      home?.add(clientId, impact, change.leaves);
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

/** What becomes of the clients that have one profile before a sync and another, or the same, after it. */
interface ChangeOfClients {
  impactOn(client: ClientAtPlan): ClientImpact;
  /** They have no profile after it. */
  readonly leaves: boolean;
}

function createChanges({ before, after }: Pick<Sides, 'before' | 'after'>, known: KnownAtPlan) {
  const changes = new Map<string, ChangeOfClients>();
  return (from: string | undefined, to: string | undefined): ChangeOfClients => {
    const key = `${from ?? ''} ${to ?? ''}`;
    const found = changes.get(key);
    if (found) return found;
    const sides = { before: before.get(from ?? ''), after: after.get(to ?? '') };
    const change = { impactOn: createImpact(sides, known), leaves: sides.after === undefined };
    changes.set(key, change);
    return change;
  };
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
export function moreNoticesADay({ noticesADayBefore, noticesADayNow }: NoticesADay): number {
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
