import { setTimeout as sleep } from 'node:timers/promises';
import type { RuleKey } from '../../domain/profile/profile.js';
import { reconcileNow } from '../../worker/setup.js';
import type { Stack } from '../stack.js';
import { followNotices } from './follow-notices.js';
import type { Timeline } from './timeline.js';
import { addStoryClient, type StoryClient } from './world.js';

/** Period and Max Qty of profiles/acme/demo-quick.json and demo-dormant.json. */
export interface StoryTimes {
  readonly periodMs: number;
  readonly maxQty: number;
}

/** The story took another way. The message says what was expected and what was found. */
export class StoryDifference extends Error {
  override readonly name = 'StoryDifference';
}

/** How many Periods the service may take for what should happen at the next check: a loaded machine is slow. */
const patience = 10;

/**
 * Charges → notices → repeats → Max Qty → refill by a plain signal → notices again → an inactive client → a refill sent
 * three times → a client of another reseller, in its name and with its webhook: a balance that does not last, and its recovery. Throws StoryDifference where something else happens.
 */
export async function tellStory(
  stack: Stack,
  timeline: Timeline,
  { periodMs, maxQty }: StoryTimes,
): Promise<void> {
  const harbor = await addStoryClient(stack, {
    id: 'DEMO-1',
    name: 'Harbor Telecom',
    reseller: 'acme',
    profile: 'acme/demo-quick',
    balance: '120',
  });
  const quiet = await addStoryClient(stack, {
    id: 'DEMO-2',
    name: 'Quiet Lines',
    reseller: 'acme',
    profile: 'acme/demo-dormant',
    balance: '80',
  });
  const runway = await addStoryClient(stack, {
    id: 'DEMO-3',
    name: 'Runway Radio',
    reseller: 'globex',
    profile: 'globex/demo-runway',
    balance: '100',
    dailySpend: '20',
  });
  const followed = followNotices(stack, [harbor, quiet, runway], timeline);
  const soon = async (what: string, holds: () => Promise<boolean>) => {
    await until(what, patience * periodMs, holds, () => describe(harbor, quiet, runway));
    await followed.showNew();
  };
  try {
    timeline.act(
      `Three new clients have profiles, and nobody starts a workflow. Threshold for the staff 100 USD, for the client 50; Period ${periodMs / 1_000} s, Max Qty ${maxQty}`,
    );
    await reconcileNow(stack.client);
    await soon('all clients are watched and well', async () => await all([harbor, quiet, runway], 'ok'));
    timeline.seen(
      `${harbor.name} has 120 USD, above both thresholds: watched, nobody is notified`,
      harbor.workflow,
    );

    await chargesAndMaxQty(harbor, timeline, soon, { periodMs, maxQty });
    await refillBySignal(harbor, timeline, soon);
    await inactiveClient(quiet, timeline, soon);
    await refillThreeTimes(harbor, timeline, soon, { periodMs, maxQty });
    await runwayAndRecovery(runway, timeline, soon);
  } finally {
    await followed.stop();
  }
}

type Soon = (what: string, holds: () => Promise<boolean>) => Promise<void>;

async function chargesAndMaxQty(
  client: StoryClient,
  timeline: Timeline,
  soon: Soon,
  times: StoryTimes,
): Promise<void> {
  timeline.act(`Calls cost ${client.name} 30 USD: 90 left, below the staff’s threshold`);
  await client.charge('30');
  await soon('the staff are notified', async () => (await told(client, 'user')) >= 1);
  timeline.act(`Calls cost another 45 USD: 45 left, below the client’s threshold too`);
  await client.charge('45');
  await soon('the client is notified', async () => (await told(client, 'client')) >= 1);
  await soon(
    'both rules have sent their Max Qty',
    async () => (await client.status())?.state === 'exhausted',
  );
  timeline.seen(`Max Qty is reached for both rules: the state is exhausted`, client.workflow);
  await silence(client, timeline, times, 2);
  await expectTold(client, { user: times.maxQty, client: times.maxQty });
}

async function refillBySignal(client: StoryClient, timeline: Timeline, soon: Soon): Promise<void> {
  const at = Date.now();
  await client.book('10', at);
  await client.signalRefill('refill-1', at);
  timeline.act(
    `A refill of 10 USD, announced by a plain Temporal signal: 55 left, every counter is 0 again`,
    client.workflow,
  );
  const before = await told(client, 'user');
  await soon('the staff are notified again', async () => (await told(client, 'user')) > before);
  const again = Date.now();
  await client.book('200', again);
  await client.signalRefill('refill-2', again);
  timeline.act(`A refill of 200 USD: 255 left`);
  await soon('the client is well', async () => (await client.status())?.state === 'ok');
  timeline.seen(`${client.name} is above both thresholds: the state is ok, nobody is notified`);
}

async function inactiveClient(client: StoryClient, timeline: Timeline, soon: Soon): Promise<void> {
  await client.charge('77');
  timeline.act(
    `${client.name} is charged down to 3 USD; its rule "dormant" waits until it has been inactive for 6 s`,
  );
  await soon('the rule waits for inactivity', async () => {
    const rule = (await client.status())?.rules['advanced:dormant'];
    return rule?.reason === 'active' || rule?.reason === 'low';
  });
  if ((await told(client, 'advanced:dormant')) === 0) {
    timeline.seen('Low, but active: nobody is notified yet', client.workflow);
  }
  await soon('the inactive client is notified', async () => (await told(client, 'advanced:dormant')) >= 1);
}

