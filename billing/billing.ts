import type { Client, ClientIdentity, UnclearClient } from '../domain/client.js';
import type { ProfileNeeds } from '../domain/profile-needs.js';

/** What a read of a client is for. */
export interface ReadFor extends ProfileNeeds {
  /** How long the caller waits, milliseconds. The statement ends then at the server too. */
  readonly withinMs?: number;
}

/** A client as it was read: with all that a check needs, or with what it lacks. */
export type ClientRead = Client | UnclearClient;

/** The billing system's views (docs/billing-views.md). Only read. */
export interface Billing {
  /** One client with everything a check needs, by one query; undefined where there is none. */
  readClient(clientId: string, needed: ReadFor): Promise<ClientRead | undefined>;
  /** The same for several, in their order; an Error in place of one that could not be read. */
  readClients(
    clientIds: readonly string[],
    needed: ReadFor,
  ): Promise<readonly (ClientRead | Error | undefined)[]>;
  /** Who a client is, without what is costly to read; undefined where there is none. */
  identify(clientId: string): Promise<ClientIdentity | undefined>;
  /** The same for those of these clients that there are, in any order. */
  identifyAll(clientIds: readonly string[]): Promise<readonly ClientIdentity[]>;
  /** Every client, watched or not, in the order of the database, at most `limit` after `after`. The first page is after "". */
  listClients(after: string, limit: number): Promise<readonly ClientIdentity[]>;
}

/** The billing data did not answer within the time that the caller had. */
export class BillingTimeoutError extends Error {
  override readonly name = 'BillingTimeoutError';
}

/** The views fail for the values of some rows, such as a number that is out of range, or a subquery that finds two rows. */
export class BillingDataError extends Error {
  override readonly name = 'BillingDataError';
}
