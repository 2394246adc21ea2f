import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { Parts, Watchers } from '../activities/parts.js';
import type { Mailer } from '../mail/message.js';
import { createBilling } from '../store/billing.js';
import { createBouncedAddresses } from '../store/bounced-addresses.js';
import { createLedger } from '../store/ledger.js';
import { createProfiles } from '../store/profiles.js';
import { createWatchedClients } from '../store/watched-clients.js';

export const taskQueue = 'low-balance';

/** The id of a client's workflow. */
export function watchWorkflowId(clientId: string): string {
  return `low-balance:client:${clientId}`;
}

export interface PartsOptions {
  /** The service's own tables. */
  readonly database: DataSource;
  /** The billing views. */
  readonly billing: DataSource;
  readonly client: Client;
  readonly mailer: Mailer;
  readonly count?: Parts['count'];
  readonly onError: (error: unknown) => void;
  /** Epoch milliseconds; the machine's clock when unsaid. */
  readonly now?: () => Promise<number>;
}

/** The real parts of the activities. */
export function createParts(options: PartsOptions): Parts {
  const { database, client } = options;
  return {
    billing: createBilling(options.billing),
    profiles: createProfiles(database),
    ledger: createLedger(database),
    bounced: createBouncedAddresses(database, { onError: options.onError }),
    watched: createWatchedClients(database, options.onError),
    mailer: options.mailer,
    watchers: createWatchers(client),
    now: options.now ?? (() => Promise.resolve(Date.now())),
    attemptedAt: () => Promise.resolve(attemptedAt()),
    count: options.count ?? (() => {}),
  };
}

function createWatchers(client: Client): Watchers {
  return {
    async start(clientId) {
      await client.workflow.start('watchClient', {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    },
    async wake(clientId) {
      try {
        await client.workflow.getHandle(watchWorkflowId(clientId)).signal('profileChanged');
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}

/** A local activity has no schedule of its own: the workflow's time, handed in, is its time. */
function attemptedAt(): number {
  const { isLocal, currentAttemptScheduledTimestampMs } = Context.current().info;
  return isLocal ? 0 : currentAttemptScheduledTimestampMs;
}
