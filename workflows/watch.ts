import { beginWatching, carriedOf } from '../domain/watching/carried.js';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { log, patched, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { nextCheckAt } from '../domain/agenda.js';
import type { ClientState } from '../domain/client-state.js';
import { countsOf } from '../domain/cycle/counters.js';
import { mute, type Refill, type WatchState } from '../domain/cycle/watch-state.js';
import type { RuleKey } from '../domain/profile/profile.js';
import type {
  CheckReport,
  CheckInput,
  CheckResult,
  Missing,
  NoticesOutcome,
} from '../domain/watching/check.js';
import {
  deadlineOf,
  endCheck,
  mustWake,
  noteCheck,
  noteMissing,
  noteNotices,
  notePlanned,
  noteUnknown,
  noteWithdrawn,
  receiveLook,
  receiveMute,
  receiveRefill,
  receiveReset,
  startCheck,
  stateWhenTold,
  wantCheck,
  wantedNotices,
  type Known,
  type Watching,
} from '../domain/watching/watching.js';
import { handedOverKnown, isBeyondLastRelease, receivedKnown } from './beyond-last-release.js';
import { detailsOf, notSentText } from './details.js';
import type { CarriedWatch, WatchStatus } from './messages.js';
import { runLengthOf } from './run-length.js';
import { changedAttributes } from './search-attributes.js';
import { isoOf, statusOf, type Telling } from './status.js';
import { WatchNotes, type CarriedNotes } from './watch-notes.js';

const tooManyMessages = {
  extra: 'refill',
  why: 'so many messages came meanwhile that a new run goes on with it',
} as const;
/** Before the first check its Period is not known. */
const firstPeriodMs = 300_000;

/** Whether a run whose history is long hands over what is wanted, rather than doing it first: messages may come without end. */
export function mayCarryWanted(): boolean {
  return workflowInfo().continueAsNewSuggested && patched('carry-wanted');
}

/** What people see of a workflow, handed on with what is known. */
interface Shown extends CarriedNotes {
  readonly shown: Readonly<Record<string, string>>;
}

/**
 * The shell around what one run of a client's workflow knows: `Watching` changes by pure functions, and this class shows it in
 * the Temporal UI and wakes the sleeping workflow.
 */
export class Watch {
  watching: Watching;
  private readonly notes: WatchNotes;
  private newRunRequested = false;
  private showing = false;
  private over = false;
  /** Search attributes as they were written last. */
  private shown: Readonly<Record<string, string>>;
  private wake: (() => void) | undefined;
  /** From when a notice is handed over until it is settled. */
  private telling: Telling | undefined;
  /** This run holds what workers of the last release do not replay. */
  private beyondLastRelease = false;
  /** By the signal `newRun`. */
  private newRunSignalled = false;

  /** `startedAt`: when the chain of runs was started, epoch milliseconds. */
  constructor(clientId: string, carried: CarriedWatch | undefined, startedAt: number) {
    const { notes = [], shown = {}, ignored, ...known } = (carried?.seen ?? {}) as Partial<Known & Shown>;
    this.watching = beginWatching(clientId, carried, receivedKnown(known), startedAt);
    this.notes = new WatchNotes(notes, ignored);
    this.shown = shown;
  }

  carry(): CarriedWatch {
    const { known } = this.watching;
    const checksPerRun = runLengthOf(known.checked?.profile.periodMs ?? firstPeriodMs);
    const seen = { ...handedOverKnown(known), ...this.notes.carried(), shown: this.shown };
    return { ...carriedOf(this.watching), seen, checksPerRun };
  }

  get clientId(): string {
    return this.watching.clientId;
  }

  get state(): WatchState {
    return this.watching.watch;
  }

  /** When the next check comes, epoch milliseconds. */
  get nextCheckAt(): number {
    return nextCheckAt(this.watching.agenda);
  }

  get checkedAt(): number | undefined {
    return this.watching.known.checkedAt;
  }

  get missingSince(): number | undefined {
    return this.watching.known.missing?.since;
  }

  /** Calls it when `mustWake` becomes true. */
  whenWoken(wake: (() => void) | undefined): void {
    this.wake = wake;
  }

  mustWake(): boolean {
    return mustWake(this.watching);
  }

  /** Whether something is wanted that may end the sending of notices. */
  mustStopTelling(): boolean {
    return this.watching.checkWanted !== undefined || this.watching.replanWanted;
  }

  mustRemember(): boolean {
    return this.watching.rememberWanted;
  }

  /** Why the client must be checked before its time, or undefined. */
  whyCheckAgain(): string | undefined {
    return this.watching.checkWanted?.why;
  }

  requestCheck(): void {
    this.watching = wantCheck(this.watching, { extra: 'own', why: 'an operator asked for a check' });
    this.wake?.();
  }

  /** Rule 18. */
  requestLookedCheck(): void {
    this.watching = receiveLook(this.watching);
    if (!this.mustWake()) return;
    this.beyondLastRelease = true;
    this.wake?.();
  }

  /** Begins after a check: what that finds is all that the last release must understand of what is handed over. */
  requestNewRun(): void {
    this.newRunSignalled = true;
    if (this.watching.checking) return;
    this.watching = wantCheck(this.watching, { extra: 'own', why: 'a new run was asked for' });
    this.wake?.();
  }

  /** Rule 25. */
  wasReset(): void {
    this.watching = receiveReset(this.watching);
    this.beyondLastRelease = true;
    this.note(
      `${isoOf(Date.now())} the workflow was reset: its next check takes up what is known of the client`,
    );
    if (!this.showing) void this.showSoon();
    if (this.mustWake()) this.wake?.();
  }

  requestReplan(): void {
    this.watching = { ...this.watching, replanWanted: true };
    this.wake?.();
  }

  takeReplanRequest(): boolean {
    const requested = this.watching.replanWanted;
    this.watching = { ...this.watching, replanWanted: false };
    return requested;
  }

  /** Rule 25: what an operator changed is written down before the next check, for a workflow that starts again. */
  requestRemembering(): void {
    this.watching = { ...this.watching, rememberWanted: true };
    this.wake?.();
  }

  takeRememberRequest(): void {
    this.watching = { ...this.watching, rememberWanted: false };
    this.beyondLastRelease = true;
  }

  /** Answers whether the refill started a new cycle. */
  refill(refill: Refill, now: number): boolean {
    const before = this.state.lastRefillAt;
    this.watching = receiveRefill(this.watching, refill, now);
    if (this.state.lastRefillAt === before) return false;
    this.upsertSearchAttributes();
    return true;
  }

  note(text: string): void {
    this.notes.note(text);
  }

  noteRefill(refillId: string, notes: readonly string[]): void {
    this.note(`${isoOf(Date.now())} refill ${refillId} counts, though ${notes.join('; ')}`);
  }

  /** A signal that cannot be taken is passed over (rule 24). However many come, the state stays small. */
  ignore(message: { readonly name: string; readonly problem: string }): void {
    this.notes.ignore(message, Date.now());
  }

  /**
   * After each message. A client that sleeps is woken for a new run where its history has grown long by them: Temporal
   * refuses signals beyond 10,000 a run, and ends a workflow whose history is too large. A notice on its way is withdrawn, and
   * the new run checks again at once.
   */
  tookMessage(): void {
    if (!this.showing) void this.showSoon();
    if (!workflowInfo().continueAsNewSuggested || !patched('new-run-for-messages')) return;
    this.newRunRequested = true;
    if (this.telling && mayCarryWanted()) this.watching = wantCheck(this.watching, tooManyMessages);
    this.wake?.();
  }

  /** Whether the sleep was broken only so that a new run begins. */
  wantsNewRun(): boolean {
    // Whoever raises the limit of a history takes the suggestion back.
    return this.newRunRequested && !this.mustWake() && workflowInfo().continueAsNewSuggested;
  }

  /**
   * Whether this run must not outlast its check. Workers of the last release go on with what a run hands over, and replay no
   * command that they never issue: so a client that sleeps can be taken back by them (docs/deploying.md).
   */
  endsRun(): boolean {
    return this.newRunSignalled || (this.beyondLastRelease && patched('new-run-for-last-release'));
  }

  beginCheck(now: number): CheckInput {
    const { watching, input } = startCheck(this.watching, now);
    this.watching = watching;
    return input;
  }

  noteCheck(result: CheckResult, now: number): void {
    this.watching = noteCheck(this.watching, result, now);
    this.beyondLastRelease ||= isBeyondLastRelease(result);
    this.upsertSearchAttributes();
  }

  /** What the check's notices say; undefined where nobody is to be notified. */
  wantedNotices(result: CheckResult): CheckReport | undefined {
    return wantedNotices(this.watching, result);
  }

  /** The client's state once the notices of these rules are accepted. */
  stateWhenTold(rules: readonly RuleKey[], at: number): ClientState {
    return stateWhenTold(this.watching, rules, at);
  }

  /** The notices of the last check are settled, or it had none. */
  endCheck(): void {
    this.watching = endCheck(this.watching);
  }

  noteUnknown(reason: string, now: number): void {
    this.watching = noteUnknown(this.watching, reason, now);
    this.upsertSearchAttributes();
  }

  noteMissing(missing: Missing): void {
    this.watching = noteMissing(this.watching, missing);
    this.beyondLastRelease = true;
    this.upsertSearchAttributes();
  }

  /** Until when the notices of a check are tried. */
  deadlineOf(checked: CheckReport): number {
    return deadlineOf(this.watching, checked);
  }

  noteWithdrawn(reason: string, checked: CheckReport): void {
    this.watching = noteWithdrawn(this.watching, checked);
    log.warn('notice withdrawn', { clientId: this.clientId, reason });
    this.note(`${isoOf(Date.now())} what was not accepted of the last notice was withdrawn: ${reason}`);
  }

  /** Operators see that notices are being sent, and for how long that is tried. */
  beginTelling(rules: readonly RuleKey[], until: number): void {
    this.telling = { rules, until };
    this.show();
  }

  noteTold(told: NoticesOutcome): void {
    this.telling = undefined;
    for (const failed of told.failed) this.note(`${isoOf(Date.now())} ${notSentText(failed)}`);
    this.watching = noteNotices(this.watching, told);
    this.upsertSearchAttributes();
  }

  /** Rule 12: a shorter Period at once. */
  replanned(periodMs: number, now: number): void {
    const wasMissing = this.missingSince !== undefined;
    this.watching = notePlanned(this.watching, periodMs, now);
    if (wasMissing) this.upsertSearchAttributes();
  }

  status(): WatchStatus {
    return statusOf(this.watching, this.telling, Date.now());
  }

  counts(): Record<string, number> {
    return countsOf(this.state);
  }

  /** Once for all messages that come together: thousands in one workflow task would take longer than it may. */
  private async showSoon(): Promise<void> {
    this.showing = true;
    await Promise.resolve();
    this.showing = false;
    if (!this.over) this.show();
  }

  show(): void {
    setCurrentDetails(detailsOf(this.status(), this.notes.all()));
  }

  showEnd(explanation: string): void {
    this.over = true;
    setCurrentDetails(`**Ended**: ${explanation}.\n\n${detailsOf(this.status(), this.notes.all())}`);
  }

  mute(until: number): void {
    // Where a check is under way, older versions went on with it.
    const stops = this.watching.checking && patched('mute-stops-notices');
    this.watching = stops
      ? receiveMute(this.watching, until)
      : { ...this.watching, watch: mute(this.state, until) };
    this.showChange();
  }

  change(state: WatchState): void {
    this.watching = { ...this.watching, watch: state };
    this.showChange();
  }

  /** What a message changed is seen at once, and not only after the next check. */
  private showChange(): void {
    this.upsertSearchAttributes();
    this.show();
  }

  private upsertSearchAttributes(): void {
    const changed = changedAttributes(this.watching, this.shown);
    if (Object.keys(changed).length === 0) return;
    upsertSearchAttributes(
      Object.entries(changed).map(([name, value]) => ({
        key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
        value,
      })),
    );
    this.shown = { ...this.shown, ...changed };
  }
}
