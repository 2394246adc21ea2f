import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Counted } from '../activities/parts.js';
import type { Channel, Channels, SenderHealth } from '../delivery/channel.js';
import { addFleetMetrics, type FleetMetricsOptions } from './fleet-metrics.js';

export interface MetricsOptions extends FleetMetricsOptions {
  /** How sending goes, sender by sender. */
  readonly senders: () => readonly Sender[];
  /** Where Temporal's SDK serves its own metrics; absent: left out. */
  readonly sdkUrl?: string | undefined;
  readonly buildId: string;
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
  addSenders(registers, options);
  addFleetMetrics(registers, options);
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
