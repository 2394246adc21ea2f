import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributeUpdatePair,
} from '@temporalio/common';
import { log, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Checked, CheckInput, CheckResult, Told } from '../activities/contract.js';
import { stateOf, type ClientState } from '../domain/decide.js';
import type { RuleKey } from '../domain/profile.js';
import { lastOnGrid, nextOnGrid, replan } from '../domain/schedule.js';
import {
  assignProfile,
  countOf,
  countsOf,
  freshWatch,
  noteAccepted,
  noteRefill,
  type Refill,
  type WatchState,
} from '../domain/watch-state.js';
import { detailsOf } from './details.js';
import type { CarriedWatch, RuleStatus, WatchStatus } from './messages.js';

const profileAttribute = defineSearchAttributeKey('LowBalanceProfile', SearchAttributeType.KEYWORD);
const resellerAttribute = defineSearchAttributeKey('LowBalanceReseller', SearchAttributeType.KEYWORD);
const stateAttribute = defineSearchAttributeKey('LowBalanceState', SearchAttributeType.KEYWORD);

/** Where no check has told the Period yet. */
const firstPeriodMs = 300_000;
const notesKept = 5;

interface Known {
  readonly checked?: Checked;
  readonly checkedAt?: number;
  readonly unknown?: { readonly reason: string; readonly since: number };
  readonly notes: readonly string[];
  readonly shown: Readonly<Record<string, string>>;
}

/** What one run of a client's workflow knows: counters, times and what was last seen. Each piece is written in one place. */
export class Watch {
  readonly clientId: string;
  state: WatchState;
  /** The previous planned check; the grid is anchored there (rule 11). */
  private plannedAt: number;
  /** When the next check comes, and the grid instant it stands for. */
  next: { at: number; gridAt: number };
  /** Called when a refill starts a new cycle. */
  onRefill: (() => void) | undefined;
  private known: Known;
  private checkRequested = false;
  private replanRequested = false;
  private checking = false;

  constructor(clientId: string, carried: CarriedWatch | undefined) {
    const now = Date.now();
    this.clientId = clientId;
    this.state = carried?.watch ?? freshWatch;
    this.plannedAt = carried?.plannedAt ?? now;
    this.next = carried?.next ?? { at: now, gridAt: now };
    this.known = (carried?.seen as Known | undefined) ?? { notes: [], shown: {} };
  }

  carry(): CarriedWatch {
    return { watch: this.state, plannedAt: this.plannedAt, next: this.next, seen: this.known };
  }

  get checkedAt(): number | undefined {
    return this.known.checkedAt;
  }

  mustWake(): boolean {
    return this.checkRequested || this.replanRequested;
  }

  /** Nothing is asked for and nothing is due: the run may hand over to the next. */
  isQuiet(): boolean {
    return !this.mustWake() && this.next.at > Date.now();
  }

  mustCheckAgain(): boolean {
    return this.checkRequested;
  }

  requestCheck(): void {
    this.checkRequested = true;
  }

  requestReplan(): void {
    this.replanRequested = true;
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
    // Rule 7; a refill while the client sleeps does not move the next check (rule 5).
    if (this.checking || this.onRefill) this.checkRequested = true;
    this.onRefill?.();
    return true;
  }

  note(text: string): void {
    this.known = { ...this.known, notes: [...this.known.notes, text].slice(-notesKept) };
  }

  beginCheck(now: number): CheckInput {
    // An extra check (rule 7, checkNow) does not move the grid.
    if (now >= this.next.at) this.plannedAt = this.next.gridAt;
    this.checkRequested = false;
    this.checking = true;
    return { clientId: this.clientId, watch: this.state, plannedAt: this.plannedAt, now };
  }

  noteCheck(result: CheckResult, now: number): void {
    this.checking = false;
    if (result.kind === 'checked') {
      if (result.lastRefillAt !== null) this.refill({ at: result.lastRefillAt }, now);
      this.state = assignProfile(this.state, result.profile.id);
      const { unknown: _, ...rest } = this.known;
      this.known = { ...rest, checked: result, checkedAt: now };
      if (result.decisions.some(({ reason }) => reason === 'unknown')) {
        this.noteUnknown(`no exchange rate from ${result.profile.currency} to ${result.currency}`, now);
      }
    } else {
      this.known = { ...this.known, checkedAt: now };
      if (result.kind === 'unreadable') this.noteUnknown(result.reason, now);
    }
    this.plan(this.known.checked?.profile.periodMs ?? firstPeriodMs, now);
    this.upsertSearchAttributes();
  }

  noteUnknown(reason: string, now: number): void {
    this.known = { ...this.known, unknown: { reason, since: this.known.unknown?.since ?? now } };
    this.upsertSearchAttributes();
  }

  noteWithdrawn(reason: string): void {
    log.warn('notice withdrawn', { clientId: this.clientId, reason });
    this.note(`${isoOf(Date.now())} what was not accepted of the last notice was withdrawn: ${reason}`);
  }

  noteTold(told: Told): void {
    for (const { rules, reason } of told.failed)
      this.note(`${isoOf(Date.now())} ${rules.join(', ')} not sent: ${reason}`);
    // One count per rule and check, though two notices may have named it.
    const firstAt = new Map<RuleKey, number>();
    for (const { rules, at } of told.accepted)
      for (const rule of rules) firstAt.set(rule, Math.min(at, firstAt.get(rule) ?? at));
    for (const [rule, at] of firstAt) this.state = noteAccepted(this.state, [rule], at);
    this.upsertSearchAttributes();
  }

  /** Rule 12: a shorter Period at once. */
  replanned(periodMs: number, now: number): void {
    const at = replan(this.plannedAt, this.next.at, periodMs, now);
    if (at === this.next.at) return;
    this.next = { at, gridAt: Math.max(this.plannedAt, lastOnGrid(this.plannedAt, periodMs, at)) };
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
      state: this.clientState() ?? 'starting',
      rules,
      lastRefillAt: isoOrNull(this.state.lastRefillAt),
      mutedUntil: isoOrNull(this.state.mutedUntil),
      unknown: unknown ? { reason: unknown.reason, since: isoOf(unknown.since) } : null,
      lastCheckAt: isoOrNull(checkedAt),
      nextCheckAt: isoOf(this.next.at),
    };
  }

  counts(): Record<string, number> {
    return countsOf(this.state);
  }

  show(): void {
    setCurrentDetails(detailsOf(this.status(), this.known.notes));
  }

  showEnd(explanation: string): void {
    setCurrentDetails(`**Ended**: ${explanation}.\n\n${detailsOf(this.status(), this.known.notes)}`);
  }

  private plan(periodMs: number, now: number): void {
    const at = nextOnGrid(this.plannedAt, periodMs, now);
    this.next = { at, gridAt: at };
  }

  private clientState(): ClientState | undefined {
    const { checked, unknown } = this.known;
    if (unknown) return 'unknown';
    return checked && stateOf(checked.decisions, this.state, checked.profile.maxQty);
  }

  /** Each costs an event and a visibility write: only what changed. */
  private upsertSearchAttributes(): void {
    const { checked, shown } = this.known;
    const state = this.clientState();
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
