import type { ClientFacts, ClientIdentity, UnclearClient } from '../domain/client.js';
import type { RoughFacts } from '../domain/looks/rough-rule.js';
import type { ClientColumn } from './billing-views.js';
import { gateClient, gateIdentity, type ClientRow } from './client-gate.js';
import { rawText } from './values/raw-text.js';

/** By these a look tells who may have fallen; costly facts come on top, where rules ask for them. */
export const glanceColumns = [
  'client_id',
  'reseller_id',
  'profile_id',
  'client_group',
  'currency',
  'status',
  'prepaid',
  'balance',
  'credit_limit',
  'last_refill_at',
  'own_threshold',
] as const satisfies readonly ClientColumn[];

/** One client as a look reads it: a fleet of them costs little, because only what is asked of a client is worked out. */
export class GlancedClient {
  constructor(private readonly row: ClientRow) {}

  get clientId(): string {
    return rawText(this.row.client_id) ?? '';
  }

  /** The same for clients that are the same in all that tells them apart, but for their ids. */
  get kind(): string {
    const { profile_id, reseller_id, client_group, currency, status, prepaid } = this.row;
    return `${kindText(profile_id)}\n${kindText(reseller_id)}\n${kindText(client_group)}\n${kindText(currency)}\n${kindText(status)}\n${kindText(prepaid)}`;
  }

  identity(): ClientIdentity {
    return gateIdentity(this.row);
  }

  /** Its amounts, of whatever type their columns are. */
  amounts(): RoughFacts {
    const { balance, credit_limit, last_refill_amount, daily_spend, own_threshold } = this.row;
    return {
      balance: roughNumber(balance),
      creditLimit: roughNumber(credit_limit),
      lastRefillAmount: roughNumber(last_refill_amount),
      dailySpend: roughNumber(daily_spend),
      ownThreshold: roughNumber(own_threshold),
    };
  }

  /** All that was read, exactly. */
  facts(): ClientFacts | UnclearClient {
    return gateClient([this.row], []);
  }
}

/** NULL and the text "null" are two. */
function kindText(value: unknown): string {
  return typeof value === 'string' ? `"${value}` : (rawText(value) ?? '');
}

/** Close to the exact amount where there is one, null where there is none, NaN where the gate has to judge. */
function roughNumber(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  const found = Number(value);
  return found === 0 && value.trim() === '' ? null : found;
}
