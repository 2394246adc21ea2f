import { Context } from '@temporalio/activity';
import type { LookParts, WatchParts } from '../activities/parts.js';
import type { ClientRow } from '../billing/client-gate.js';
import { GlancedClient } from '../billing/fleet-glance.js';
import type { Channel } from '../delivery/channel.js';
import { DeliveryError } from '../delivery/delivery-error.js';
import type { MemoryLedger } from '../delivery/ledger/memory-ledger.js';
import { namedProfilesOnly } from '../domain/assignment.js';
import type { ZoneOf } from '../domain/time-zone.js';
import type { MemoryWatched } from './memory-watched.js';
import { storyClientId, type World } from './world.js';

/** What the activities of a story work on. */
export interface StoryPlace {
  readonly world: World;
  readonly ledger: MemoryLedger;
  readonly watched: MemoryWatched;
  readonly zoneOf: ZoneOf;
  /** The server's time, epoch milliseconds. */
  readonly now: () => Promise<number>;
}

/** Billing data, ledger and channels of a story, for the activities of its client's workflow. */
export function watchPartsOf({ world, ledger, watched, zoneOf, now }: StoryPlace): WatchParts {
  const channel: Channel = {
    send({ noticeId }) {
      if (world.mail === 'refuses') throw new DeliveryError('unavailable', 'the provider refuses just now');
      if (world.mail === 'rejects') throw new DeliveryError('rejected', 'the provider refuses it for good');
      return Promise.resolve({ messageId: noticeId });
    },
  };
  return {
    billing: {
      readClient(_, { currency, logins }) {
        if (world.billing === 'failing') throw new Error('the billing data cannot be read just now');
        if (world.billing === 'broken')
          throw Object.assign(new Error('SELECT denied'), { code: 'ER_TABLEACCESS_DENIED_ERROR' });
        return Promise.resolve(world.client(currency, logins));
      },
      identify() {
        return this.readClient(storyClientId, { currency: null, logins: [] });
      },
    },
    profiles: {
      read: (id) => Promise.resolve(world.profile(id)),
      assigner: () => Promise.resolve(namedProfilesOnly),
    },
    ledger,
    watched: watched.watched,
    zoneOf,
    channels: { email: channel, webhook: channel },
    now,
    attemptedAt: () => {
      const { isLocal, currentAttemptScheduledTimestampMs } = Context.current().info;
      return Promise.resolve(isLocal ? 0 : currentAttemptScheduledTimestampMs);
    },
    count() {},
  };
}

/** The same for a look at the story's one client. */
export function lookPartsOf(
  { world, ledger, watched, zoneOf, now }: StoryPlace,
  clientId: string,
  wake: () => Promise<boolean>,
): LookParts {
  const rates = { rate: (from: string, to: string) => ({ rate: world.rate(from, to) }) };
  return {
    billing: {
      readClients: (clientIds, { currency, logins }) =>
        Promise.resolve(clientIds.map(() => world.client(currency, logins))),
    },
    profiles: { assigner: () => Promise.resolve(namedProfilesOnly) },
    looked: watched.looked(
      () => world.lookedProfiles(),
      () => ledger.entries(),
    ),
    lookRows: {
      rates: () => Promise.resolve(rates),
      page: () => Promise.resolve({ clients: [new GlancedClient(rowOf(world, clientId))] }),
    },
    watchers: { wakeForLook: wake },
    zoneOf,
    now,
    count() {},
  };
}

/** The client as a row of `billing_client`, for a look. */
function rowOf(world: World, clientId: string): ClientRow {
  const { client } = world.assigned();
  const { lastRefillAt } = client;
  return {
    client_id: clientId,
    reseller_id: client.resellerId,
    profile_id: client.profileId,
    client_group: client.group,
    currency: client.currency,
    status: client.status,
    prepaid: client.prepaid ? 1 : 0,
    balance: client.balance,
    credit_limit: client.creditLimit,
    last_refill_at: lastRefillAt === null ? null : new Date(lastRefillAt).toISOString(),
    own_threshold: client.ownThreshold,
    daily_spend: client.dailySpend,
    last_refill_amount: client.lastRefillAmount,
  };
}
