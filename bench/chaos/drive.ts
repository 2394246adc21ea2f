import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadForSync } from '../../cli/load-for-sync.js';
import { makePlan } from '../../cli/make-plan.js';
import { applyPlan } from '../../store/sync.js';
import type { WorkerCommand } from '../../test/worker/worker-command.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { reconcileNow } from '../../worker/setup.js';
import type { Random } from './random.js';
import type { Servers } from './servers.js';
import { emptyTruth, timed, type Balance, type FaultKind, type ProfileTruth, type Truth } from './truth.js';

export interface DriveOptions {
  readonly clients: number;
  /** The run goes on until so many were injected. */
  readonly faults: number;
  readonly random: Random;
}

const profileCount = 4;
/** What failed until the last fault is tried again within a minute; then every client is checked once more. */
const settledWithinMs = 120_000;

/** Lets random things happen to clients, profiles and servers, and answers what was. */
export async function drive(servers: Servers, options: DriveOptions): Promise<Truth> {
  return await new Drive(servers, options).run();
}

class Drive {
  private readonly truth = emptyTruth();
  private readonly ids: readonly string[];
  private readonly workers: WorkerCommand[] = [];
  private readonly profiles = new Map<string, ProfileTruth>();
  /** Refill signals that are to come later, or again. */
  private readonly later: { at: number; send: () => Promise<unknown> }[] = [];
  private refillCount = 0;
  private over = false;

  constructor(
    private readonly servers: Servers,
    private readonly options: DriveOptions,
  ) {
    this.ids = Array.from({ length: options.clients }, (_, i) => `C-${String(i).padStart(4, '0')}`);
  }

  async run(): Promise<Truth> {
    await this.prepare();
    this.workers.push(await this.startWorker(0), await this.startWorker(-4_000));
    await Promise.all(this.workers.map((worker) => worker.started()));
    await reconcileNow(this.servers.client());
    await this.untilAllWatched();
    const life = this.live();
    let waiting = 0;
    for (let done = 0; this.truth.faults.length - waiting < this.options.faults; done += 1) {
      await this.injectOne(done);
      const injected = this.truth.faults.length - waiting;
      if (done % 10 === 0 || injected >= this.options.faults) waiting = (await this.waitingFaults()).length;
      if (done % 50 === 0) process.stderr.write(`${injected} of ${this.options.faults} faults\n`);
      await sleep(this.options.random.between(20, 180));
    }
    this.over = true;
    await life;
    await this.forgetWaitingFaults();
    for (const { send } of this.later) await this.tolerant(send);
    await this.untilAllSettled();
    return this.truth;
  }

  // The billing system and the profiles

