import { awayMs, periodMsAt, profilesBetween, starvedMs } from './ask-truth.js';
import type { LostTasks } from './lost-tasks.js';
import type { Truth } from './truth.js';
import type { Tally } from './verdict.js';

/** A check's way to a worker and back while servers fail, and a notice that is given up for want of time. */
export const lateMs = 6_000;
/** "At once" (rules 7 and 18) and "in time" in the calm, on a machine that gives the CPU to whoever wants it. */
export const atOnceMs = 2_500;

/**
 * Whether the checks of one client come in time. Rule 11, and that nobody is forgotten: from one check to the next it is a
 * Period, and what servers were away. Rule 7: a client that was refilled while it was checked or told does not wait for that.
 */
export class Punctuality {
  lastCheckAt: number | undefined;
  /** What the last check saw. */
  private profile: { readonly id: string; readonly periodMs: number } | undefined;
  /** When the next check is to begin at the latest. */
  private dueBy: number | undefined;
  private recheckFrom: number | undefined;

  constructor(
    private readonly clientId: string,
    private readonly truth: Truth,
    private readonly lostTasks: LostTasks,
    private readonly tally: Tally,
    private readonly violation: (at: number, what: string) => void,
  ) {}

  startAfresh(at: number): void {
    this.lastCheckAt = at;
    this.dueBy = undefined;
    this.recheckFrom = undefined;
  }

  /** Rule 12: a shorter Period brings the next check nearer. */
  replanned(at: number): void {
    if (!this.profile || this.dueBy === undefined) return;
    const periodMs = periodMsAt(this.truth, this.profile.id, at) ?? this.profile.periodMs;
    this.dueBy = Math.min(this.dueBy, Math.max(at, this.lastCheckAt! + periodMs));
  }

  /** Rule 19: one more check comes when sending hours open. */
  opensAt(at: number): void {
    this.dueBy = Math.min(this.dueBy ?? at, at);
  }

  /** The client was refilled while it was checked or told, and is to be checked again from this instant on (rule 7). */
  mustRecheck(from: number): void {
    this.recheckFrom = from;
  }

  /** A check began at `from`, and answered at `at`. */
  checked(from: number, at: number): void {
    this.isAgainAtOnce(from, at);
    this.isInTime(from, at);
    this.lastCheckAt = at;
    this.countFrom(at);
  }

  saw(profile: { readonly id: string; readonly periodMs: number }, at: number): void {
    this.profile = profile;
    this.countFrom(at);
  }

  /** A check waits until the notices of the one before are settled, also where a dead worker still has the claim. */
  countFrom(at: number): void {
    if (this.profile) this.dueBy = at + this.profile.periodMs;
  }

  private isAgainAtOnce(from: number, at: number): void {
    const { recheckFrom } = this;
    this.recheckFrom = undefined;
    if (recheckFrom === undefined) return;
    const excusedMs =
      awayMs(this.truth, recheckFrom, from) +
      starvedMs(this.truth, recheckFrom, from) +
      this.lostTasks.excusedMs(recheckFrom, from);
    if (from - recheckFrom <= atOnceMs + excusedMs) return;
    const after = ((from - recheckFrom) / 1_000).toFixed(1);
    this.violation(at, `was refilled while it was told, and checked again only ${after} s after`);
  }

  private isInTime(from: number, at: number): void {
    if (this.lastCheckAt === undefined || this.dueBy === undefined) return;
    const gap = from - this.lastCheckAt;
    if (gap > this.tally.longestGap.ms)
      this.tally.longestGap = { ms: gap, clientId: this.clientId, until: from };
    const isCalm = this.truth.calmFrom !== undefined && this.lastCheckAt >= this.truth.calmFrom;
    const excusedMs =
      this.movedMs(from) + (isCalm ? atOnceMs : lateMs + awayMs(this.truth, this.lastCheckAt, from));
    const lostMs = this.lostTasks.excusedMs(this.lastCheckAt, from);
    if (from > this.dueBy + excusedMs + lostMs + starvedMs(this.truth, this.dueBy, from))
      this.violation(
        at,
        `was checked ${((from - this.dueBy) / 1_000).toFixed(1)} s late, its Period was ${this.profile!.periodMs / 1_000} s`,
      );
  }
  /** Rule 12: a client that got another profile meanwhile is planned anew, by its Period, perhaps a longer one. */
  private movedMs(from: number): number {
    const ids = profilesBetween(this.truth, this.clientId, this.lastCheckAt!, from);
    return ids.length < 2 ? 0 : Math.max(...ids.map((id) => periodMsAt(this.truth, id, from) ?? 0));
  }
}
