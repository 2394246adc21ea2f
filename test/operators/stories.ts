import { DeliveryError } from '../../delivery/delivery-error.js';
import { watchWorkflowId } from '../../worker/parts.js';
import type { WatchStatus } from '../../workflows/messages.js';
import { eventually, putClient, putProfile, type RealServers } from '../../dev/trial/real-servers.js';

/** What became of one client, and what its operators should read. */
export interface Story {
  readonly clientId: string;
  readonly title: string;
  /** Prepares the client in the billing system, before it is watched. */
  readonly before: (servers: RealServers) => Promise<void>;
  /** Happens after its first check. */
  readonly after?: (servers: RealServers, client: StoryClient) => Promise<void>;
  /** What its page must say at the end. */
  readonly says: readonly RegExp[];
}

/** The client's workflow, as operators and billing systems use it. */
export interface StoryClient {
  update(name: string, message?: object): Promise<unknown>;
  status(): Promise<WatchStatus>;
}

const bill =
  (clientId: string, balance: string, change = '') =>
  async ({ database }: RealServers): Promise<void> => {
    await putClient(database, clientId, balance);
    if (change !== '')
      await database.query(`UPDATE billing_client SET ${change} WHERE client_id = ?`, [clientId]);
  };

const set = async ({ database }: RealServers, clientId: string, change: string): Promise<void> => {
  await database.query(`UPDATE billing_client SET ${change} WHERE client_id = ?`, [clientId]);
};

const hourMs = 3_600_000;

/** Ten kinds of what operators are asked about. */
export const stories: readonly Story[] = [
  {
    clientId: 'ENOUGH',
    title: 'has enough money',
    before: bill('ENOUGH', '500'),
    says: [
      /State\*\* ok:/,
      /client \| 50 USD \| 0 \| 3 \| quiet: the available balance is not below the threshold/,
    ],
  },
  {
    clientId: 'TOLD',
    title: 'is low, and was told once of three times',
    before: bill('TOLD', '40'),
    says: [
      /State\*\* low:/,
      /client \| 50 USD \| 1 \| 3 \| send: the available balance is below the threshold/,
    ],
  },
  {
    clientId: 'EXHAUSTED',
    title: 'is low, was told Max Qty times, and hears nothing more until a refill',
    async before(servers) {
      await putProfile(servers.database, 'once', { period: '24h', maxQty: 1 });
      await putClient(servers.database, 'EXHAUSTED', '40', 'acme/once');
    },
    after: async (_, client) => void (await client.update('checkNow')),
    says: [
      /State\*\* exhausted:/,
      /client \| 50 USD \| 1 \| 1 \| quiet: Max Qty is reached, until the balance is refilled/,
    ],
  },
  {
    clientId: 'TOLD-RECENTLY',
    title: 'was told today, and is checked again because somebody asked',
    before: bill('TOLD-RECENTLY', '40'),
    after: async (_, client) => void (await client.update('checkNow')),
    says: [
      /State\*\* low:/,
      /client \| 50 USD \| 1 \| 3 \| quiet: notified or checked less than a Period ago, until 20/,
    ],
  },
  {
    clientId: 'REFILLED',
    title: 'was told, was refilled, and starts a new cycle',
    before: bill('REFILLED', '40'),
    async after(servers, client) {
      await set(servers, 'REFILLED', 'balance = 140, last_refill_at = UTC_TIMESTAMP(6)');
      await client.update('refill', { refillId: 'r-1', at: new Date().toISOString() });
      await client.update('checkNow');
    },
    says: [
      /State\*\* ok:/,
      /Last refill\*\* 20/,
      /client \| 50 USD \| 0 \| 3 \| quiet: the available balance is not below/,
    ],
  },
  {
    clientId: 'MUTED',
    title: 'was muted by an operator before it got low',
    before: bill('MUTED', '500'),
    async after(servers, client) {
      await client.update('mute', { until: new Date(Date.now() + 8 * hourMs).toISOString() });
      await set(servers, 'MUTED', 'balance = 40');
      await client.update('checkNow');
    },
    says: [
      /State\*\* muted:/,
      /Muted\*\* until 20/,
      /client \| 50 USD \| 0 \| 3 \| quiet: muted by an operator/,
    ],
  },
  {
    clientId: 'SUSPENDED',
    title: 'is suspended by the billing system',
    before: bill('SUSPENDED', '40', "status = 'suspended'"),
    says: [/State\*\* suspended:/, /client \| 50 USD \| 0 \| 3 \| quiet: the client is suspended/],
  },
  {
    clientId: 'NO-RATE',
    title: 'has a currency without an exchange rate',
    before: bill('NO-RATE', '40', "currency = 'CHF'"),
    says: [
      /State\*\* unknown:/,
      /Unknown\*\* since 20.*no exchange rate from USD to CHF/,
      /client \| 50 USD without a rate to CHF \| 0 \| 3 \| quiet: the billing data is not known/,
    ],
  },
  {
    clientId: 'NOBODY',
    title: 'is low, and has no e-mail',
    before: bill('NOBODY', '40', 'billing_email = NULL'),
    says: [
      /State\*\* low:/,
      /client \| 50 USD \| 0 \| 3 \| quiet: the rule has no recipient: no e-mail address that can be resolved, and no webhook/,
    ],
  },
  {
    clientId: 'ACTIVE',
    title: 'is low by a rule for dormant clients, and was charged an hour ago',
    async before(servers) {
      const rule = { name: 'dormant', threshold: 50, inactivity: '30d' };
      await putProfile(servers.database, 'dormant', {
        more: { clientNotification: undefined, advancedRules: [rule] },
      });
      await putClient(servers.database, 'ACTIVE', '40', 'acme/dormant');
      await set(servers, 'ACTIVE', 'last_charge_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR');
    },
    says: [
      /State\*\* low:/,
      /advanced:dormant \| 50 USD \| 0 \| 3 \| quiet: the last charge is more recent than the inactivity that the rule needs/,
    ],
  },
  {
    clientId: 'CLOSED',
    title: 'was told, and then closed',
    before: bill('CLOSED', '40'),
    async after(servers, client) {
      await set(servers, 'CLOSED', "status = 'closed'");
      await client.update('checkNow');
    },
    says: [/\*\*Ended\*\*: the client is closed/, /client \| 50 USD \| 1 \| 3 \|/],
  },
];

