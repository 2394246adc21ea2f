import type { Profile } from './profile/profile.js';

/** Facts of a client that some billing systems can only work out of their call records. */
export type CostlyFact = 'last_charge_at' | 'last_refill_amount' | 'daily_spend';

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
  for (const { inactivityMs } of rules) if (inactivityMs !== undefined) asked.add('last_charge_at');
  return { currency, logins: rules.flatMap(({ users }) => users), costly: [...asked] };
}
