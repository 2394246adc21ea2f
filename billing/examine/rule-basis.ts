import type { ClientFacts } from '../../domain/client.js';
import type { ConditionKind } from '../../domain/conditions/condition.js';
import { isPositive } from '../../domain/money.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { Trouble } from './trouble.js';

/** Finds rules whose limits are taken from a column that says nothing for any client. */
export interface RuleBasis {
  add(client: ClientFacts, profile: Profile): void;
  troubles(): readonly Trouble[];
}

/** The columns that limits are taken from, and whether a client has what the rule asks for. */
const columns: {
  readonly [Kind in ConditionKind]?: {
    readonly column: string;
    readonly has: (client: ClientFacts) => boolean;
  };
} = {
  lasts: {
    column: 'daily_spend',
    has: ({ dailySpend }) => dailySpend !== null && isPositive(dailySpend),
  },
  own: { column: 'own_threshold', has: ({ ownThreshold }) => ownThreshold !== null },
  percentOfLastRefill: {
    column: 'last_refill_amount',
    has: ({ lastRefillAmount }) => lastRefillAmount !== null && isPositive(lastRefillAmount),
  },
};

const examplesKept = 3;

export function createRuleBasis(): RuleBasis {
  const rules = new Map<string, { readonly trouble: Trouble; clients: number; has: number; ids: string[] }>();
  return {
    add(client, profile) {
      for (const { key, condition } of profile.rules) {
        const { kind } = condition.threshold;
        const needed = columns[kind];
        if (!needed) continue;
        const id = JSON.stringify([profile.id, key]);
        const { column } = needed;
        const problem = `rule ${key} of ${profile.id} asks for it, and none of its clients has one${kind === 'own' ? '' : ' above 0'}`;
        const trouble = {
          view: 'billing_client',
          column,
          severity: 'warning',
          problem,
          clients: 0,
          examples: [],
        } as const;
        const known = rules.get(id) ?? { trouble, clients: 0, has: 0, ids: [] };
        known.clients += 1;
        if (needed.has(client)) known.has += 1;
        if (known.ids.length < examplesKept) known.ids.push(client.clientId);
        rules.set(id, known);
      }
    },
    troubles: () =>
      [...rules.values()]
        .filter(({ has }) => has === 0)
        .map(({ trouble, clients, ids }) => ({ ...trouble, clients, examples: ids })),
  };
}
