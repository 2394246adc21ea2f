import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Counted } from '../activities/parts.js';
import type { Channel, Channels, SenderHealth } from '../delivery/channel.js';
import type { EndingsState } from '../store/endings.js';
import type { Fleet } from '../store/watched-clients.js';
import type { Looks } from './looks.js';
import type { Reconciliation } from './reconciliation.js';

export interface MetricsOptions {
  /** Counts the watched clients in MySQL. Every worker reports the same: take the maximum over workers. */
  readonly fleet: () => Promise<Fleet>;
  /** How sending goes, sender by sender. */
  readonly senders: () => readonly Sender[];
  /** Where Temporal's SDK serves its own metrics; absent: left out. */
  readonly sdkUrl?: string | undefined;
  readonly buildId: string;
  /** How reconciliation goes, as it was found last. */
  readonly reconciliation: () => Reconciliation | undefined;
  /** How looks go, as they were found last. */
  readonly looks: () => Looks | undefined;
  /** The clients that are missing in the billing data, and whether their ends are held. */
  readonly endings: () => Promise<EndingsState>;
  readonly onError: (error: unknown) => void;
}

/** A sender of a channel. */
export interface Sender extends SenderHealth {
  readonly channel: string;
}

export function sendersOf(channels: Channels): readonly Sender[] {
  return Object.entries<Channel>({ ...channels }).flatMap(([name, channel]) =>
    (channel.health?.() ?? []).map((each) => ({ ...each, channel: name })),
  );
}

export interface Metrics {
  readonly count: (what: Counted) => void;
  /** Ours and the SDK's, in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Counting the fleet reads every row of watched clients: not at every scrape. */
const fleetEveryMs = 15_000;
const sdkTimeoutMs = 2_000;

/** How late a check may come, seconds: from the usual half second to a day. */
const lagBuckets = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];

/** What Prometheus scrapes of a worker. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const checks = new Counter({
    name: 'low_balance_checks_total',
    help: 'Checks of clients by result: checked, ended, unreadable (waits for the next check), retried.',
    labelNames: ['result'],
    registers,
  });
  const lag = new Histogram({
    name: 'low_balance_check_lag_seconds',
    help: 'How long after its planned instant a check came.',
    buckets: lagBuckets,
    registers,
  });
  const notices = new Counter({
    name: 'low_balance_notices_total',
    help: 'Notices by what became of an attempt to send them: accepted, failed (for good), retried.',
    labelNames: ['result'],
    registers,
  });
  const reconciled = new Counter({
    name: 'low_balance_reconciled_clients_total',
    help: 'Clients that reconciliation started to watch, woke, or passed over because they cannot be watched.',
    labelNames: ['action'],
    registers,
  });
  const looked = new Counter({
    name: 'low_balance_looked_clients_total',
    help: 'Clients of looks at the fleet: examined, considered (may send), woken.',
    labelNames: ['action'],
    registers,
  });
  new Gauge({
    name: 'low_balance_build_info',
    help: 'Always 1; the label says which build runs.',
    labelNames: ['build_id'],
    registers,
  }).set({ build_id: options.buildId }, 1);
  const reports = new Counter({
    name: 'low_balance_delivery_reports_total',
    help: 'Reports of providers of what became of messages: received, passed-over (cannot be used), unstorable.',
    labelNames: ['result'],
    registers,
  });
  addFleet(registers, options);
  addSenders(registers, options);
  addReconciliation(registers, options);
  addLooks(registers, options);
  addEndings(registers, options);
  return {
    contentType: registry.contentType,
    count(counted) {
      switch (counted.what) {
        case 'check':
          checks.inc({ result: counted.result });
          if (counted.lagMs !== undefined) lag.observe(counted.lagMs / 1_000);
          break;
        case 'notice':
          notices.inc({ result: counted.result });
          break;
        case 'report':
          reports.inc({ result: counted.result }, counted.count);
          break;
        case 'reconciled':
          reconciled.inc({ action: 'started' }, counted.started);
          reconciled.inc({ action: 'woken' }, counted.woken);
          reconciled.inc({ action: 'passed-over' }, counted.passedOver);
          break;
        case 'look':
          looked.inc({ action: 'examined' }, counted.examined);
          looked.inc({ action: 'considered' }, counted.considered);
          looked.inc({ action: 'woken' }, counted.woken);
      }
    },
    async text() {
      const [own, sdk] = await Promise.all([registry.metrics(), sdkMetrics(options)]);
      return `${own}\n${sdk}`;
    },
  };
}

/** Whether messages are accepted, whatever the cause where they are not. */
function addSenders(registers: Registry[], { senders }: MetricsOptions): void {
  const labelNames = ['channel', 'sender'] as const;
  const gauges = [
    {
      name: 'low_balance_sender_failing_seconds',
      help: 'For how long every attempt of this worker to send has failed; 0 where the last one did not.',
      value: ({ failingForMs }: Sender) => failingForMs / 1_000,
    },
    {
      name: 'low_balance_sender_held',
      help: '1 while messages are held back, because the receiver refuses us or asks for a pause: only probes are sent.',
      value: ({ held }: Sender) => Number(held),
    },
    {
      name: 'low_balance_sender_alarm',
      help: '1 from an alarm until a message is accepted again.',
      value: ({ alarmed }: Sender) => Number(alarmed),
    },
  ];
  for (const { name, help, value } of gauges) {
    const gauge: Gauge<'channel' | 'sender'> = new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        for (const each of senders()) gauge.set({ channel: each.channel, sender: each.sender }, value(each));
      },
    });
  }
}

