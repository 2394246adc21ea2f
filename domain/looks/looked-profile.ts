import { costlyFactOf } from '../conditions/conditions.js';
import type { CostlyFact } from '../costly-fact.js';
import type { WatchState } from '../cycle/watch-state.js';
import { unrecoveredCheck } from '../cycle/told.js';
import type { Profile, RuleKey } from '../profile/profile.js';

/** A profile whose clients are looked at between their planned checks (rule 18). */
export type LookedProfile = Profile & { readonly checkEveryMs: number };

export function isLookedAt(profile: Profile): profile is LookedProfile {
  return profile.checkEveryMs !== undefined;
}

/** How often the fleet is looked at: the smallest `checkEvery`; undefined: nobody is. */
export function lookIntervalMs(profiles: readonly Profile[]): number | undefined {
  const intervals = profiles.filter(isLookedAt).map(({ checkEveryMs }) => checkEveryMs);
  return intervals.length === 0 ? undefined : Math.min(...intervals);
}

/** The costly facts that limits of these profiles are taken from. The last charge is only read of who may be notified. */
export function lookedFacts(profiles: readonly Profile[]): readonly CostlyFact[] {
  const asked = profiles.flatMap(({ rules }) =>
    rules.map(({ condition }) => costlyFactOf(condition.threshold)),
  );
  return [...new Set(asked.filter((fact) => fact !== undefined))];
}

/** Whether a rule may have a recovery to send, by what is remembered of a client (rule 20). */
export function mayRecover(watch: WatchState): boolean {
  return Object.keys(watch.lastTold ?? {}).some(
    (rule) => unrecoveredCheck(watch, rule as RuleKey) !== undefined,
  );
}
