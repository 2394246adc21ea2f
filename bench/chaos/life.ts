import { setTimeout as sleep } from 'node:timers/promises';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { checkNowUpdate, refillSignal, type RefillMessage } from '../../workflows/messages.js';
import type { watchClient } from '../../workflows/watch-client.js';
import { Fleet } from './fleet.js';
import { timed, type Truth } from './model/truth.js';
import type { ProfileEdits } from './profile-edits.js';
import type { Random } from './random.js';
import type { Servers } from './servers.js';
import { tolerant } from './tolerant.js';

/** What happens to clients and profiles whatever the servers do: charges, refills, suspensions, closings, edits. */
export class Life {
  private readonly fleet: Fleet;
  /** Refill signals that are to come later, or again. */
  private readonly later: { at: number; send: () => Promise<unknown> }[] = [];
  private refillCount = 0;
  private over = false;

  constructor(
    private readonly servers: Servers,
    private readonly truth: Truth,
    private readonly ids: readonly string[],
    private readonly profiles: ProfileEdits,
    private readonly random: Random,
  ) {
    this.fleet = new Fleet(servers, truth, ids);
  }

  async prepare(): Promise<void> {
    await this.profiles.prepare();
    await this.fleet.prepare(this.profiles.ids, (id) => this.profiles.zoneOf(id), this.random);
  }

  /** Lets `live` end. */
  end(): void {
    this.over = true;
  }

  /** Sends the refills that were to come later, when `live` has ended. */
  async sendDelayedRefills(): Promise<void> {
    for (const { send } of this.later) await tolerant(send);
  }

  /** Until it is over. */
  async live(): Promise<void> {
    const { random } = this;
    while (!this.over) {
      await tolerant(() => this.happen(random.pick(this.ids), random.next()));
      for (const due of this.later.filter(({ at }) => at <= Date.now())) {
        this.later.splice(this.later.indexOf(due), 1);
        await tolerant(due.send);
      }
      await sleep(random.between(5, 40));
    }
  }

  private async happen(clientId: string, dice: number): Promise<void> {
    const { random, fleet } = this;
    // Not for long, so that most of the clients hear something.
    if (fleet.rowOf(clientId).suspended && random.next() < 0.2)
      return await fleet.change(clientId, (was) => ({ ...was, suspended: false }));
    if (dice < 0.56)
      await fleet.change(clientId, (was) => ({ ...was, cents: was.cents - random.between(0, 2_500) }));
    else if (dice < 0.89) await this.refill(clientId);
    else if (dice < 0.93) await fleet.change(clientId, (was) => ({ ...was, ...fleet.facts(random) }));
    else if (dice < 0.95) this.checkNow(clientId);
    else if (dice < 0.97) await fleet.change(clientId, (was) => ({ ...was, suspended: true }));
    else if (dice < 0.975) await fleet.close(clientId);
    else if (dice < 0.985) await this.profiles.edit();
    else if (dice < 0.988) await fleet.move(clientId, random.pick(this.profiles.ids));
    else if (dice < 0.995) await this.stopWorkflow(clientId);
  }

  private async refill(clientId: string): Promise<void> {
    const { random } = this;
    const at = Date.now();
    this.truth.refills.get(clientId)!.push(at);
    // Most are small, so that clients stay low; some make those well that are low.
    const isLarge = this.fleet.rowOf(clientId).cents < 4_000 && random.next() < 0.35;
    const lastRefillCents = isLarge ? random.between(6_000, 14_000) : random.between(100, 2_000);
    await this.fleet.change(
      clientId,
      (was) => ({ ...was, cents: was.cents + lastRefillCents, lastRefillCents }),
      at,
    );
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

  /** Somebody stops a workflow (rule 25): reconciliation starts another one, if no refill does it sooner. */
  private async stopWorkflow(clientId: string): Promise<void> {
    const handle = this.servers.client().workflow.getHandle(watchWorkflowId(clientId));
    const stop = this.random.next() < 0.6 ? () => handle.terminate('chaos') : () => handle.cancel();
    // An answer that is lost says nothing; nor does it where nothing runs.
    const { from, until } = await timed(() => tolerant(stop));
    this.truth.stops.push({ clientId, from, until });
  }

  /** An operator asks for a check (rule 17), and does not wait for it. */
  private checkNow(clientId: string): void {
    const handle = this.servers.client().workflow.getHandle(watchWorkflowId(clientId));
    // Nobody answers where its workflow ended, or a server is away.
    handle.executeUpdate(checkNowUpdate).catch(() => {});
  }
}
