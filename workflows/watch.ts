import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributeUpdatePair,
} from '@temporalio/common';
import { log, patched, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Checked, CheckInput, CheckResult, Told } from '../activities/contract.js';
import {
  afterCheck,
  beginCheck,
  firstAgenda,
  firstPeriodMs,
  replanned,
  type Agenda,
} from '../domain/agenda.js';
import { stateOf, type ClientState } from '../domain/decide.js';
import type { RuleKey } from '../domain/profile/profile.js';
import {
  assignProfile,
  countOf,
  countsOf,
  freshWatch,
  noteRefill,
  noteTold,
  type Refill,
  type WatchState,
} from '../domain/watch-state.js';
import { detailsOf } from './details.js';
import { ignoredText, ignoreMessage, isWorthLogging, type IgnoredMessages } from './ignored-messages.js';
import type { CarriedWatch, RuleStatus, WatchStatus } from './messages.js';
import { runLengthOf } from './run-length.js';

const profileAttribute = defineSearchAttributeKey('LowBalanceProfile', SearchAttributeType.KEYWORD);
const resellerAttribute = defineSearchAttributeKey('LowBalanceReseller', SearchAttributeType.KEYWORD);
const stateAttribute = defineSearchAttributeKey('LowBalanceState', SearchAttributeType.KEYWORD);

const notesKept = 5;
const longestNote = 500;

interface Known {
  readonly checked?: Checked;
  readonly checkedAt?: number;
  readonly unknown?: { readonly reason: string; readonly since: number };
  readonly notes: readonly string[];
  readonly ignored?: IgnoredMessages;
  readonly shown: Readonly<Record<string, string>>;
}

/** What one run of a client's workflow knows: counters, times and what was last seen. Each piece is written in one place. */
export class Watch {
  readonly clientId: string;
  state: WatchState;
  private agenda: Agenda;
  private known: Known;
  /** Why a check is wanted at once. */
  private checkWanted: string | undefined;
  private replanRequested = false;
  private newRunRequested = false;
  private wake: (() => void) | undefined;
  /** From the beginning of a check until its notices are settled: a refill then asks for another one (rule 7). */
  private checking = false;
  /** From when a notice is handed over until it is settled. */
  private telling: { readonly rules: readonly RuleKey[]; readonly until: number } | undefined;

  /** `startedAt`: when the chain of runs was started, epoch milliseconds. */
  constructor(clientId: string, carried: CarriedWatch | undefined, startedAt: number) {
    this.clientId = clientId;
    this.state = carried?.watch ?? freshWatch;
    this.agenda = carried ? { plannedAt: carried.plannedAt, next: carried.next } : firstAgenda(startedAt);
    this.known = (carried?.seen as Known | undefined) ?? { notes: [], shown: {} };
  }

  carry(): CarriedWatch {
    const checksPerRun = runLengthOf(this.known.checked?.profile.periodMs ?? firstPeriodMs);
    return { watch: this.state, ...this.agenda, seen: this.known, checksPerRun };
  }

  /** When the next check comes, epoch milliseconds. */
  get nextCheckAt(): number {
    return this.agenda.next.at;
  }

  get checkedAt(): number | undefined {
    return this.known.checkedAt;
  }

  /** Calls it when `mustWake` becomes true. */
  whenWoken(wake: (() => void) | undefined): void {
    this.wake = wake;
  }

  mustWake(): boolean {
    return this.checkWanted !== undefined || this.replanRequested;
  }

  /** Why the client must be checked before its time, or undefined. */
  whyCheckAgain(): string | undefined {
    return this.checkWanted;
  }

  requestCheck(): void {
    this.checkWanted ??= 'an operator asked for a check';
    this.wake?.();
  }

  requestReplan(): void {
    this.replanRequested = true;
    this.wake?.();
  }

  takeReplanRequest(): boolean {
    const requested = this.replanRequested;
    this.replanRequested = false;
    return requested;
  }

