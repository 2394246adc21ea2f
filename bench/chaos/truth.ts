/** What the billing system and the profiles were, as the run itself wrote it: the model judges by it. */

/** A value and when it came to be: written somewhere between the two instants, epoch milliseconds. */
export interface Change<T> {
  readonly value: T;
  readonly from: number;
  readonly until: number;
}

export interface Balance {
  /** In hundredths. */
  readonly cents: number;
  readonly suspended: boolean;
}

export interface ProfileTruth {
  readonly periodMs: number;
  readonly maxQty: number;
  readonly clientCents: number;
  readonly userCents: number;
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

/** Between two instants, for how long a program that wanted the CPU did not get it, milliseconds. */
export interface Starved {
  readonly from: number;
  readonly until: number;
  readonly ms: number;
}

export interface Truth {
  readonly balances: Map<string, Change<Balance>[]>;
  /** Profile id → version → what it said. */
  readonly profiles: Map<string, Map<number, ProfileVersion>>;
  readonly profileOf: Map<string, string>;
  /** Refills in the billing system: when they were written. */
  readonly refills: Map<string, number[]>;
  readonly faults: InjectedFault[];
  /** When the mail provider was late because the machine was. */
  readonly lateness: { readonly from: number; readonly until: number }[];
  /** By the probe beside the run, in the order in which it was. */
  readonly starved: Starved[];
  readonly closed: Set<string>;
  /** When servers and workers failed for the last time, epoch milliseconds. Undefined while they fail. */
  stormEndedAt: number | undefined;
  /** From when on every client had been checked again; then only the mail provider fails. Undefined before. */
  calmFrom: number | undefined;
}

export function emptyTruth(): Truth {
  return {
    balances: new Map(),
    profiles: new Map(),
    profileOf: new Map(),
    refills: new Map(),
    faults: [],
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
