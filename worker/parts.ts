import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { attemptedAt } from './attempted-at.js';
import type { Parts } from '../activities/parts.js';
import type { Channels } from '../delivery/channel.js';
import { batchedBilling, batchedProfiles } from '../billing/mysql/batched-reads.js';
import { createBilling } from '../billing/mysql/billing.js';
import { createLookRows } from '../billing/mysql/look-rows.js';
import { createUnreachedAddresses } from '../delivery/ledger/unreached-addresses.js';
import { createMysqlLedger } from '../delivery/ledger/mysql-ledger.js';
import { createEndings, type Endings } from '../store/endings.js';
import { createBrake, type BrakeOptions } from '../store/brake.js';
import { createLookedClients } from '../store/looked-clients.js';
import { createProfiles } from '../store/profiles.js';
import { createResellers } from '../store/resellers.js';
import { createWatchedClients, type WatchedClients } from '../store/watched-clients.js';
import { watchWorkflowId } from '../workflows/client-workflow-id.js';
import { taskQueue } from './task-queue.js';
import { createWatchers } from './watchers.js';

export { taskQueue, watchWorkflowId };

export interface PartsOptions {
  /** The service's own tables. */
  readonly database: DataSource;
  /** The billing views. */
  readonly billing: DataSource;
  readonly client: Client;
  /**
   * For how long reads of checks, of the ledger and of the brake are gathered into one query, milliseconds; 0: each check asks by
   * itself.
   */
  readonly batchMs?: number;
  /** How long a read may take that was too slow for a local activity, milliseconds; default: 20,000. */
  readonly patientReadMs?: number | undefined;
  /** Default: made of `database`. */
  readonly watched?: WatchedClients;
  readonly channels: Channels;
  readonly count?: Parts['count'];
  /** Made of `database` when absent. */
  readonly endings?: Endings;
  readonly onError: (error: unknown) => void;
  /** The brake begins to hold notices (rule 23). */
  readonly onBrake?: NonNullable<BrakeOptions['onTripped']>;
  /** Epoch milliseconds; default: the machine's clock. */
  readonly now?: () => Promise<number>;
}

/** The brake is asked within a local activity, after its reads. Milliseconds. */
const longestBrakeBatchMs = 100;

/** The real parts of the activities. */
export function createParts(options: PartsOptions): Parts {
  const { database, client } = options;
  const { batchMs = 0, now = () => Promise.resolve(Date.now()) } = options;
  const [billing, profiles] = [createBilling(options.billing), createProfiles(database)];
  return {
    billing: batchMs > 0 ? batchedBilling(billing, batchMs) : billing,
    profiles: batchMs > 0 ? batchedProfiles(profiles, batchMs) : profiles,
    resellers: createResellers(database),
    ledger: createMysqlLedger(database, batchMs),
    unreached: createUnreachedAddresses(database, { onError: options.onError }),
    endings: options.endings ?? createEndings(database),
    readWithinMs: () => readWithinMs(options.patientReadMs ?? 20_000),
    watched: options.watched ?? createWatchedClients(database, options.onError),
    brake: createBrake(database, {
      now,
      ...(batchMs > 0 ? { batchMs: Math.min(batchMs, longestBrakeBatchMs) } : {}),
      ...(options.onBrake ? { onTripped: options.onBrake } : {}),
    }),
    channels: options.channels,
    watchers: createWatchers(client, options.onError),
    lookRows: createLookRows(options.billing),
    looked: createLookedClients(database),
    now,
    attemptedAt: () => attemptedAt(Context.current().info, now),
    count: options.count ?? (() => {}),
  };
}

/**
 * Less than the activity may take: a local one 3 s, after which the same read is tried with more patience. The server stops the
 * statement then, so that nothing runs on for nobody.
 */
function readWithinMs(patientMs: number): number {
  return Context.current().info.isLocal ? 2_500 : patientMs;
}
