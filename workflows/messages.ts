import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ClientState, Reason } from '../domain/decide.js';
import { isDecimal } from '../domain/money.js';
import type { WatchState } from '../domain/watch-state.js';

/** Argument of the signal and the update `refill`. */
export interface RefillMessage {
  readonly refillId: string;
  /** ISO 8601 with an offset, such as `2026-11-24T09:00:00Z` */
  readonly at: string;
  /** decimal string or number; only shown */
  readonly amount?: string | number;
  readonly currency?: string;
}

/** Answer of the update `refill`. */
export interface RefillReceipt {
  readonly refillId: string;
  /** False where the refill was known already, or is older than the latest one. */
  readonly applied: boolean;
  /** Rule key → its count before; only rules that had one. */
  readonly reset: Readonly<Record<string, number>>;
}

/** Answer of the query `status`. Times are ISO 8601 in UTC. */
export interface WatchStatus {
  readonly clientId: string;
  readonly profile: { readonly id: string; readonly name: string; readonly version: number } | null;
  readonly availableBalance: string | null;
  readonly currency: string | null;
  readonly state: ClientState | 'starting';
  readonly rules: Readonly<Record<string, RuleStatus>>;
  readonly lastRefillAt: string | null;
  readonly mutedUntil: string | null;
  readonly unknown: { readonly reason: string; readonly since: string } | null;
  /** Rules that would tell an address at which mail bounced. */
  readonly bounced: readonly string[];
  /** Rules whose notice is on its way, tried until then; null while none is. */
  readonly telling: { readonly rules: readonly string[]; readonly until: string } | null;
  readonly lastCheckAt: string | null;
  readonly nextCheckAt: string;
}

export interface RuleStatus {
  readonly count: number;
  readonly maxQty: number;
  readonly decision: 'send' | 'quiet';
  readonly reason: Reason;
  /** In the client's currency. */
  readonly threshold: string | null;
}

/** What one run of `watchClient` hands to the next. */
export interface CarriedWatch {
  readonly watch: WatchState;
  readonly plannedAt: number;
  readonly next: { readonly at: number; readonly gridAt: number };
  readonly seen?: unknown;
  /** How many checks the next run makes. */
  readonly checksPerRun?: number;
}

export const refillSignal = defineSignal<[RefillMessage]>('refill');
export const profileChangedSignal = defineSignal('profileChanged');
export const refillUpdate = defineUpdate<RefillReceipt, [RefillMessage]>('refill');
export const checkNowUpdate = defineUpdate<WatchStatus>('checkNow');
export const muteUpdate = defineUpdate<WatchStatus, [{ readonly until: string }]>('mute');
export const unmuteUpdate = defineUpdate<WatchStatus>('unmute');
export const resetRuleUpdate = defineUpdate<WatchStatus, [{ readonly rule: string }]>('resetRule');
export const statusQuery = defineQuery<WatchStatus>('status');

/** What is wrong with a refill message, or undefined. */
export function refillProblem(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null)
    return `expected { refillId, at }, found ${show(message)}`;
  const { refillId, at, amount, currency } = message as Record<string, unknown>;
  if (typeof refillId !== 'string' || refillId.length < 1 || refillId.length > 255) {
    return `refillId: expected a text of 1 to 255 characters, found ${show(refillId)}`;
  }
  if (instantOf(at) === undefined) {
    return `at: expected an ISO 8601 time with an offset such as "2026-11-24T09:00:00Z", found ${show(at)}`;
  }
  if (
    amount !== undefined &&
    amount !== null &&
    !isDecimal(typeof amount === 'number' ? String(amount) : amount)
  )
    return `amount: expected a decimal number, found ${show(amount)}`;
  if (
    currency !== undefined &&
    currency !== null &&
    !(typeof currency === 'string' && /^[A-Z]{3}$/.test(currency))
  ) {
    return `currency: expected an ISO 4217 code such as "USD", found ${show(currency)}`;
  }
  return undefined;
}

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** Epoch milliseconds of an ISO 8601 time with an offset; undefined for anything else. */
export function instantOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !isoInstant.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
