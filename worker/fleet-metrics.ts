import { Gauge, type Registry } from 'prom-client';
import type { EndingsState } from '../store/endings.js';
import type { Fleet } from '../store/watched-row.js';
import type { Looks } from './looks.js';
import type { Reconciliation } from './reconciliation.js';

export interface FleetMetricsOptions {
  /** Counts the watched clients in MySQL. Every worker reports the same: take the maximum over workers. */
  readonly fleet: () => Promise<Fleet>;
  /** How reconciliation goes, as it was found last. */
  readonly reconciliation: () => Reconciliation | undefined;
  /** How looks go, as they were found last. */
  readonly looks: () => Looks | undefined;
  /** The clients that are missing in the billing data, and whether their ends are held. */
  readonly endings: () => Promise<EndingsState>;
  readonly onError: (error: unknown) => void;
}

/** Counting the fleet reads every row of watched clients: not at every scrape. */
const fleetEveryMs = 15_000;

/** What is known of the whole fleet: every worker reports the same. */
export function addFleetMetrics(registers: Registry[], options: FleetMetricsOptions): void {
  addFleet(registers, options);
  addReconciliation(registers, options);
  addLooks(registers, options);
  addEndings(registers, options);
}

function addEndings(registers: Registry[], { endings, onError }: FleetMetricsOptions): void {
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

function addReconciliation(registers: Registry[], { reconciliation }: FleetMetricsOptions): void {
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

function addLooks(registers: Registry[], { looks }: FleetMetricsOptions): void {
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

function addFleet(registers: Registry[], { fleet, onError }: FleetMetricsOptions): void {
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
