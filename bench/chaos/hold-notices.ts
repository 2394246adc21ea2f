import { setTimeout as sleep } from 'node:timers/promises';
import { createHolds } from '../../store/holds.js';
import { insist } from './insist.js';
import { timed, type Truth } from './model/truth.js';
import type { Random } from './random.js';
import type { ProfileEdits } from './profile-edits.js';
import { brakeOf, type Servers } from './servers.js';

/** A worker heeds a hold that it did not read yet a moment later: so long nothing else is held. */
const betweenMs = 2_500;

/** An operator holds notices now and then, and the brake holds them for a while (rule 23); never both at once. */
export class HoldNotices {
  private over = false;

  constructor(
    private readonly servers: Servers,
    private readonly truth: Truth,
    private readonly profiles: ProfileEdits,
    private readonly random: Random,
  ) {}

  /** What is held is released first. */
  end(): void {
    this.over = true;
  }

  async live(): Promise<void> {
    const { random } = this;
    while (!this.over) {
      await this.wait(random.between(3_000, 8_000));
      if (this.over) return;
      if (random.next() < 0.6) await this.hold();
      else await this.brake();
      await this.wait(betweenMs);
    }
  }

  /** All notices, or those of a profile. */
  private async hold(): Promise<void> {
    const { random, truth, servers } = this;
    const ids = [...truth.profiles.keys()];
    const profileId = random.next() < 0.4 ? undefined : random.pick(ids);
    const scope =
      profileId === undefined ? ({ kind: 'all' } as const) : ({ kind: 'profile', profileId } as const);
    const byHand = () => ({ by: 'chaos', why: 'a random hold', at: Date.now() });
    const on = await timed(() => insist(() => createHolds(servers.database()).add(scope, null, byHand())));
    const held = { ...(profileId === undefined ? {} : { profileId }), on };
    truth.holds.push(held);
    await this.wait(random.between(2_000, 6_000));
    const released = await timed(() =>
      insist(() => createHolds(servers.database()).release(scope, byHand())),
    );
    truth.holds[truth.holds.length - 1] = { ...held, released };
  }

  /** By the policy a few clients may be told low, and no more; they are counted from now on. */
  private async brake(): Promise<void> {
    const { random, truth, servers, profiles } = this;
    const clients = random.between(1, 4);
    const on = await timed(async () => {
      const byHand = { by: 'chaos', why: 'a trial of the brake', at: Date.now() };
      await insist(() => brakeOf(servers.database()).release(Date.now(), byHand));
      await profiles.limitNotices(clients);
    });
    truth.brakes.push({ clients, on });
    await this.wait(random.between(4_000, 8_000));
    const off = await timed(() => profiles.limitNotices(undefined));
    truth.brakes[truth.brakes.length - 1] = { clients, on, off };
  }

  private async wait(ms: number): Promise<void> {
    for (const until = Date.now() + ms; Date.now() < until && !this.over;) await sleep(100);
  }
}
