import type { ClientState } from '../domain/client-state.js';
import type { WatchState } from '../domain/cycle/watch-state.js';
import type { Decision } from '../domain/decide.js';
import type { RuleKey } from '../domain/profile/profile.js';
import type {
  CheckedProfile,
  CheckInput,
  CheckResult,
  ReplanResult,
  NoticesOutcome,
} from '../domain/watching/check.js';

// What crosses Temporal between workflows and activities: plain JSON, no address. Instants are epoch milliseconds.

export type {
  CheckReport,
  CheckedProfile,
  CheckInput,
  CheckResult,
  Missing,
  ReplanResult,
  TakenUp,
  UnreachedRule,
  NoticesOutcome,
} from '../domain/watching/check.js';

export interface ReplanInput {
  readonly clientId: string;
  readonly missingSince?: number;
}

export interface NotifyInput {
  readonly clientId: string;
  /** The check that decided; with the client and the audience it names a notice. */
  readonly checkAt: number;
  /** The instant that the check stood for; absent in inputs of older workflows. */
  readonly instant?: number;
  /** What the decisions were made of (rule 15): mails say these figures. Absent in inputs of older workflows. */
  readonly decided?: DecidedBy;
  /** Nothing is tried after it: the next check decides afresh. */
  readonly deadlineAt: number;
  /** Rule 19: nothing is sent from then on; absent where no sending hours close. */
  readonly closesAt?: number;
  readonly nextCheckAt: number;
  /** Rule 17: no notice of these rules comes before it; absent in inputs of older workflows. */
  readonly nextNoticeAt?: number;
  readonly availableBalance: string;
  /** Rules that notices name as low. */
  readonly rules: readonly SendingRule[];
  /** Rules that notices name as recovered (rule 20), each with the check of its last notice. */
  readonly recovered?: readonly RecoveredRule[];
  /** What the check wrote down of the client, to be completed by what is accepted; absent in inputs of older workflows. */
  readonly seen?: RowAtCheck;
}

/** What a check decided by, as far as a notice says it. Amounts are decimal strings. */
export interface DecidedBy {
  readonly profile: Pick<CheckedProfile, 'id' | 'name' | 'version' | 'currency' | 'maxQty'>;
  /** The client's. */
  readonly currency: string;
  /** Of the rules that send. */
  readonly decisions: readonly Decision[];
}

/** The client's row of watched clients, as far as telling changes it. */
export interface RowAtCheck {
  readonly profileId: string;
  readonly periodMs: number;
  /** Absent in inputs of older workflows. */
  readonly plannedAt?: number;
  readonly watch: WatchState;
  /** The client's state when all of it is accepted. */
  readonly stateWhenTold: ClientState;
}

export interface SendingRule {
  readonly key: RuleKey;
  /** 1-based number of this notice in its cycle. */
  readonly reminder: number;
}

export interface RecoveredRule {
  readonly key: RuleKey;
  /** Whoever the notices of this check reached hears of the recovery. */
  readonly toldAt: number;
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

export interface LookInput {
  /** The last client that was looked at; absent at the start. */
  readonly from?: string;
}

export interface LookResult {
  /** Clients of profiles with `checkEvery`. */
  readonly examined: number;
  /** Of them: those that were judged by what is remembered of them, and may send. */
  readonly considered: number;
  readonly woken: number;
  /** The first of the woken clients. */
  readonly some: readonly string[];
  /** The smallest `checkEvery`; absent where no profile says one. */
  readonly everyMs?: number;
  /** Where to go on; absent after the last page. */
  readonly next?: string;
}

/** The activities as workflows call them. */
export interface Activities {
  check(input: CheckInput): Promise<CheckResult>;
  /** Workflows of older versions hand in the client's id alone. */
  replan(input: ReplanInput | string): Promise<ReplanResult>;
  /** An operator changed what a client's workflow knows: a workflow that starts again goes on with it (rule 25). */
  remember(input: { readonly clientId: string; readonly watch: WatchState }): Promise<void>;
  notify(input: NotifyInput): Promise<NoticesOutcome>;
  withdraw(input: { readonly clientId: string; readonly checkAt: number }): Promise<NoticesOutcome>;
  reconcile(input: ReconcileInput): Promise<ReconcileResult>;
  look(input: LookInput): Promise<LookResult>;
}
