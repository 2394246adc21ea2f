import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { assertNever } from '../../domain/assert-never.js';
import type { WorkerCommand } from '../../dev/trial/worker-command.js';
import type { Random } from './random.js';
import type { Servers } from './servers.js';
import { tolerant } from './tolerant.js';
import { timed, type FaultKind, type Truth } from './model/truth.js';

/** Longer than the heartbeat that an activity is given up without. */
const longestPauseMs = 24_000;
type ServerFault = Exclude<FaultKind, `mail-${string}` | `webhook-${string}`>;

/** Which is due at the how-manieth of so many faults. */
const serverFaults: readonly {
  readonly kind: ServerFault;
  readonly every: number;
  readonly at: number;
}[] = [
  { kind: 'temporal-restarted', every: 130, at: 65 },
  { kind: 'mysql-restarted', every: 90, at: 45 },
  { kind: 'worker-paused', every: 40, at: 22 },
  { kind: 'worker-killed', every: 25, at: 12 },
  { kind: 'mysql-cut', every: 10, at: 5 },
];

/** The latest answer of the mail provider, and a pause that it asks for. */
const longestEffectMs = 7_000;

/** One client of so many is checked between two faults of servers, at least. */
const checkedBetween = 4;

/** What is done to the servers and the two workers, one of them with a clock that is late. */
export class Faults {
  private readonly workers: WorkerCommand[] = [];
  private readonly pauses = new Set<Promise<void>>();
  /** Kinds of faults of servers that are still to come. */
  private readonly due = new Set<ServerFault>();
  /** When the last fault of a server was over. */
  private lastOverAt = 0;
  /** Faults of mails that were not sent yet: of which client, and where among all faults. */
  private readonly waiting = new Map<string, number>();
  private over = false;

  constructor(
    private readonly servers: Servers,
    private readonly truth: Truth,
    private readonly ids: readonly string[],
    private readonly random: Random,
  ) {}

  async startWorkers(): Promise<void> {
    this.workers.push(await this.startWorker(0), await this.startWorker(-4_000));
    await Promise.all(this.workers.map((worker) => worker.started()));
  }

  /** Until no worker is paused any more. */
  async untilAllGoOn(): Promise<void> {
    await Promise.all(this.pauses);
  }

  /** A worker that ends is not started again from now on. */
  end(): void {
    this.over = true;
  }

  /** The `done`-th. A fault of servers waits until the service has worked since they failed last. */
  async injectOne(done: number): Promise<void> {
    for (const { every, at, kind } of serverFaults) if (done % every === at) this.due.add(kind);
    // What has waited longest.
    const [next] = this.due;
    if (next === undefined || !(await this.works())) return await this.channelFault();
    this.due.delete(next);
    await this.serverFault(next);
  }

  /** A part of the clients was checked since. By the clock alone, nobody would come to work on a slow machine. */
  private async works(): Promise<boolean> {
    const counted = `SELECT COUNT(*) AS watched, SUM(seen_at > ?) AS checked FROM low_balance_watched_client WHERE ended_at IS NULL`;
    try {
      const [row] = await this.servers
        .database()
        .query<{ watched: string; checked: string | null }[]>(counted, [this.lastOverAt]);
      return Number(row!.checked) * checkedBetween >= Number(row!.watched);
    } catch {
      return false;
    }
  }

  private async serverFault(kind: ServerFault): Promise<void> {
    const { random, servers } = this;
    switch (kind) {
      case 'mysql-restarted':
        if (servers.restarts.mysql) await this.fault(kind, () => servers.restartMysql());
        return;
      case 'temporal-restarted':
        if (servers.restarts.temporal) await this.fault(kind, () => servers.restartTemporal());
        return;
      case 'worker-killed':
        return await this.killWorker(random.between(0, 1));
      case 'worker-paused':
        return this.pauseWorker(random.between(0, 1));
      case 'mysql-cut':
        return await this.fault(kind, () => tolerant(() => servers.cutConnections()));
      default:
        assertNever(kind);
    }
  }

  private async fault(kind: FaultKind, inject: () => Promise<void>): Promise<void> {
    const { from, until } = await timed(inject);
    this.truth.faults.push({ kind, from, until });
    if (kind !== 'worker-paused') this.lastOverAt = until;
  }

  private async killWorker(index: number): Promise<void> {
    await this.fault('worker-killed', async () => {
      await this.workers[index]!.kill('SIGKILL');
      await sleep(this.random.between(0, 2_000));
      this.workers[index] = await this.startWorker(index === 1 ? -4_000 : 0);
    });
  }

  /**
   * As a machine that swaps, or is moved to another host: the worker does nothing for a while, others take over, and then it
   * goes on with what it had begun. Meanwhile other faults come.
   */
  private pauseWorker(index: number): void {
    const worker = this.workers[index]!;
    const pause = this.fault('worker-paused', async () => {
      worker.child.kill('SIGSTOP');
      await sleep(this.random.between(1_000, longestPauseMs));
      worker.child.kill('SIGCONT');
    });
    this.pauses.add(pause);
    void pause.finally(() => this.pauses.delete(pause));
  }

