/** What the billing system and the profiles were, as the run itself wrote it: the model judges by it. */

/** A value and when it came to be: written somewhere between the two instants, epoch milliseconds. */
export interface Change<T> {
  readonly value: T;
  readonly from: number;
  readonly until: number;
}

/** What the billing system holds of a client. Amounts are whole hundredths. */
export interface ClientRow {
  readonly cents: number;
  readonly creditCents: number;
  /** The client's own threshold. */
  readonly ownCents: number | null;
  /** What it spends in a day. */
  readonly spendCents: number | null;
  readonly lastRefillCents: number | null;
  readonly suspended: boolean;
}

/** Rule 16, as the run wrote it. */
export type ThresholdTruth =
  | { readonly kind: 'amount'; readonly cents: number }
  | { readonly kind: 'percentOfCreditLimit'; readonly percent: number }
  | { readonly kind: 'percentOfLastRefill'; readonly percent: number }
  | { readonly kind: 'lasts'; readonly halfDays: number }
  | { readonly kind: 'own'; readonly otherwiseCents: number | null };

export interface RuleTruth {
  /** `user`, `client` or `advanced:<name>`. */
  readonly key: string;
  readonly threshold: ThresholdTruth;
  readonly when: 'below' | 'above';
  readonly recovered: boolean;
  /** Of `user` the manager, of others the billing e-mail. */
  readonly notify: boolean;
  readonly emails: readonly string[];
  readonly webhooks: readonly string[];
}

export type AudienceTruth = 'staff' | 'client';

/** Rule 19. Minutes after midnight; days from 0, Monday. */
export interface HoursTruth {
  readonly from: number;
  readonly to: number;
  readonly days: readonly number[];
  readonly audiences: readonly AudienceTruth[];
}

export interface ProfileTruth {
  readonly periodMs: number;
  readonly maxQty: number;
  /** Rule 18. */
  readonly checkEveryMs?: number;
  readonly hours?: HoursTruth;
  /** Rule 22. */
  readonly alreadyLow: 'tell' | 'wait';
  readonly rules: readonly RuleTruth[];
}

/** A version of a profile, and when it was synced: some time between the two instants, epoch milliseconds. */
export interface ProfileVersion extends ProfileTruth {
  readonly from: number;
  readonly until: number;
}

export type FaultKind =
  | 'mail-refused'
  | 'mail-paused'
  | 'mail-cut-before'
  | 'mail-answer-lost'
  | 'mail-late'
  | 'webhook-refused'
  | 'webhook-paused'
  | 'webhook-cut-before'
  | 'webhook-answer-lost'
  | 'webhook-late'
  | 'worker-killed'
  | 'worker-paused'
  | 'mysql-cut'
  | 'mysql-restarted'
  | 'temporal-restarted';

export interface InjectedFault {
  readonly kind: FaultKind;
  readonly from: number;
  readonly until: number;
  /** Absent: it hit all. */
  readonly clientId?: string;
  /** A provider that asks one client's mail to wait is left alone by the whole worker. */
  readonly hitsAll?: boolean;
}

/** Notices that somebody held by hand (rule 23). `released` is absent while they are. */
export interface HoldTruth {
  /** Absent: of all. */
  readonly profileId?: string;
  readonly on: Interval;
  readonly released?: Interval;
}

/** A time in which the brake let no more than so many clients be told low (rule 23). */
export interface BrakeTruth {
  readonly clients: number;
  readonly on: Interval;
  readonly off?: Interval;
}

/** Somebody terminated a client's workflow, or asked it to end (rule 25): some time between the two instants, if it ran at all. */
export interface StopTruth extends Interval {
  readonly clientId: string;
}

/** Some time between the two instants, epoch milliseconds. */
export interface Interval {
  readonly from: number;
  readonly until: number;
}

/** Between two instants, for how long a program that wanted the CPU did not get it, milliseconds. */
export interface Starved {
  readonly from: number;
  readonly until: number;
  readonly ms: number;
}

export interface Truth {
  readonly rows: Map<string, Change<ClientRow>[]>;
  /** IANA names, the first known one counts; empty: UTC. A client keeps its zones. */
  readonly zones: Map<string, readonly string[]>;
  /** Profile id → version → what it said. */
  readonly profiles: Map<string, Map<number, ProfileVersion>>;
  /** Which profiles each client had, one after the other. */
  readonly profilesOf: Map<string, Change<string>[]>;
  /** Refills in the billing system: when they were written. */
  readonly refills: Map<string, number[]>;
  readonly faults: InjectedFault[];
  readonly holds: HoldTruth[];
  readonly brakes: BrakeTruth[];
  readonly stops: StopTruth[];
  /** When the mail provider was late because the machine was. */
  readonly lateness: { readonly from: number; readonly until: number }[];
  /** By the probe beside the run, in the order in which it was. */
  readonly starved: Starved[];
  readonly closed: Set<string>;
  /** When servers and workers failed for the last time, epoch milliseconds. Undefined while they fail. */
  stormEndedAt: number | undefined;
  /** From when on every client had been checked again; then only the mail provider and the receiver fail. Undefined before. */
  calmFrom: number | undefined;
}

export function emptyTruth(): Truth {
  return {
    rows: new Map(),
    zones: new Map(),
    profiles: new Map(),
    profilesOf: new Map(),
    refills: new Map(),
    faults: [],
    holds: [],
    brakes: [],
    stops: [],
    lateness: [],
    starved: [],
    closed: new Set(),
    stormEndedAt: undefined,
    calmFrom: undefined,
  };
}

/** Writes down a change with the time it took. */
export async function timed<T>(write: () => Promise<T>): Promise<{ from: number; until: number; result: T }> {
  const from = Date.now();
  const result = await write();
  return { from, until: Date.now(), result };
}

export function audienceOf(rule: Pick<RuleTruth, 'key'>): AudienceTruth {
  return rule.key === 'user' ? 'staff' : 'client';
}