  /** Answers whether the refill started a new cycle. */
  refill(refill: Refill, now: number): boolean {
    const before = this.state.lastRefillAt;
    this.state = noteRefill(this.state, refill, now);
    if (this.state.lastRefillAt === before) return false;
    this.upsertSearchAttributes();
    // A refill while the client sleeps does not move the next check (rule 5).
    if (this.checking) this.checkWanted ??= 'the balance was refilled meanwhile';
    return true;
  }

  note(text: string): void {
    const notes = [...this.known.notes, text.slice(0, longestNote)].slice(-notesKept);
    this.known = { ...this.known, notes };
  }

  noteRefill(refillId: string, notes: readonly string[]): void {
    this.note(`${isoOf(Date.now())} refill ${refillId} counts, though ${notes.join('; ')}`);
  }

  /** A signal that cannot be taken is passed over (rule 24). However many come, the state stays small. */
  ignore(message: { readonly name: string; readonly problem: string }): void {
    const ignored = ignoreMessage(this.known.ignored, message, Date.now());
    this.known = { ...this.known, ignored };
    if (isWorthLogging(ignored)) log.warn('signal ignored', { ...message, count: ignored.count });
  }

  /**
   * After each message. A client that sleeps is woken for a new run where its history has grown long by them: Temporal
   * refuses signals beyond 10,000 a run, and ends a workflow whose history is too large.
   */
  tookMessage(): void {
    this.show();
    if (!workflowInfo().continueAsNewSuggested || !patched('new-run-for-messages')) return;
    this.newRunRequested = true;
    this.wake?.();
  }

  /** Whether the sleep was broken only so that a new run begins. */
  wantsNewRun(): boolean {
    return this.newRunRequested && !this.mustWake();
  }

  private notes(): readonly string[] {
    const { notes, ignored } = this.known;
    return ignored ? [...notes, ignoredText(ignored)] : notes;
  }

  beginCheck(now: number): CheckInput {
    const dueAt = Math.min(now, this.nextCheckAt);
    this.agenda = beginCheck(this.agenda, now);
    this.checkWanted = undefined;
    this.checking = true;
    return { clientId: this.clientId, watch: this.state, plannedAt: this.agenda.plannedAt, dueAt, now };
  }

  noteCheck(result: CheckResult, now: number): void {
    if (result.kind === 'checked') this.noteChecked(result, now);
    else {
      this.known = { ...this.known, checkedAt: now };
      if (result.kind === 'unreadable') this.noteUnknown(result.reason, now);
    }
    const periodMs = result.kind === 'unreadable' ? result.profile?.periodMs : undefined;
    this.agenda = afterCheck(
      this.agenda,
      periodMs ?? this.known.checked?.profile.periodMs ?? firstPeriodMs,
      now,
    );
    this.upsertSearchAttributes();
  }

  private noteChecked(result: Checked, now: number): void {
    // Rule 6. It is no reason to check again: this check has counted it.
    if (result.lastRefillAt !== null) this.state = noteRefill(this.state, { at: result.lastRefillAt }, now);
    this.state = assignProfile(this.state, result.profile.id);
    const { unknown, ...rest } = this.known;
    this.known = { ...rest, checked: result, checkedAt: now };
    if (result.decisions.some(({ reason }) => reason === 'unknown')) {
      const reason = `no exchange rate from ${result.profile.currency} to ${result.currency}`;
      this.known = { ...this.known, unknown: { reason, since: unknown?.since ?? now } };
    }
  }

  /** The client's state once these rules are told. */
  stateWhenTold(rules: readonly RuleKey[], at: number): ClientState {
    const { checked } = this.known;
    const told = noteTold(this.state, [{ rules, at }]);
    return checked ? stateOf(checked.decisions, told, checked.profile.maxQty, Date.now()) : 'low';
  }

  /** The notices of the last check are settled, or it had none. */
  endCheck(): void {
    this.checking = false;
  }

  noteUnknown(reason: string, now: number): void {
    this.known = { ...this.known, unknown: { reason, since: this.known.unknown?.since ?? now } };
    this.upsertSearchAttributes();
  }

