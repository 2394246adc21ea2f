import type { ClientState } from '../domain/client-state.js';
import type { WatchState } from '../domain/cycle/watch-state.js';
import type { Unsent } from '../domain/watching/unsent.js';

/** What a check leaves behind of a client. Instants are epoch milliseconds. */
export interface WatchedRow {
  readonly clientId: string;
  readonly profileId: string;
  readonly state: ClientState;
  readonly periodMs: number;
  /** A planned check of the client's grid. */
  readonly plannedAt: number;
  readonly nextCheckAt: number;
  readonly seenAt: number;
  readonly watch: WatchState;
  readonly unsent?: Unsent;
}

/** What the last workflow of a client knew at its end, however it ended (rule 25). */
export interface EarlierWatch {
  readonly watch: WatchState;
  /** Undefined where an older version wrote the row. */
  readonly plannedAt: number | undefined;
  /** Its last check; undefined where there was none. */
  readonly checkedAt: number | undefined;
  /** What that check left to be sent. */
  readonly unsent?: Unsent;
}

export interface WatchedClient {
  readonly clientId: string;
  readonly profileId: string;
  readonly periodMs: number;
  readonly nextCheckAt: number;
  readonly seenAt: number;
  /** It was started, and its first check did not come yet. */
  readonly starting: boolean;
  readonly ended: boolean;
  /** Since when it is missing in the billing data, or without a profile (rule 13). */
  readonly missingSince?: number;
}

/** All watched clients in figures. */
export interface Fleet {
  /** State → clients in it, as of their last check. */
  readonly states: Readonly<Record<string, number>>;
  /** Clients whose check is more than a minute late. */
  readonly overdue: number;
  /** By how much the most overdue check is late, milliseconds. */
  readonly mostOverdueMs: number;
}
