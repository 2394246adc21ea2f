import type { Plan } from '../../planning/make-plan.js';
import type { PlannedChange } from '../../planning/planned-change.js';

/** A plan as `plan --format json` prints it. Client ids are in it; no address is. */
export function planJson(plan: Plan) {
  return {
    hash: plan.hash,
    at: new Date(plan.at).toISOString(),
    oneSnapshot: plan.oneInstant,
    changes: plan.changes.map(changeJson),
    resellers: plan.resellers,
    ...(plan.brake ? { brake: plan.brake } : {}),
    ...(plan.holds.length > 0 ? { holds: plan.holds } : {}),
    moves: plan.moves,
    unknownProfiles: plan.unknownProfiles,
    drift: plan.drift,
    guards: plan.guards,
    needs: plan.needs,
  };
}

/**
 * A plan for `--out`, which CI keeps as an artifact: as `plan --format json` prints it, with numbers in place of the ids of
 * clients. What a comment would not show is in no artifact either.
 */
export function savedPlan(plan: Plan) {
  const written = planJson(plan);
  return {
    ...written,
    moves: written.moves.map(({ from, to, clients, newlyTold }) => ({ from, to, clients, newlyTold })),
    changes: written.changes.map(({ clients: { newlyTold, noLongerTold, ...clients }, ...change }) => ({
      ...change,
      clients: { ...clients, newlyToldCount: newlyTold.length, noLongerToldCount: noLongerTold.length },
    })),
  };
}

/** One change, as in a plan and in the answer of a sync. */
export function changeJson({ change, fields, impact, uncovered, backtest }: PlannedChange) {
  const { assigned, toldNow, toldBefore, newlyTold, noLongerTold, leftWithout, unknown, wakes } = impact;
  return {
    action: change.action,
    profile: change.profile,
    ...(change.action === 'rename' ? { renamedFrom: change.renamedFrom } : {}),
    fields,
    clients: {
      assigned,
      toldNow,
      toldBefore,
      newlyTold,
      noLongerTold,
      leftWithoutProfile: leftWithout,
      unknown,
      checkedEarlier: wakes,
      noticesADayBefore: impact.noticesADayBefore,
      noticesADayNow: impact.noticesADayNow,
      rules: impact.rules,
    },
    counters: impact.counters,
    ...(uncovered ? { uncoveredRules: uncovered } : {}),
    ...(backtest ? { backtest } : {}),
  };
}

/** The hash of a saved plan, or what is wrong with the text. */
export function savedHash(text: string): { readonly hash: string } | { readonly problem: string } {
  try {
    const saved = JSON.parse(text) as { hash?: unknown } | null;
    if (typeof saved?.hash === 'string' && /^[0-9a-f]{64}$/.test(saved.hash)) return { hash: saved.hash };
    return { problem: 'it has no "hash" of 64 hexadecimal digits' };
  } catch {
    return { problem: 'it is not JSON' };
  }
}
