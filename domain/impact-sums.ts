import type { ClientImpact } from './impact.js';
import type { Profile, RuleKey } from './profile.js';

/** What one change means for the clients of its profile. */
export interface ChangeImpact {
  /** Prepaid clients that are not closed and have the profile now. */
  readonly assigned: number;
  /** Told at their next check after the sync, and without it. */
  readonly toldNow: number;
  readonly toldBefore: number;
  /** Client ids, sorted. */
  readonly newlyTold: readonly string[];
  readonly noLongerTold: readonly string[];
  /** Clients that have no profile after the sync: the billing system still names the one that goes. */
  readonly leftWithout: number;
  /** Clients about whom nothing is known after the sync, for want of an exchange rate. */
  readonly unknown: number;
  /** Clients whose next check comes earlier. */
  readonly wakes: number;
  readonly counters: Counters;
}

/** What becomes of the counters of notices sent: they stay with the rule key. */
export interface Counters {
  readonly kept: readonly RuleCounter[];
  readonly dropped: readonly RuleCounter[];
  readonly started: readonly RuleCounter[];
}

export interface RuleCounter {
  readonly rule: RuleKey;
  /** Clients whose counter is above 0 now. */
  readonly clients: number;
}

/** Adds up what a change means, client by client. */
export interface ImpactSums {
  add(clientId: string, impact: ClientImpact): void;
  sums(): ChangeImpact;
}

/** `before` and `after` of one profile id; undefined: there is none. */
export function createImpactSums(before: Profile | undefined, after: Profile | undefined): ImpactSums {
  const newlyTold: string[] = [];
  const noLongerTold: string[] = [];
  const counting = new Map<RuleKey, number>();
  let [assigned, toldNow, toldBefore, unknown, wakes] = [0, 0, 0, 0, 0];
  return {
    add(clientId, impact) {
      assigned += 1;
      if (impact.toldNow) toldNow += 1;
      if (impact.toldBefore) toldBefore += 1;
      if (impact.toldNow && !impact.toldBefore) newlyTold.push(clientId);
      if (!impact.toldNow && impact.toldBefore) noLongerTold.push(clientId);
      if (impact.unknown) unknown += 1;
      if (impact.wakes) wakes += 1;
      for (const rule of impact.counting) counting.set(rule, (counting.get(rule) ?? 0) + 1);
    },
    sums: () => ({
      assigned,
      toldNow,
      toldBefore,
      newlyTold: newlyTold.sort(),
      noLongerTold: noLongerTold.sort(),
      leftWithout: after ? 0 : assigned,
      unknown,
      wakes,
      counters: countersOf(before, after, counting),
    }),
  };
}

function countersOf(
  before: Profile | undefined,
  after: Profile | undefined,
  counting: ReadonlyMap<RuleKey, number>,
): Counters {
  const keysBefore = (before?.rules ?? []).map(({ key }) => key);
  const keysAfter = (after?.rules ?? []).map(({ key }) => key);
  const counter = (rule: RuleKey): RuleCounter => ({ rule, clients: counting.get(rule) ?? 0 });
  return {
    kept: keysAfter.filter((key) => keysBefore.includes(key)).map(counter),
    dropped: keysBefore.filter((key) => !keysAfter.includes(key)).map(counter),
    started: keysAfter.filter((key) => !keysBefore.includes(key)).map(counter),
  };
}

/** A rename: the clients of the old id lose their profile, and those the billing system moved already find the new one. */
export function addImpacts(old: ChangeImpact, renamed: ChangeImpact): ChangeImpact {
  return {
    assigned: old.assigned + renamed.assigned,
    toldNow: old.toldNow + renamed.toldNow,
    toldBefore: old.toldBefore + renamed.toldBefore,
    newlyTold: [...old.newlyTold, ...renamed.newlyTold].sort(),
    noLongerTold: [...old.noLongerTold, ...renamed.noLongerTold].sort(),
    leftWithout: old.leftWithout + renamed.leftWithout,
    unknown: old.unknown + renamed.unknown,
    wakes: old.wakes + renamed.wakes,
    counters: {
      kept: [...old.counters.kept, ...renamed.counters.kept],
      dropped: [...old.counters.dropped, ...renamed.counters.dropped],
      started: [...old.counters.started, ...renamed.counters.started],
    },
  };
}
