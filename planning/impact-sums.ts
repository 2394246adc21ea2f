import type { ClientImpact } from './impact.js';
import type { Profile, RuleKey } from '../domain/profile/profile.js';

/** What one change means for the clients of its profile. */
export interface ChangeImpact {
  /** Prepaid clients that are not closed and have the profile now. */
  readonly assigned: number;
  /** Notified at their next check after the sync, and without it, by whichever rule. */
  readonly toldNow: number;
  readonly toldBefore: number;
  /** Notified at their next check by a rule that would not have notified them. Client ids, sorted. */
  readonly newlyTold: readonly string[];
  /** Not notified by a rule that would have notified them. Client ids, sorted. */
  readonly noLongerTold: readonly string[];
  /** The same rule by rule, in the order of the profile. */
  readonly rules: readonly RuleImpact[];
  /** Clients that have no profile after the sync: the billing system still names the one that goes. */
  readonly leftWithout: number;
  /** Clients about whom nothing is known after the sync, for want of an exchange rate. */
  readonly unknown: number;
  /** Clients whose next check comes earlier. */
  readonly wakes: number;
  readonly counters: Counters;
  /** Notices within a day from the next check, one for each audience of a client. */
  readonly noticesADayBefore: number;
  readonly noticesADayNow: number;
}

/** How many clients one rule notifies at their next check. */
export interface RuleImpact {
  readonly rule: RuleKey;
  readonly toldNow: number;
  readonly toldBefore: number;
  readonly newlyTold: number;
  readonly noLongerTold: number;
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
  /** `leaves`: the client has no profile after the sync; when not given, where `after` is none. */
  add(clientId: string, impact: ClientImpact, leaves?: boolean): void;
  sums(): ChangeImpact;
}

/** `before` and `after` of one profile id; undefined: there is none. */
export function createImpactSums(before: Profile | undefined, after: Profile | undefined): ImpactSums {
  const newlyTold: string[] = [];
  const noLongerTold: string[] = [];
  const counting = new Map<RuleKey, number>();
  const rules = new Map<RuleKey, RuleImpact>();
  let [assigned, toldNow, toldBefore, unknown, wakes, leftWithout] = [0, 0, 0, 0, 0, 0];
  let [noticesADayBefore, noticesADayNow] = [0, 0];
  return {
    add(clientId, impact, leaves = after === undefined) {
      assigned += 1;
      if (leaves) leftWithout += 1;
      const { sendingNow, sendingBefore } = impact;
      if (sendingNow.length > 0) toldNow += 1;
      if (sendingBefore.length > 0) toldBefore += 1;
      if (sendingNow.some((rule) => !sendingBefore.includes(rule))) newlyTold.push(clientId);
      if (sendingBefore.some((rule) => !sendingNow.includes(rule))) noLongerTold.push(clientId);
      for (const rule of new Set([...sendingNow, ...sendingBefore]))
        rules.set(rule, addRule(rule, rules.get(rule), impact));
      if (impact.unknown) unknown += 1;
      if (impact.wakes) wakes += 1;
      noticesADayBefore += impact.noticesADayBefore;
      noticesADayNow += impact.noticesADayNow;
      for (const rule of impact.counting) counting.set(rule, (counting.get(rule) ?? 0) + 1);
    },
    sums: () => ({
      assigned,
      toldNow,
      toldBefore,
      newlyTold: newlyTold.sort(),
      noLongerTold: noLongerTold.sort(),
      rules: ruleKeys(before, after).map((rule) => rules.get(rule) ?? { rule, ...nobody }),
      leftWithout,
      unknown,
      wakes,
      noticesADayBefore,
      noticesADayNow,
      counters: countersOf(before, after, counting),
    }),
  };
}

const nobody = { toldNow: 0, toldBefore: 0, newlyTold: 0, noLongerTold: 0 };

function addRule(
  rule: RuleKey,
  sums: RuleImpact | undefined,
  { sendingNow, sendingBefore }: ClientImpact,
): RuleImpact {
  const { toldNow, toldBefore, newlyTold, noLongerTold } = sums ?? nobody;
  const [now, before] = [sendingNow.includes(rule), sendingBefore.includes(rule)];
  return {
    rule,
    toldNow: toldNow + (now ? 1 : 0),
    toldBefore: toldBefore + (before ? 1 : 0),
    newlyTold: newlyTold + (now && !before ? 1 : 0),
    noLongerTold: noLongerTold + (before && !now ? 1 : 0),
  };
}

function ruleKeys(before: Profile | undefined, after: Profile | undefined): readonly RuleKey[] {
  return [...new Set([...(after?.rules ?? []), ...(before?.rules ?? [])].map(({ key }) => key))];
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
    rules: addRules(old.rules, renamed.rules),
    unknown: old.unknown + renamed.unknown,
    wakes: old.wakes + renamed.wakes,
    noticesADayBefore: old.noticesADayBefore + renamed.noticesADayBefore,
    noticesADayNow: old.noticesADayNow + renamed.noticesADayNow,
    counters: {
      kept: [...old.counters.kept, ...renamed.counters.kept],
      dropped: [...old.counters.dropped, ...renamed.counters.dropped],
      started: [...old.counters.started, ...renamed.counters.started],
    },
  };
}

function addRules(old: readonly RuleImpact[], renamed: readonly RuleImpact[]): readonly RuleImpact[] {
  return old.map((each) => {
    const other = renamed.find(({ rule }) => rule === each.rule) ?? { rule: each.rule, ...nobody };
    return {
      rule: each.rule,
      toldNow: each.toldNow + other.toldNow,
      toldBefore: each.toldBefore + other.toldBefore,
      newlyTold: each.newlyTold + other.newlyTold,
      noLongerTold: each.noLongerTold + other.noLongerTold,
    };
  });
}