  private async prepare(): Promise<void> {
    const { random } = this.options;
    const database = this.servers.database();
    await database.query("INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'manager@acme.example')");
    for (let i = 0; i < profileCount; i += 1) {
      this.profiles.set(`acme/p-${i}`, {
        periodMs: random.between(4, 7) * 1_000,
        maxQty: random.between(1, 4),
        clientCents: 5_000,
        userCents: 8_000,
      });
    }
    await this.sync();
    const rows = this.ids.map((id, i) => {
      const profile = `acme/p-${i % profileCount}`;
      const cents = random.between(2_000, 12_000);
      this.truth.profileOf.set(id, profile);
      this.truth.refills.set(id, []);
      const now = Date.now();
      this.truth.balances.set(id, [{ value: { cents, suspended: false }, from: now - 60_000, until: now }]);
      return [
        id,
        id,
        'acme',
        profile,
        'USD',
        cents / 100,
        `billing@${id.toLowerCase()}.example`,
        '2020-01-01',
      ];
    });
    await database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, billing_email, created_at) VALUES ?`,
      [rows],
    );
  }

  /** Files → plan → MySQL, as `low-balance sync` does it. */
  private async sync(): Promise<void> {
    for (const [id, profile] of this.profiles) {
      const file = path.join(this.servers.folder, 'profiles', `${id}.json`);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(fileOf(id, profile), null, 2));
    }
    const database = this.servers.database();
    const folder = await loadForSync('profiles', this.servers.folder);
    const planned = await makePlan({ database, billing: database, folder, now: Date.now() });
    if (planned.kind === 'invalid') throw new Error(JSON.stringify(planned.problems));
    await applyPlan(database, {
      files: folder.files,
      policy: folder.policy,
      expectedHash: planned.plan.hash,
      author: null,
      sourceCommit: null,
      now: Date.now(),
      lockWaitMs: 5_000,
    });
    const rows = await database.query<{ id: string; version: number }[]>(
      'SELECT id, version FROM low_balance_profile',
    );
    for (const { id, version } of rows) {
      const versions = this.truth.profiles.get(id) ?? new Map<number, ProfileTruth>();
      this.truth.profiles.set(id, versions.set(version, this.profiles.get(id)!));
    }
  }

  /** Charges, refills, suspensions and edits, until it is over. */
  private async live(): Promise<void> {
    const { random } = this.options;
    while (!this.over) {
      const clientId = random.pick(this.ids);
      const dice = random.next();
      await this.tolerant(async () => {
        if (dice < 0.62)
          await this.change(clientId, (was) => ({ ...was, cents: was.cents - random.between(0, 2_500) }));
        else if (dice < 0.94) await this.refill(clientId);
        else if (dice < 0.97) await this.change(clientId, (was) => ({ ...was, suspended: !was.suspended }));
        else if (dice < 0.975) await this.close(clientId);
        else if (dice < 0.985) await this.edit();
      });
      for (const due of this.later.filter(({ at }) => at <= Date.now())) {
        this.later.splice(this.later.indexOf(due), 1);
        await this.tolerant(due.send);
      }
      await sleep(random.between(5, 40));
    }
  }

  private async change(
    clientId: string,
    next: (was: Balance) => Balance,
    refilledAt?: number,
  ): Promise<void> {
    const history = this.truth.balances.get(clientId)!;
    const value = next(history.at(-1)!.value);
    const write = () =>
      this.servers
        .database()
        .query(
          `UPDATE billing_client SET balance = ?, status = IF(status = 'closed', 'closed', ?), last_refill_at = IFNULL(?, last_refill_at) WHERE client_id = ?`,
          [
            (value.cents / 100).toFixed(2),
            value.suspended ? 'suspended' : 'active',
            refilledAt === undefined
              ? null
              : new Date(refilledAt).toISOString().slice(0, 23).replace('T', ' '),
            clientId,
          ],
        );
    const { from, until } = await timed(() => this.insist(write));
    history.push({ value, from, until });
  }

  /** The billing system does not give up: what was begun is written. */
  private async insist(write: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch {
        await sleep(100);
      }
    }
  }

  private async refill(clientId: string): Promise<void> {
    const { random } = this.options;
    const at = Date.now();
    this.truth.refills.get(clientId)!.push(at);
    await this.change(clientId, (was) => ({ ...was, cents: was.cents + random.between(100, 3_000) }), at);
    this.refillCount += 1;
    const message = { refillId: `r-${this.refillCount}`, at: new Date(at).toISOString() };
    const send = () =>
      this.servers.client().workflow.signalWithStart('watchClient', {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId }],
        signal: 'refill',
        signalArgs: [message],
      });
    if (this.truth.closed.has(clientId)) return;
    const fate = random.next();
    // Lost, delayed (and so reordered), duplicated, or as it should be.
    if (fate < 0.15) return;
    if (fate < 0.4) this.later.push({ at: at + random.between(500, 9_000), send });
    if (fate < 0.3 || fate >= 0.4) await send();
    if (fate >= 0.85) await send();
  }

  private async close(clientId: string): Promise<void> {
    this.truth.closed.add(clientId);
    await this.insist(() =>
      this.servers
        .database()
        .query("UPDATE billing_client SET status = 'closed' WHERE client_id = ?", [clientId]),
    );
  }

  private async edit(): Promise<void> {
    const { random } = this.options;
    const id = random.pick([...this.profiles.keys()]);
    this.profiles.set(id, {
      periodMs: random.between(3, 8) * 1_000,
      maxQty: random.between(1, 4),
      clientCents: random.between(30, 60) * 100,
      userCents: random.between(61, 90) * 100,
    });
    await this.sync();
    await reconcileNow(this.servers.client());
  }

  /** While a server is away, what is done to it is not done. */
  private async tolerant(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch {
      await sleep(50);
    }
  }

  // Faults

  private async injectOne(done: number): Promise<void> {
    const { random } = this.options;
    if (done % 90 === 45) return await this.fault('mysql-restarted', () => this.servers.restartMysql());
    if (done % 130 === 65)
      return await this.fault('temporal-restarted', () => this.servers.restartTemporal());
    if (done % 25 === 12) return await this.killWorker(random.between(0, 1));
    if (done % 10 === 5) {
      return await this.fault('mysql-cut', async () => {
        await this.tolerant(() => this.servers.cutConnections());
      });
    }
    await this.mailFault();
  }

  private async fault(kind: FaultKind, inject: () => Promise<void>): Promise<void> {
    const { from, until } = await timed(inject);
    this.truth.faults.push({ kind, from, until });
  }

  private async killWorker(index: number): Promise<void> {
    await this.fault('worker-killed', async () => {
      await this.workers[index]!.kill('SIGKILL');
      await sleep(this.options.random.between(0, 2_000));
      this.workers[index] = await this.startWorker(index === 1 ? -4_000 : 0);
    });
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

  /** One mail of one client that is likely to be told soon. */
  private async mailFault(): Promise<void> {
    const { random } = this.options;
    const low = this.ids.filter((id) => {
      const { cents, suspended } = this.truth.balances.get(id)!.at(-1)!.value;
      const refilled = (this.truth.refills.get(id)!.at(-1) ?? 0) > Date.now() - 6_000;
      return cents < 8_000 && refilled && !suspended && !this.truth.closed.has(id);
    });
    const clientId = random.pick(low.length > 0 ? low : this.ids);
    const [kind, fault] = random.pick([
      ['mail-refused', { status: 500 }],
      ['mail-refused', { status: 429, headers: { 'Retry-After': '1' } }],
      ['mail-cut-before', { cut: 'before-accept' }],
      ['mail-answer-lost', { cut: 'after-accept' }],
      ['mail-late', { delayMs: random.between(500, 6_000) }],
    ] as const);
    const from = Date.now();
    await this.setFault({ ...fault, clientId, times: 1 });
    // It hits when the client is told next; until then it waits.
    this.truth.faults.push({ kind, from, until: Number.POSITIVE_INFINITY, clientId });
  }

  private async setFault(fault: object): Promise<void> {
    const url = `${this.servers.mailbox.url}/test/faults`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(fault) });
    if (!response.ok) throw new Error(`the mailbox refused a fault: ${await response.text()}`);
  }

  /** Faults of mails that were not sent yet. */
  private async waitingFaults(): Promise<readonly { readonly clientId: string }[]> {
    const response = await fetch(`${this.servers.mailbox.url}/test/faults`);
    return ((await response.json()) as { faults: { clientId: string }[] }).faults;
  }

  /** What hit nobody was not injected. */
  private async forgetWaitingFaults(): Promise<void> {
    for (const { clientId } of await this.waitingFaults()) {
      const index = this.truth.faults.findLastIndex((fault) => fault.clientId === clientId);
      this.truth.faults.splice(index, 1);
    }
    await fetch(`${this.servers.mailbox.url}/test/faults`, { method: 'DELETE' });
  }

  /** Every client was checked since, or is watched no more. What is not by then, the model finds. */
  private async untilAllSettled(): Promise<void> {
    const since = Date.now() + 2_000;
    while (Date.now() < since + settledWithinMs) {
      const [row] = await this.servers
        .database()
        .query<{ n: string }[]>(
          'SELECT COUNT(*) AS n FROM low_balance_watched_client WHERE ended_at IS NULL AND seen_at < ?',
          [since],
        );
      if (Number(row?.n) === 0) return;
      await sleep(500);
    }
  }

  private async untilAllWatched(): Promise<void> {
    const until = Date.now() + 60_000;
    for (;;) {
      const [row] = await this.servers
        .database()
        .query<{ n: string }[]>(
          "SELECT COUNT(*) AS n FROM low_balance_watched_client WHERE state <> 'starting'",
        );
      if (Number(row?.n) === this.ids.length) return;
      if (Date.now() > until) throw new Error(`only ${row?.n} of ${this.ids.length} clients are watched`);
      await sleep(200);
    }
  }
}

function fileOf(id: string, { periodMs, maxQty, clientCents, userCents }: ProfileTruth): object {
  return {
    name: `Profile ${id}`,
    reseller: 'acme',
    currency: 'USD',
    sortOrder: 1,
    maxQty,
    period: `${periodMs / 1_000}s`,
    userNotification: { threshold: userCents / 100, notify: true },
    clientNotification: { threshold: clientCents / 100, notify: true },
  };
}