/** Not told yet: the provider refuses everything while this one is told. */
export const whileMailIsDown: Story = {
  clientId: 'MAIL-DOWN',
  title: 'is low, and the mail provider is down',
  before: bill('MAIL-DOWN', '40'),
  says: [/State\*\* low:/, /Sending\*\* client, tried until 20/, /client \| 50 USD \| 0 \| 3 \| send/],
};

/** Plays a story to its end, and answers what its page says. */
export async function play(servers: RealServers, story: Story): Promise<string> {
  const { clientId } = story;
  await story.before(servers);
  const down = story === whileMailIsDown;
  if (down) servers.refuse(new DeliveryError('unavailable', 'the provider answered 503'));
  const handle = await servers.client.workflow.start('watchClient', {
    workflowId: watchWorkflowId(clientId),
    taskQueue: 'low-balance',
    args: [{ clientId }],
  });
  const status = () => servers.status(clientId);
  /** Checked since, and nothing on its way. */
  const settled = (since: string | null) =>
    eventually(`${clientId} is checked`, async () => {
      const { lastCheckAt, telling } = await status();
      if ((await handle.describe()).status.name !== 'RUNNING') return true;
      return lastCheckAt !== null && lastCheckAt !== since && (telling === null || down);
    });
  await settled(null);
  await story.after?.(servers, {
    status,
    async update(name, message) {
      const { lastCheckAt } = await status();
      const answer = message
        ? await handle.executeUpdate<unknown, [object]>(name, { args: [message] })
        : await handle.executeUpdate<unknown, []>(name);
      if (name === 'checkNow') await settled(lastCheckAt);
      return answer;
    },
  });
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  if (down) servers.refuse(undefined);
  return currentDetails;
}