  noteWithdrawn(reason: string): void {
    log.warn('notice withdrawn', { clientId: this.clientId, reason });
    this.note(`${isoOf(Date.now())} what was not accepted of the last notice was withdrawn: ${reason}`);
  }

  /** Operators see that somebody is being told, and for how long that is tried. */
  beginTelling(rules: readonly RuleKey[], until: number): void {
    this.telling = { rules, until };
    this.show();
  }

  noteTold(told: Told): void {
    this.telling = undefined;
    for (const { rules, reason } of told.failed)
      this.note(`${isoOf(Date.now())} ${rules.join(', ')} not sent: ${reason}`);
    this.state = noteTold(this.state, told.accepted);
    this.upsertSearchAttributes();
  }

  /** Rule 12: a shorter Period at once. */
  replanned(periodMs: number, now: number): void {
    this.agenda = replanned(this.agenda, periodMs, now);
  }

  status(): WatchStatus {
    const { checked, checkedAt, unknown } = this.known;
    const rules: Record<string, RuleStatus> = {};
    for (const { rule, decision, reason, threshold } of checked?.decisions ?? []) {
      rules[rule] = {
        count: countOf(this.state, rule),
        maxQty: checked!.profile.maxQty,
        decision,
        reason,
        threshold: threshold ?? null,
      };
    }
    return {
      clientId: this.clientId,
      profile: checked
        ? { id: checked.profile.id, name: checked.profile.name, version: checked.profile.version }
        : null,
      availableBalance: checked?.availableBalance ?? null,
      currency: checked?.currency ?? null,
      state: this.clientState(Date.now()) ?? 'starting',
      rules,
      lastRefillAt: isoOrNull(this.state.lastRefillAt),
      mutedUntil: isoOrNull(this.state.mutedUntil),
      bounced: checked?.bounced ?? [],
      unreached:
        checked?.unreached ??
        (checked?.bounced ?? []).map((rule) => ({ rule, delivery: 'bounced' as const })),
      unknown: unknown ? { reason: unknown.reason, since: isoOf(unknown.since) } : null,
      telling: this.telling ? { rules: this.telling.rules, until: isoOf(this.telling.until) } : null,
      lastCheckAt: isoOrNull(checkedAt),
      nextCheckAt: isoOf(this.nextCheckAt),
    };
  }

  counts(): Record<string, number> {
    return countsOf(this.state);
  }

  show(): void {
    setCurrentDetails(detailsOf(this.status(), this.notes()));
  }

  showEnd(explanation: string): void {
    setCurrentDetails(`**Ended**: ${explanation}.\n\n${detailsOf(this.status(), this.notes())}`);
  }

  /** What a message changed is seen at once, and not only after the next check. */
  change(state: WatchState): void {
    this.state = state;
    this.upsertSearchAttributes();
    this.show();
  }

  private clientState(at: number): ClientState | undefined {
    const { checked, unknown } = this.known;
    if (unknown) return 'unknown';
    return checked && stateOf(checked.decisions, this.state, checked.profile.maxQty, at);
  }

  /**
   * Each costs an event and a visibility write: only what changed. By the time of the last check: whether there is a command
   * must not depend on the time before a local activity, which is another at a replay where a query came meanwhile.
   */
  private upsertSearchAttributes(): void {
    const { checked, checkedAt, shown } = this.known;
    const state = this.clientState(checkedAt ?? 0);
    const wanted: SearchAttributeUpdatePair[] = [
      ...(checked
        ? [
            { key: profileAttribute, value: checked.profile.id },
            { key: resellerAttribute, value: checked.profile.reseller },
          ]
        : []),
      ...(state ? [{ key: stateAttribute, value: state }] : []),
    ];
    const changed = wanted.filter(({ key, value }) => shown[key.name] !== value);
    if (changed.length === 0) return;
    upsertSearchAttributes(changed);
    this.known = {
      ...this.known,
      shown: { ...shown, ...Object.fromEntries(changed.map(({ key, value }) => [key.name, String(value)])) },
    };
  }
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | undefined): string | null {
  return at === undefined ? null : isoOf(at);
}
