import type { ClientState, Decision } from '../domain/decide.js';
import type { RuleKey } from '../domain/profile/profile.js';
import type { EndReason } from '../domain/reading.js';
import type { WatchState } from '../domain/watch-state.js';
import type { Delivery } from '../delivery/delivery-report.js';

// What crosses Temporal between workflows and activities: plain JSON, no address. Instants are epoch milliseconds.

export interface CheckInput {
  readonly clientId: string;
  readonly watch: WatchState;
  /** The grid instant that this check was planned at. */
  readonly plannedAt: number;
  /** When this check should have come, `now` where it is an extra one. */
  readonly dueAt: number;
  /** The workflow's time. A retried check reads later, and decides for that later instant. */
  readonly now: number;
}

export type CheckResult =
  | { readonly kind: 'ended'; readonly reason: EndReason }
  /** `profile`: by which the next check is planned; absent where that too is not known. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly profile?: CheckedProfile }
  | Checked;

export interface Checked {
  readonly kind: 'checked';
  readonly profile: CheckedProfile;
  readonly availableBalance: string;
  readonly currency: string;
  readonly lastRefillAt: number | null;
  readonly decisions: readonly Decision[];
  /** The rules of `unreached`: what older workflows read, and all that older workers wrote. */
  readonly bounced?: readonly RuleKey[];
  /** Rules that name an address which mail did not reach lately, as the provider reported; absent where there is none. */
  readonly unreached?: readonly UnreachedRule[];
}

export interface UnreachedRule {
  readonly rule: RuleKey;
  readonly delivery: Exclude<Delivery, 'delivered' | 'deferred'>;
}

export interface CheckedProfile {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly reseller: string;
  readonly currency: string;
  readonly maxQty: number;
  readonly periodMs: number;
}

export type ReplanResult =
  | { readonly kind: 'ended'; readonly reason: EndReason }
  /** Nothing is known of a new Period, and the next check stays where it is. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'planned'; readonly profileId: string; readonly periodMs: number };

export interface NotifyInput {
  readonly clientId: string;
  /** The check that decided; with the client and the audience it names a notice. */
  readonly checkAt: number;
  /** Nothing is sent after it: the next planned check decides afresh. */
  readonly deadlineAt: number;
  readonly nextCheckAt: number;
  readonly availableBalance: string;
  readonly rules: readonly SendingRule[];
  /** What the check wrote down of the client, to be completed by what is accepted; absent in inputs of older workflows. */
  readonly seen?: SeenAtCheck;
}

/** The client's row of watched clients, as far as telling changes it. */
export interface SeenAtCheck {
  readonly profileId: string;
  readonly periodMs: number;
  readonly watch: WatchState;
  /** The client's state when all of it is accepted. */
  readonly stateWhenTold: ClientState;
}

export interface SendingRule {
  readonly key: RuleKey;
  /** 1-based number of this notice in its cycle. */
  readonly reminder: number;
}

/** What became of the notices of one check. */
export interface Told {
  readonly accepted: readonly { readonly rules: readonly RuleKey[]; readonly at: number }[];
  /** Refused for good by the provider: no quota used. */
  readonly failed: readonly { readonly rules: readonly RuleKey[]; readonly reason: string }[];
}

export interface ReconcileInput {
  /** Where to go on; absent at the start. */
  readonly from?: ReconcileCursor;
}

/** The passes of a reconciliation, and the last client id that one of them examined. */
export interface ReconcileCursor {
  readonly pass: 'lost' | 'assigned' | 'watched';
  readonly after: string;
}

/**
 * Why a client was started or woken: it was not watched yet; its workflow was terminated, cancelled or failed; it was not
 * seen for two periods; it has another profile, or a shorter Period; it should be watched no more.
 */
export type ReconcileReason = 'new' | 'lost' | 'overdue' | 'profile' | 'period' | 'unassigned';

export interface ReconcileResult {
  readonly examined: number;
  readonly started: number;
  readonly woken: number;
  readonly reasons: Readonly<Partial<Record<ReconcileReason, number>>>;
  /** The first of the changed clients. */
  readonly some: readonly { readonly clientId: string; readonly reason: ReconcileReason }[];
  /** The first of the clients that were passed over: their id cannot be watched, or Temporal or MySQL refused it for good. */
  readonly refused: readonly { readonly clientId: string; readonly problem: string }[];
  /** How many were passed over; absent where `refused` names all of them. */
  readonly refusedCount?: number;
  /** Absent after the last page. */
  readonly next?: ReconcileCursor;
}

/** The activities as workflows call them. */
export interface Activities {
  check(input: CheckInput): Promise<CheckResult>;
  replan(clientId: string): Promise<ReplanResult>;
  notify(input: NotifyInput): Promise<Told>;
  withdraw(input: { readonly clientId: string; readonly checkAt: number }): Promise<Told>;
  reconcile(input: ReconcileInput): Promise<ReconcileResult>;
}
