import type { Channels } from '../delivery/channel.js';
import type { Billing } from '../billing/billing.js';
import type { LookRows } from '../billing/look-rows.js';
import type { UnreachedAddresses } from '../delivery/ledger/unreached-addresses.js';
import type { Ledger } from '../delivery/ledger/ledger.js';
import type { ZoneOf } from '../domain/time-zone.js';
import type { Endings } from '../store/endings.js';
import type { Brake } from '../store/brake.js';
import type { LookedClients } from '../store/looked-clients.js';
import type { Profiles } from '../store/profiles.js';
import type { Resellers } from '../store/resellers.js';
import type { WatchedClients } from '../store/watched-clients.js';

/** What activities work with; the worker puts in the real parts, scenario tests in-memory ones. */
export interface Parts extends WatchParts {
  readonly billing: Billing;
  readonly profiles: Profiles;
  readonly watched: WatchedClients;
  readonly watchers: Watchers;
  readonly lookRows: LookRows;
  readonly looked: LookedClients;
  readonly brake?: Brake;
}

/** What a look at the fleet works with. */
export interface LookParts extends Pick<
  Parts,
  'looked' | 'lookRows' | 'resellers' | 'zoneOf' | 'now' | 'count'
> {
  readonly billing: Pick<Billing, 'readClients'>;
  /** Rule 23; absent: nothing is held. */
  readonly brake?: Pick<Brake, 'holding'>;
  readonly profiles: Pick<Profiles, 'assigner'>;
  readonly watchers: Pick<Watchers, 'wakeForLook'>;
}

/** What the activities of one client's workflow work with. */
export interface WatchParts {
  readonly billing: Pick<Billing, 'readClient' | 'identify'>;
  readonly profiles: Pick<Profiles, 'read' | 'assigner'>;
  /** Kept in memory. Absent: no reseller has settings of its own. */
  readonly resellers?: Resellers;
  readonly ledger: Ledger;
  /** Kept in memory: a check costs no query for it. Absent: no address is known to bounce. */
  readonly unreached?: UnreachedAddresses;
  readonly watched: Pick<
    WatchedClients,
    'seen' | 'replanned' | 'ended' | 'unreadable' | 'missing' | 'remember' | 'earlier'
  >;
  /** Rule 13: whether clients that are missing may end now; absent: they may. */
  readonly endings?: Endings;
  /** For how long a read of billing data is waited for, milliseconds; as long as it takes when absent. */
  readonly readWithinMs?: () => number;
  /** Rule 23; absent: nothing is held. */
  readonly brake?: Pick<Brake, 'admit'>;
  readonly channels: Channels;
  /** The clocks of zones; absent: as the machine's calendar has them. */
  readonly zoneOf?: ZoneOf;
  /** The present, epoch milliseconds. */
  readonly now: () => Promise<number>;
  /** When the current attempt of the current activity was scheduled, by the Temporal server's clock. */
  readonly attemptedAt: () => Promise<number>;
  readonly count: (what: Counted) => void;
}

/** What the worker's metrics count. */
export type Counted =
  | { readonly what: 'check'; readonly result: string; readonly lagMs?: number }
  | { readonly what: 'notice'; readonly result: 'accepted' | 'failed' | 'retried' }
  /** Reports of providers of what became of messages. */
  | {
      readonly what: 'report';
      readonly result: 'received' | 'passed-over' | 'unstorable';
      readonly count: number;
    }
  | {
      readonly what: 'reconciled';
      readonly started: number;
      readonly woken: number;
      /** Clients that could not be watched. */
      readonly passedOver: number;
    }
  | { readonly what: 'look'; readonly examined: number; readonly considered: number; readonly woken: number };

/** Starts and wakes clients' workflows. */
export interface Watchers {
  /** Starts the workflow of a client; false where it runs already, which costs nothing. */
  start(clientId: string, profileId: string): Promise<boolean>;
  /** Signals `profileChanged`; false where no workflow runs. */
  wake(clientId: string): Promise<boolean>;
  /** Signals `look`, so that the client is checked at once; false where no workflow runs. */
  wakeForLook(clientId: string): Promise<boolean>;
  /** Clients whose workflow was terminated, cancelled or failed since then, each with the instant it ended. Slightly behind. */
  lostSince?(at: number): AsyncIterable<{ readonly clientId: string; readonly at: number }>;
}