  /** A worker that cannot start while a server is away is started again, as systemd does it. */
  private async startWorker(clockMs: number): Promise<WorkerCommand> {
    const lateClock = fileURLToPath(new URL('./late-clock.js', import.meta.url));
    const worker = await this.servers.startWorker(
      clockMs === 0 ? {} : { NODE_OPTIONS: `--import=${lateClock}`, CHAOS_CLOCK_MS: String(clockMs) },
    );
    void this.startAgainWhenItFails(worker, clockMs);
    return worker;
  }

  private async startAgainWhenItFails(worker: WorkerCommand, clockMs: number): Promise<void> {
    const code = await worker.ended;
    if (code === null || this.over) return;
    await sleep(500);
    const index = this.workers.indexOf(worker);
    if (index >= 0) this.workers[index] = await this.startWorker(clockMs);
  }

  /** One mail of one client that is likely to be told soon, or one call of a webhook. */
  async channelFault(): Promise<void> {
    if (this.random.next() < 0.2) this.webhookFault();
    else await this.mailFault();
  }

  private likelyTold(ids: readonly string[]): string {
    const low = ids.filter((id) => {
      const { cents, suspended } = this.truth.rows.get(id)!.at(-1)!.value;
      const refilled = (this.truth.refills.get(id)!.at(-1) ?? 0) > Date.now() - 6_000;
      return cents < 8_000 && refilled && !suspended && !this.truth.closed.has(id);
    });
    return this.random.pick(low.length > 0 ? low : ids);
  }

  /** Known for certain where it hit. */
  private webhookFault(): void {
    const { random, truth } = this;
    const called = this.ids.filter((id) => {
      const versions = truth.profiles.get(truth.profilesOf.get(id)!.at(-1)!.value);
      return [...(versions?.values() ?? [])].at(-1)?.rules.some(({ webhooks }) => webhooks.length > 0);
    });
    if (called.length === 0) return;
    const clientId = this.likelyTold(called);
    const [kind, fault] = random.pick([
      ['webhook-refused', { status: 500 }],
      ['webhook-paused', { status: 429, headers: { 'Retry-After': '1' } }],
      ['webhook-cut-before', { cut: 'before-accept' }],
      ['webhook-answer-lost', { cut: 'after-accept' }],
      ['webhook-late', { delayMs: random.between(500, 6_000) }],
    ] as const);
    this.servers.receiver.fail({
      ...fault,
      clientId,
      onHit: (from, until) => void truth.faults.push({ kind, from, until, clientId }),
    });
  }

  private async mailFault(): Promise<void> {
    const { random } = this;
    // One for each client: several would fail all its mails.
    const free = this.ids.filter((id) => !this.waiting.has(id) && !this.truth.closed.has(id));
    if (free.length === 0) return;
    const clientId = this.likelyTold(free);
    const [kind, fault] = random.pick([
      ['mail-refused', { status: 500 }],
      ['mail-paused', { status: 429, headers: { 'Retry-After': '1' } }],
      ['mail-cut-before', { cut: 'before-accept' }],
      ['mail-answer-lost', { cut: 'after-accept' }],
      ['mail-late', { delayMs: random.between(500, 6_000) }],
    ] as const);
    const from = Date.now();
    await this.setFault({ ...fault, clientId, times: 1 });
    // It hits when the client is told next; until then it waits.
    const until = Number.POSITIVE_INFINITY;
    const count = this.truth.faults.push({ kind, from, until, clientId, hitsAll: kind === 'mail-paused' });
    this.waiting.set(clientId, count - 1);
  }

  private async setFault(fault: object): Promise<void> {
    const url = `${this.servers.mailbox.url}/test/faults`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(fault) });
    if (!response.ok) throw new Error(`the mailbox refused a fault: ${await response.text()}`);
  }

  /** Faults that hit somebody. Those of mails that did are over a little later. */
  async countHits(): Promise<number> {
    const response = await fetch(`${this.servers.mailbox.url}/test/faults`);
    const { faults } = (await response.json()) as {
      readonly faults: readonly { readonly clientId: string }[];
    };
    const waiting = new Set(faults.map(({ clientId }) => clientId));
    for (const [clientId, index] of this.waiting) {
      if (waiting.has(clientId)) continue;
      this.truth.faults[index] = { ...this.truth.faults[index]!, until: Date.now() + longestEffectMs };
      this.waiting.delete(clientId);
    }
    return this.truth.faults.length - this.waiting.size;
  }

  /** What hit nobody was not injected. */
  async forgetWaitingFaults(): Promise<void> {
    await this.countHits();
    for (const index of [...this.waiting.values()].sort((a, b) => b - a)) this.truth.faults.splice(index, 1);
    this.waiting.clear();
    await fetch(`${this.servers.mailbox.url}/test/faults`, { method: 'DELETE' });
  }
}
