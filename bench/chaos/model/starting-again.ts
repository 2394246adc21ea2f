import { slackMs, starvedMs, stopsOf } from './ask-truth.js';
import type { Step, ToldResult } from './histories.js';
import type { Open } from './open-notices.js';
import type { Truth } from './truth.js';
import type { LedgerNotice } from './verdict.js';

/** Reconciliation runs each 5 s and finds what was stopped. */
const startsWithinMs = 10_000;

/** Rule 25 for one client: what a workflow that somebody stopped left to the next one. */
export class StartingAgain {
  /** Notices that were on their way when it was stopped. */
  private cut: Open | undefined;
  private stoppedAt: number | undefined;
  /** What its last check wanted to send, and no channel settled: it is decided afresh. */
  private leftUnsent = false;
  private noCheckYet = false;

  constructor(
    private readonly clientId: string,
    private readonly truth: Truth,
  ) {}

  /** Whether somebody stopped the client's workflow, so that it ended at this instant. A cancellation may take a while. */
  wasStopped(at: number, how: string): boolean {
    const untilThen = how === 'cancelled' ? 0 : at - slackMs;
    return stopsOf(this.truth, this.clientId, untilThen, at + slackMs).length > 0;
  }

  stopped(at: number, left: { readonly open: Open | undefined; readonly unsent: boolean }): void {
    this.stoppedAt = at;
    this.cut = left.open ?? this.cut;
    this.leftUnsent = left.unsent;
  }

  /** Answers what is wrong. `known`: it is not the client's first workflow. */
  started(at: number, known: boolean): string | undefined {
    this.noCheckYet = known;
    const { stoppedAt, truth } = this;
    this.stoppedAt = undefined;
    if (stoppedAt === undefined || truth.closed.has(this.clientId)) return undefined;
    // In the storm nobody may be there to start it.
    if (truth.calmFrom === undefined || stoppedAt < truth.calmFrom) return undefined;
    const afterMs = at - stoppedAt;
    return afterMs <= startsWithinMs + starvedMs(truth, stoppedAt, at)
      ? undefined
      : `was watched again only ${(afterMs / 1_000).toFixed(1)} s after its workflow was stopped`;
  }

  /** Whether its first check may wait where the one before was the same instant's: a Period for each is enough. */
  mayWait(at: number): boolean {
    const isCalm = this.truth.calmFrom !== undefined && at >= this.truth.calmFrom;
    return this.noCheckYet && !(this.leftUnsent && isCalm);
  }

  checked(): void {
    this.noCheckYet = false;
    this.leftUnsent = false;
  }

  /** The notices that were on their way, where the ledger says what became of them. */
  takeUp({ accepted, failed }: ToldResult): Open | undefined {
    const { cut } = this;
    this.cut = undefined;
    if (accepted.length + failed.length === 0) this.leftUnsent = true;
    return cut;
  }
}

/**
 * A client's steps, and where notices were on their way as its workflow was stopped, what became of them by the ledger: the first check
 * that the next workflow makes takes it up.
 */
export function withTakenUp(steps: readonly Step[], notices: readonly LedgerNotice[]): readonly Step[] {
  let open: number | undefined;
  let cut: number | undefined;
  const stepsBefore = (step: Step): readonly Step[] => {
    if (step.kind === 'telling') open = step.input.checkAt;
    if (step.kind === 'told') open = undefined;
    if (step.kind === 'ended' && open !== undefined) [cut, open] = [open, undefined];
    if (step.kind !== 'checked' || step.result.kind !== 'checked' || cut === undefined) return [];
    const taken = takenUp(cut, step.at, notices);
    cut = undefined;
    return [taken];
  };
  const all = steps.flatMap((step) => [...stepsBefore(step), step]);
  // Nobody takes it up where the client is closed.
  return cut === undefined ? all : [...all, takenUp(cut, Date.now(), notices)];
}

function takenUp(checkAt: number, at: number, notices: readonly LedgerNotice[]): Step {
  const ofCheck = notices.filter((notice) => notice.checkAt === checkAt);
  const accepted = ofCheck.flatMap(({ rules, recovered, acceptedAt }) =>
    acceptedAt === null ? [] : [{ rules, recovered, at: acceptedAt }],
  );
  const failed = ofCheck.filter(({ state }) => state === 'failed');
  return { kind: 'told', at, checkAt, told: { accepted, failed }, byLedger: true };
}
