import { refillSignal, type RefillMessage } from '../../workflows/messages.js';
import type { watchClient } from '../../workflows/watch-client.js';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadForSync } from '../../planning/load-for-sync.js';
import { makePlan } from '../../planning/make-plan.js';
import { applyPlan } from '../../planning/sync.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { reconcileNow } from '../../worker/setup.js';
import type { Random } from './random.js';
import type { Servers } from './servers.js';
import { timed, type Balance, type ProfileTruth, type ProfileVersion, type Truth } from './truth.js';
import { tolerant } from './tolerant.js';

const profileCount = 4;

/** What happens to clients and profiles whatever the servers do: charges, refills, suspensions, closings, edits. */
export class Life {
  private readonly profiles = new Map<string, ProfileTruth>();
  /** Refill signals that are to come later, or again. */
  private readonly later: { at: number; send: () => Promise<unknown> }[] = [];
  private refillCount = 0;
  private over = false;

  constructor(
    private readonly servers: Servers,
    private readonly truth: Truth,
    private readonly ids: readonly string[],
    private readonly random: Random,
  ) {}

  async prepare(): Promise<void> {
    const { random } = this;
    const database = this.servers.database();
    await database.query("INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'manager@acme.example')");
    for (let i = 0; i < profileCount; i += 1) {
      this.profiles.set(`acme/p-${i}`, {
        periodMs: this.periodMs(),
        maxQty: random.between(1, 4),
        clientCents: 5_000,
        userCents: 8_000,
      });
    }
    await this.sync(Date.now());
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

  /** Files → plan → MySQL, as `low-balance sync` does it. `from`: when it was first tried. */
  private async sync(from: number): Promise<void> {
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
      resellerFiles: folder.resellerFiles,
      policy: folder.policy,
      expectedHash: planned.plan.hash,
      author: null,
      sourceCommit: null,
      now: Date.now(),
      lockWaitMs: 5_000,
    });
    const until = Date.now();
    const rows = await database.query<{ id: string; version: number }[]>(
      'SELECT id, version FROM low_balance_profile',
    );
    for (const { id, version } of rows) {
      const versions = this.truth.profiles.get(id) ?? new Map<number, ProfileVersion>();
      if (!versions.has(version)) versions.set(version, { ...this.profiles.get(id)!, from, until });
      this.truth.profiles.set(id, versions);
    }
  }

  /** Short, so that much happens; now and then long enough for several attempts to tell. */
  private periodMs(): number {
    const { random } = this;
    return (random.next() < 0.3 ? random.between(12, 18) : random.between(3, 8)) * 1_000;
  }

  /** Lets `live` end. */
  end(): void {
    this.over = true;
  }

  /** Sends the refills that were to come later, when `live` has ended. */
  async sendDelayedRefills(): Promise<void> {
    for (const { send } of this.later) await tolerant(send);
  }

  /** Charges, refills, suspensions and edits, until it is over. */
  async live(): Promise<void> {
    const { random } = this;
    while (!this.over) {
      const clientId = random.pick(this.ids);
      const dice = random.next();
      await tolerant(async () => {
        if (dice < 0.62)
          await this.change(clientId, (was) => ({ ...was, cents: was.cents - random.between(0, 2_500) }));
        else if (dice < 0.94) await this.refill(clientId);
        else if (dice < 0.97) await this.change(clientId, (was) => ({ ...was, suspended: !was.suspended }));
        else if (dice < 0.975) await this.close(clientId);
        else if (dice < 0.985) await this.edit();
      });
      for (const due of this.later.filter(({ at }) => at <= Date.now())) {
        this.later.splice(this.later.indexOf(due), 1);
        await tolerant(due.send);
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
    const { random } = this;
    const at = Date.now();
    this.truth.refills.get(clientId)!.push(at);
    await this.change(clientId, (was) => ({ ...was, cents: was.cents + random.between(100, 3_000) }), at);
    this.refillCount += 1;
    const message = { refillId: `r-${this.refillCount}`, at: new Date(at).toISOString() };
    const send = () =>
      this.servers.client().workflow.signalWithStart<typeof watchClient, [RefillMessage]>('watchClient', {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId }],
        signal: refillSignal,
        signalArgs: [message],
      });
    if (this.truth.closed.has(clientId)) return;
    const fate = random.next();
    // Lost, delayed (and so reordered), sent and later again, sent twice, or as it should be.
    if (fate < 0.3) return;
    if (fate < 0.55) this.later.push({ at: at + random.between(500, 9_000), send });
    if (fate >= 0.4) await send();
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
    const { random } = this;
    const id = random.pick([...this.profiles.keys()]);
    this.profiles.set(id, {
      periodMs: this.periodMs(),
      maxQty: random.between(1, 4),
      clientCents: random.between(30, 60) * 100,
      userCents: random.between(61, 90) * 100,
    });
    const from = Date.now();
    // Tried until it is known what became of it: an answer may be lost after MySQL took it.
    await this.insist(() => this.sync(from));
    await reconcileNow(this.servers.client());
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
