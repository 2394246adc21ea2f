import { costlyFactOf } from './conditions/conditions.js';
import type { CostlyFact } from './costly-fact.js';
import type { Profile } from './profile/profile.js';

/** What a profile needs to know of its clients, beside what every check needs. */
export interface ProfileNeeds {
  /** The profile's currency, for the exchange rate; null: none is needed. */
  readonly currency: string | null;
  /** The logins that the profile names. */
  readonly logins: readonly string[];
  /** The costly facts that its rules ask for; all of them when absent. */
  readonly costly?: readonly CostlyFact[];
}

export function profileNeeds({ currency, rules }: Profile): ProfileNeeds {
  const asked = new Set<CostlyFact>();
  for (const { inactivityMs, condition } of rules) {
    const fact = costlyFactOf(condition.threshold);
    if (fact !== undefined) asked.add(fact);
    if (inactivityMs !== undefined) asked.add('last_charge_at');
  }
  return { currency, logins: rules.flatMap(({ users }) => users), costly: [...asked] };
}
