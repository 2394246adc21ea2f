import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ExtraInstant } from '../domain/agenda.js';
import type { ClientState } from '../domain/client-state.js';
import type { Figures } from '../domain/conditions/condition.js';
import type { WatchState } from '../domain/cycle/watch-state.js';
import type { Reason } from '../domain/reasons.js';
import type { UnreachedRule } from '../domain/watching/check.js';
import type { Wanted } from '../domain/watching/carried.js';

/** Argument of the signal and the update `refill`, as it should be; `readRefill` reads what comes. */
export interface RefillMessage {
  readonly refillId: string | number;
  /** ISO 8601 with an offset, such as `2026-11-24T09:00:00Z` */
  readonly at: string;
  /** decimal string or number, above 0 */
  readonly amount?: string | number;
  /** Only shown. */
  readonly currency?: string;
}

/** Answer of the update `refill`. */
export interface RefillReceipt {
  readonly refillId: string;
  /** False where the refill was known already, or is older than the latest one. */
  readonly applied: boolean;
  /** Rule key → its count before; only rules whose counter the refill changed. */
  readonly reset: Readonly<Record<string, number>>;
  /** What was wrong in fields that are only shown; absent where nothing was. */
  readonly notes?: readonly string[];
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
  /** Who holds its notices and why (rule 23), and when that is asked again; absent where nobody does. */
  readonly held?: { readonly why: string; readonly until: string };
  /** Rules that name an address which mail did not reach. */
  readonly bounced: readonly string[];
  /** The same rules, with what became of the mail. */
  readonly unreached: readonly UnreachedRule[];
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
  /** What the limit was made of. */
  readonly figures?: Figures;
  readonly when?: 'above';
  /** When a rule that is quiet may send again. */
  readonly until?: string;
}

/** What one run of `watchClient` hands to the next. */
export interface CarriedWatch {
  readonly watch: WatchState;
  readonly plannedAt: number;
  readonly next: { readonly at: number; readonly gridAt: number };
  readonly extra?: ExtraInstant;
  readonly wanted?: Wanted;
  readonly seen?: unknown;
  /** How many checks the next run makes. */
  readonly checksPerRun?: number;
}

export const refillSignal = defineSignal<[RefillMessage]>('refill');
export const profileChangedSignal = defineSignal('profileChanged');
/** A look at the fleet found that the client's rules would send (rule 18). */
export const lookSignal = defineSignal('look');
/** Checks, and begins a new run before the client sleeps again: for going back to the last release (docs/deploying.md). */
export const newRunSignal = defineSignal('newRun');
export const refillUpdate = defineUpdate<RefillReceipt, [RefillMessage]>('refill');
export const checkNowUpdate = defineUpdate<WatchStatus>('checkNow');
export const muteUpdate = defineUpdate<WatchStatus, [{ readonly until: string }]>('mute');
export const unmuteUpdate = defineUpdate<WatchStatus>('unmute');
export const resetRuleUpdate = defineUpdate<WatchStatus, [{ readonly rule: string }]>('resetRule');
export const statusQuery = defineQuery<WatchStatus>('status');
