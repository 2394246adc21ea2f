import type { Mailer } from '../mail/message.js';
import type { Billing } from '../store/billing.js';
import type { BouncedAddresses } from '../store/bounced-addresses.js';
import type { Ledger } from '../store/ledger.js';
import type { Profiles } from '../store/profiles.js';
import type { WatchedClients } from '../store/watched-clients.js';

/** What activities work with; the worker puts in the real parts, scenario tests in-memory ones. */
export interface Parts {
  readonly billing: Billing;
  readonly profiles: Profiles;
  readonly ledger: Ledger;
  /** Kept in memory: a check costs no query for it. Absent: no address is known to bounce. */
  readonly bounced?: BouncedAddresses;
  readonly watched: WatchedClients;
  readonly mailer: Mailer;
  readonly watchers: Watchers;
  /** The present, epoch milliseconds. */
  readonly now: () => Promise<number>;
  /** When the current attempt of the current activity was scheduled, by the Temporal server's clock. */
  readonly attemptedAt: () => Promise<number>;
  readonly count: (what: Counted) => void;
}

/** What the worker's metrics count. */
export type Counted =
  | { readonly what: 'check'; readonly result: string; readonly lagMs?: number }
  | { readonly what: 'notice'; readonly result: 'accepted' | 'failed' | 'retried' };

/** Starts and wakes clients' workflows. */
export interface Watchers {
  /** Starts the workflow of a client; costs nothing where it runs. */
  start(clientId: string, profileId: string): Promise<void>;
  /** Signals `profileChanged`; false where no workflow runs. */
  wake(clientId: string): Promise<boolean>;
}