function addEndings(registers: Registry[], { endings, onError }: MetricsOptions): void {
  const gauge = (name: string, help: string, valueOf: (state: EndingsState) => number) =>
    new Gauge({
      name,
      help: `${help} The same from every worker.`,
      registers,
      async collect() {
        try {
          this.set(valueOf(await endings()));
        } catch (error) {
          this.remove();
          onError(error);
        }
      },
    });
  gauge(
    'low_balance_missing_clients',
    'Watched clients that have no profile any more, or are not found: nothing is sent, and they end after an hour.',
    ({ lost }) => lost.missing,
  );
  gauge(
    'low_balance_endings_held',
    '1 while so many clients are missing at once that none of them ends: the log and doctor say more.',
    ({ held }) => (held === undefined ? 0 : 1),
  );
}

function addReconciliation(registers: Registry[], { reconciliation }: MetricsOptions): void {
  const gauge = (name: string, help: string, valueOf: (found: Reconciliation) => number | undefined) =>
    new Gauge({
      name,
      help: `${help} The same from every worker.`,
      registers,
      collect() {
        const found = reconciliation();
        const value = found && valueOf(found);
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  gauge(
    'low_balance_reconciliation_problem',
    'Whether something is wrong with reconciliation: the log, /ready and doctor say what.',
    ({ problem }) => (problem === undefined ? 0 : 1),
  );
  gauge(
    'low_balance_reconciliation_age_seconds',
    'Since when the last reconciliation that was completed began; absent where none is known.',
    ({ completedAt }) => (completedAt === undefined ? undefined : (Date.now() - completedAt) / 1_000),
  );
  gauge(
    'low_balance_reconciliation_running_seconds',
    'For how long the present reconciliation goes on; 0 where none does.',
    ({ runningSince }) => (runningSince === undefined ? 0 : (Date.now() - runningSince) / 1_000),
  );
  gauge(
    'low_balance_reconciliation_passed_over_clients',
    'Clients that the last reconciliation could not watch, at most 20.',
    ({ passedOver }) => passedOver.length,
  );
}

function addLooks(registers: Registry[], { looks }: MetricsOptions): void {
  const gauge = (name: string, help: string, valueOf: (found: Looks) => number | undefined) =>
    new Gauge({
      name,
      help: `${help} The same from every worker.`,
      registers,
      collect() {
        const found = looks();
        const value = found && valueOf(found);
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  gauge(
    'low_balance_look_problem',
    'Whether something is wrong with looks, such as one that takes longer than its interval: the log and doctor say what.',
    ({ problem }) => (problem === undefined ? 0 : 1),
  );
  gauge(
    'low_balance_look_interval_seconds',
    'How often the fleet is looked at, the smallest checkEvery; absent where no profile says one.',
    ({ everyMs }) => (everyMs === undefined ? undefined : everyMs / 1_000),
  );
  gauge(
    'low_balance_look_duration_seconds',
    'How long the last look that was completed took; absent where none is known.',
    ({ completed }) => (completed === undefined ? undefined : completed.tookMs / 1_000),
  );
  gauge(
    'low_balance_look_running_seconds',
    'For how long the present look goes on; 0 where none does.',
    ({ runningSince }) => (runningSince === undefined ? 0 : (Date.now() - runningSince) / 1_000),
  );
}

function addFleet(registers: Registry[], { fleet, onError }: MetricsOptions): void {
  const clients = new Gauge({
    name: 'low_balance_clients',
    help: 'Watched clients by state, as of their last check. The same from every worker.',
    labelNames: ['state'],
    registers,
    collect: () => refresh(),
  });
  const overdue = new Gauge({
    name: 'low_balance_overdue_clients',
    help: 'Watched clients whose check is more than a minute late. The same from every worker.',
    registers,
    collect: () => refresh(),
  });
  const oldest = new Gauge({
    name: 'low_balance_overdue_lag_seconds',
    help: 'By how much the most overdue check is late; 0 when none is. The same from every worker.',
    registers,
    collect: () => refresh(),
  });
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> = Promise.resolve();
  /** One reading for all three: each waits for it, or the first scrape would show figures of before. */
  function refresh(): Promise<void> {
    if (performance.now() - readAt >= fleetEveryMs) {
      readAt = performance.now();
      reading = read();
    }
    return reading;
  }
  async function read(): Promise<void> {
    try {
      const found = await fleet();
      clients.reset();
      for (const [state, count] of Object.entries(found.states)) clients.set({ state }, count);
      overdue.set(found.overdue);
      oldest.set(found.mostOverdueMs / 1_000);
    } catch (error) {
      // No figure is better than one of before.
      for (const gauge of [clients, overdue, oldest]) gauge.reset();
      onError(error);
    }
  }
}

/** The SDK counts natively and serves by itself: reading that costs a scrape, and no work a task. */
async function sdkMetrics({ sdkUrl, onError }: MetricsOptions): Promise<string> {
  if (sdkUrl === undefined) return '';
  try {
    const response = await fetch(sdkUrl, { signal: AbortSignal.timeout(sdkTimeoutMs) });
    return await response.text();
  } catch (error) {
    onError(error);
    return '';
  }
}