async function runwayAndRecovery(client: StoryClient, timeline: Timeline, soon: Soon): Promise<void> {
  await client.charge('60');
  timeline.act(
    `${client.name} is a client of another reseller, Globex. It usually spends 20 USD a day; of 100 USD 40 are left: less than three days, the threshold of its profile`,
  );
  await soon(
    'the client is notified, and the webhook',
    async () => (await reached(client, false)).size === 2,
  );
  const at = Date.now();
  await client.book('160', at);
  await client.signalRefill('refill-4', at);
  timeline.act(`A refill of 160 USD: 200 left, enough for ten days`, client.workflow);
  await soon(
    'the client hears of the recovery, and the webhook',
    async () => (await reached(client, true)).size === 2,
  );
  timeline.seen('Whoever heard that the balance is low hears once that it has recovered', client.workflow);
}

/** The channels that a low balance, or a recovery, went out by. */
async function reached(client: StoryClient, recovery: boolean): Promise<ReadonlySet<string | undefined>> {
  const notices = await client.notices();
  return new Set(
    notices
      .filter(({ recovered }) => recovered.includes('client') === recovery)
      .map(({ webhook }) => webhook),
  );
}

async function refillThreeTimes(
  client: StoryClient,
  timeline: Timeline,
  soon: Soon,
  times: StoryTimes,
): Promise<void> {
  await client.charge('215');
  timeline.act(`Calls cost ${client.name} 215 USD: 40 left`);
  await soon('staff and client are notified', async () => (await counts(client))['client'] === 1);
  const at = Date.now();
  const before = await told(client, 'client');
  await client.book('1', at);
  for (let time = 1; time <= 3; time += 1) {
    timeline.act(
      `The same refill of 1 USD is signalled, time ${time} of 3`,
      time === 1 ? client.workflow : undefined,
    );
    await client.signalRefill('refill-3', at);
    if (time < 3) await soon('the next notice', async () => (await told(client, 'client')) >= before + time);
  }
  await soon('Max Qty is reached once', async () => (await client.status())?.state === 'exhausted');
  await silence(client, timeline, times, 2);
  const since = (await told(client, 'client')) - before;
  if (since !== times.maxQty) {
    throw new StoryDifference(
      `one refill signalled three times starts one cycle: expected ${times.maxQty} notices to the client after it, found ${since}`,
    );
  }
  timeline.seen(`One refill, three signals, one new cycle: ${since} notices, then silence`, client.workflow);
}

/** Waits for some checks after which nobody was notified. */
async function silence(
  client: StoryClient,
  timeline: Timeline,
  { periodMs }: StoryTimes,
  checks: number,
): Promise<void> {
  const before = (await client.notices()).length;
  const since = Date.now();
  await until(
    `${checks} more checks`,
    (patience + checks) * periodMs,
    async () => Date.parse((await client.status())?.lastCheckAt ?? '') > since + (checks - 1) * periodMs,
    () => describe(client),
  );
  const more = (await client.notices()).length - before;
  if (more > 0)
    throw new StoryDifference(
      `expected silence over ${checks} checks, found ${more} more notices to ${client.name}`,
    );
  timeline.seen(`${checks} more checks, still low, and nobody is notified`);
}

async function expectTold(client: StoryClient, expected: Readonly<Record<string, number>>): Promise<void> {
  for (const [rule, count] of Object.entries(expected)) {
    const found = await told(client, rule as RuleKey);
    if (found !== count)
      throw new StoryDifference(
        `expected ${count} notices of rule ${rule} to ${client.name}, found ${found}`,
      );
  }
}

async function told(client: StoryClient, rule: RuleKey): Promise<number> {
  // Two notices of one check may name the same rule.
  return new Set(
    (await client.notices()).filter(({ rules }) => rules.includes(rule)).map(({ checkAt }) => checkAt),
  ).size;
}

async function counts(client: StoryClient): Promise<Readonly<Record<string, number>>> {
  const rules = (await client.status())?.rules ?? {};
  return Object.fromEntries(Object.entries(rules).map(([rule, { count }]) => [rule, count]));
}

async function all(clients: readonly StoryClient[], state: string): Promise<boolean> {
  const states = await Promise.all(clients.map(async (client) => (await client.status())?.state));
  return states.every((each) => each === state);
}

async function describe(...clients: readonly StoryClient[]): Promise<string> {
  const all = await Promise.all(
    clients.map(
      async (client) => `${client.name}: ${JSON.stringify((await client.status()) ?? 'not watched')}`,
    ),
  );
  return all.join('; ');
}

async function until(
  what: string,
  patienceMs: number,
  holds: () => Promise<boolean>,
  found: () => Promise<string>,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new StoryDifference(
        `expected within ${Math.round(patienceMs / 1_000)} s: ${what}; found ${await found()}`,
      );
    }
    await sleep(200);
  }
}
