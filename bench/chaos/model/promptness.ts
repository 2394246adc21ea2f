import { rowsSince, starvedMs, lookHinderedMs } from './ask-truth.js';
import { atOnceMs } from './punctuality.js';
import { isSending, reasonsFor, type CheckSeen } from './reasons.js';
import type { LostTasks } from './lost-tasks.js';
import type { Truth } from './truth.js';
import type { Tally } from './verdict.js';

/**
 * Rule 18: under a profile with `checkEvery` a client hears within that time of what makes its rules send. Judged where a check sends:
 * since when would an earlier one have sent?
 */
export class Promptness {
  private before: number | undefined;

  constructor(
    private readonly clientId: string,
    private readonly truth: Truth,
    private readonly lostTasks: LostTasks,
    private readonly tally: Tally,
    private readonly violation: (at: number, what: string) => void,
  ) {}

  startAfresh(at: number): void {
    this.before = at;
  }

  /** Notices of the last check were on their way until then. */
  countFrom(at: number): void {
    this.before = at;
  }

  checked(from: number, at: number, seen: CheckSeen & { readonly sends: boolean }): void {
    const { before } = this;
    this.before = at;
    const { checkEveryMs } = seen.profile;
    if (checkEveryMs === undefined || before === undefined || !seen.sends) return;
    const since = this.sendsSince(before, from, seen);
    const afterMs = from - since;
    this.tally.prompt += 1;
    const allowedMs =
      checkEveryMs + atOnceMs + starvedMs(this.truth, since, from) + this.lostTasks.excusedMs(since, from);
    if (afterMs > allowedMs + lookHinderedMs(this.truth, since, from))
      this.violation(
        at,
        `was told ${(afterMs / 1_000).toFixed(1)} s after it would have been, and is looked at each ${checkEveryMs / 1_000} s`,
      );
  }

  /** From when on all that the client was until the check would have sent. */
  private sendsSince(before: number, from: number, seen: CheckSeen): number {
    const { truth, clientId } = this;
    const { profile, memory } = seen;
    const told = profile.rules.map((rule) => (memory.toldFor(rule) ?? -Infinity) + profile.periodMs);
    const refills = truth.refills.get(clientId) ?? [];
    const edits = [...truth.profiles.values()].flatMap((versions) => [...versions.values()]);
    const holds = [...truth.holds.map(({ released }) => released), ...truth.brakes.map(({ off }) => off)];
    const moves = (truth.profilesOf.get(clientId) ?? []).map((each) => each.until);
    const events = [
      ...told,
      ...refills,
      ...moves,
      ...[...edits, ...holds].map((each) => each?.until ?? -Infinity),
    ];
    const least = Math.max(before, ...events.filter((at) => at <= from));
    let since = from;
    for (const { value: row, until } of rowsSince(truth, clientId, least, from).toReversed()) {
      const began = Math.max(least, until);
      const reading = { ...seen, row, standsFor: from, open: seen.open, held: [false] };
      if (!profile.rules.some((rule) => reasonsFor(rule, reading).every(isSending))) break;
      since = Math.min(since, began);
    }
    return since;
  }
}
