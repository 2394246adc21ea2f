import type { ClientFacts } from '../../domain/client.js';
import type { ConditionKind } from '../../domain/conditions/condition.js';
import { isPositive } from '../../domain/money.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { Trouble } from './trouble.js';

/** Finds rules whose limits are taken from a column that says nothing for their clients, or for some of them. */
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
  percentOfCreditLimit: { column: 'credit_limit', has: ({ creditLimit }) => isPositive(creditLimit) },
  percentOfLastRefill: {
    column: 'last_refill_amount',
    has: ({ lastRefillAmount }) => lastRefillAmount !== null && isPositive(lastRefillAmount),
  },
};

const examplesKept = 3;

export function createRuleBasis(): RuleBasis {
  const rules = new Map<string, FoundRule>();
  return {
    add(client, profile) {
      for (const { key, condition } of profile.rules) {
        const { threshold } = condition;
        const needed = columns[threshold.kind];
        if (!needed) continue;
        const id = JSON.stringify([profile.id, key]);
        const rule = {
          column: needed.column,
          asks: `rule ${key} of ${profile.id} asks for it`,
          wanted: threshold.kind === 'own' ? '' : ' above 0',
          mayLack: threshold.kind === 'own' && threshold.otherwise !== null,
        };
        const known = rules.get(id) ?? { ...rule, clients: 0, lacking: 0, ids: [] };
        known.clients += 1;
        if (!needed.has(client)) {
          known.lacking += 1;
          if (known.ids.length < examplesKept) known.ids.push(client.clientId);
        }
        rules.set(id, known);
      }
    },
    troubles: () =>
      [...rules.values()]
        .filter(({ clients, lacking, mayLack }) => (mayLack ? lacking === clients : lacking > 0))
        .map(({ column, asks, wanted, clients, lacking, ids }) => ({
          view: 'billing_client',
          column,
          severity: 'warning',
          problem:
            lacking === clients
              ? `${asks}, and none of its clients has one${wanted}`
              : `${asks}, and ${lacking} of its ${clients} clients ${lacking === 1 ? 'has' : 'have'} none${wanted}: never notified by it`,
          clients: lacking,
          examples: ids,
        })),
  };
}

/** A rule with how many of its clients lack what its limit is taken from. */
interface FoundRule {
  readonly column: string;
  readonly asks: string;
  readonly wanted: string;
  /** The rule has an amount for those without. */
  readonly mayLack: boolean;
  clients: number;
  lacking: number;
  readonly ids: string[];
}
