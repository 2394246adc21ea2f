import {
  afterCheck,
  beginCheck,
  dueOf,
  firstIntervalMs,
  nextCheckAt,
  replanned,
  withExtra,
  withoutGrace,
  type Agenda,
  type ExtraInstant,
} from '../agenda.js';
import { assertNever } from '../assert-never.js';
import { noteProfile } from '../check-client.js';
import { stateOf, type ClientState } from '../client-state.js';
import type { Figures } from '../conditions/condition.js';
import { noteFound } from '../cycle/found.js';
import { noteRefill } from '../cycle/refills.js';
import { setBack, takeUp } from '../cycle/take-up.js';
import { noteTold } from '../cycle/told.js';
import { mute, type Refill, type WatchState } from '../cycle/watch-state.js';
import type { RuleKey } from '../profile/profile.js';
import type {
  CheckReport,
  CheckInput,
  CheckResult,
  ExtraCheck,
  Missing,
  NoticesOutcome,
  StoodFor,
} from './check.js';

/** What was seen of a client, as people read it. Carried from run to run. */
export interface Known {
  readonly checked?: CheckReport;
  readonly checkedAt?: number;
  readonly unknown?: { readonly reason: string; readonly since: number };
  /** Rule 13. */
  readonly missing?: Pick<Missing, 'reason' | 'since' | 'held'>;
}

/**
 * What the workflow of a client knows and what it wants next. Plain JSON, changed only by the functions of this folder: the
 * workflow is a thin shell around it, and the simulation of scenarios is another.
 */
export interface Watching {
  readonly clientId: string;
  readonly watch: WatchState;
  readonly agenda: Agenda;
  readonly known: Known;
  /** A check is wanted before its time. */
  readonly checkWanted?: WantedCheck;
  readonly replanWanted: boolean;
  /** What an operator changed is to be written down (rule 25). */
  readonly rememberWanted: boolean;
  /** From the beginning of a check until its notices are settled: a refill then asks for another one (rule 7). */
  readonly checking: boolean;
}

export interface WantedCheck {
  readonly extra: ExtraCheck;
  /** As operators read it. */
  readonly why: string;
}

/** Something is wanted before the next check is due. */
export function mustWake({ checkWanted, replanWanted, rememberWanted }: Watching): boolean {
  return checkWanted !== undefined || replanWanted || rememberWanted;
}

/** What to do now. `due`: the next check's time has come. */
export function nextStep(watching: Watching, due: boolean): 'replan' | 'remember' | 'check' | 'sleep' {
  if (watching.replanWanted) return 'replan';
  if (watching.checkWanted || due) return 'check';
  return watching.rememberWanted ? 'remember' : 'sleep';
}

/** Rules 5 and 7: a refill while the client sleeps does not move the next check; one amid a check asks for another. */
export function receiveRefill(watching: Watching, refill: Refill, now: number): Watching {
  const watch = noteRefill(watching.watch, refill, now);
  const isNew = watch.lastRefillAt !== watching.watch.lastRefillAt;
  const received = { ...watching, watch };
  return isNew && watching.checking
    ? wantCheck(received, { extra: 'refill', why: 'the balance was refilled meanwhile' })
    : received;
}

/** Rule 18: a look found that rules would send. One amid a check knows less than that check, whose notices may be on their way. */
export function receiveLook(watching: Watching): Watching {
  return watching.checking
    ? watching
    : wantCheck(watching, { extra: 'own', why: 'a look at the fleet found that rules would send' });
}

/** An operator wants nobody notified: notices that are on their way are withdrawn, and the check decides again. */
export function receiveMute(watching: Watching, until: number): Watching {
  const muted = { ...watching, watch: mute(watching.watch, until) };
  return watching.checking
    ? wantCheck(muted, { extra: 'refill', why: 'an operator muted the client' })
    : muted;
}

/**
 * Rule 25: somebody reset the workflow to an earlier point of its history. The next check takes up what the row and the ledger
 * know. Notices that the workflow was sending at that point are withdrawn, and it checks again.
 */
export function receiveReset(watching: Watching): Watching {
  const received = { ...watching, watch: setBack(watching.watch) };
  return watching.checking
    ? wantCheck(received, { extra: 'refill', why: 'the workflow was reset' })
    : received;
}

export function wantCheck(watching: Watching, wanted: WantedCheck): Watching {
  return watching.checkWanted ? watching : { ...watching, checkWanted: wanted };
}

/** A check begins; answers what it is asked with. */
export function startCheck(
  watching: Watching,
  now: number,
): { readonly watching: Watching; readonly input: CheckInput } {
  const { clientId, watch, known } = watching;
  const { checkWanted, ...rest } = watching;
  const due = dueOf(watching.agenda, now);
  const agenda = beginCheck(watching.agenda, now);
  const extra = due === 'planned' ? undefined : extraOf(due, checkWanted);
  const again = extra === 'held' || extra === 'closing' ? stoodForOf(known) : undefined;
  return {
    watching: { ...rest, agenda, checking: true },
    input: {
      clientId,
      watch,
      plannedAt: agenda.plannedAt,
      dueAt: Math.min(now, nextCheckAt(watching.agenda)),
      now,
      ...(known.checkedAt === undefined ? {} : { checkedAt: known.checkedAt }),
      ...(extra === undefined ? {} : { extra }),
      ...(again === undefined ? {} : { again }),
      ...(known.missing ? { missingSince: known.missing.since } : {}),
    },
  };
}

function extraOf(due: ReturnType<typeof dueOf>, wanted: WantedCheck | undefined): ExtraCheck {
  return due === 'opening' || due === 'closing' || due === 'held' ? due : (wanted?.extra ?? 'own');
}

/** What the last check stood for. */
function stoodForOf({ checked }: Known): StoodFor | undefined {
  if (checked?.instant === undefined) return undefined;
  const { instant, atOpening } = checked;
  return { instant, ...(atOpening ? { atOpening } : {}) };
}

/** A check answered. */
export function noteCheck(watching: Watching, result: CheckResult, now: number): Watching {
  switch (result.kind) {
    case 'checked':
      return noteChecked(watching, result, now);
    case 'missing':
      return noteMissing(
        { ...watching, known: { ...watching.known, checkedAt: now }, agenda: replannedAfter(watching, now) },
        result,
      );
    case 'unreadable': {
      const known = { ...watching.known, checkedAt: now };
      const agenda = replannedAfter(watching, now, result.profile?.periodMs);
      return noteUnknown({ ...watching, known, agenda }, result.reason, now);
    }
    case 'ended':
      return {
        ...watching,
        known: { ...watching.known, checkedAt: now },
        agenda: replannedAfter(watching, now),
      };
    default:
      return assertNever(result);
  }
}

function replannedAfter({ agenda, known }: Watching, now: number, periodMs?: number): Agenda {
  return afterCheck(agenda, periodMs ?? known.checked?.profile.periodMs ?? firstIntervalMs, now);
}

function noteChecked(watching: Watching, checked: CheckReport, now: number): Watching {
  const { takenUp, ...result } = checked;
  const rules = checked.decisions.map(({ rule }) => rule);
  const own = takenUp ? takeUp(watching.watch, takenUp.watch) : watching.watch;
  // A refill that the billing data shows (rule 6) is no reason to check again: this check has counted it.
  const watch = noteFound(noteProfile(own, checked, rules, now), checked.decisions, now);
  const plannedAt = takenUp?.plannedAt ?? watching.agenda.plannedAt;
  const { unknown, missing: _, ...rest } = watching.known;
  const state = stateOf(checked.decisions, watch, checked.profile.maxQty, now);
  const known: Known = {
    ...rest,
    checked: result,
    checkedAt: now,
    ...(state === 'unknown'
      ? { unknown: { reason: unknownReason(checked), since: unknown?.since ?? now } }
      : {}),
  };
  return {
    ...watching,
    watch,
    known,
    agenda: afterCheck({ plannedAt }, checked.profile.periodMs, now, extraAfter(checked)),
  };
}

/** Why the first rule that knows nothing does so. Older checks said no figures: then it was a rate. */
function unknownReason({ decisions, profile, currency }: CheckReport): string {
  const { figures, low } = decisions.find(({ reason }) => reason === 'unknown') ?? {};
  if (low !== undefined) return 'neither the last charge nor the creation of the client is known';
  const column = figures === undefined ? undefined : unreadableColumn[figures.kind];
  return column === undefined
    ? `no exchange rate from ${profile.currency} to ${currency}`
    : `billing_client.${column} has a value that cannot be read`;
}

/** What a limit of each kind is taken from, where that may be unreadable while the rest of the client is known. */
const unreadableColumn: Readonly<Record<Figures['kind'], string | undefined>> = {
  amount: undefined,
  percentOfCreditLimit: undefined,
  percentOfLastRefill: 'last_refill_amount',
  lasts: 'daily_spend',
  own: 'own_threshold',
};

/** Rules 19 and 23: when the first of the rules that wait for sending hours, or are held, may send. */
function extraAfter({ decisions }: CheckReport): ExtraInstant | undefined {
  return decisions
    .flatMap(({ reason, until }): readonly ExtraInstant[] => {
      if (until === undefined) return [];
      if (reason === 'outside-hours') return [{ at: until, why: 'opening' }];
      return reason === 'held' ? [{ at: until, why: 'held' }] : [];
    })
    .sort((a, b) => a.at - b.at)[0];
}

/** Rule 13: it is looked at again when the grace ends, at the latest. */
export function noteMissing(watching: Watching, { reason, since, until, held }: Missing): Watching {
  const agenda = withExtra(watching.agenda, { at: until, why: 'grace' });
  const missing = { reason, since, ...(held === undefined ? {} : { held }) };
  return { ...watching, agenda, known: { ...watching.known, missing } };
}

/** Rule 14. */
export function noteUnknown(watching: Watching, reason: string, now: number): Watching {
  const { known } = watching;
  return { ...watching, known: { ...known, unknown: { reason, since: known.unknown?.since ?? now } } };
}

/** What a check's notices say; undefined where nobody is to be notified, or another check is wanted already. */
export function wantedNotices(watching: Watching, result: CheckResult): CheckReport | undefined {
  const sends = result.kind === 'checked' && result.decisions.some(({ decision }) => decision === 'send');
  return sends && watching.checkWanted === undefined ? result : undefined;
}

/** Rules 4 and 19: until when a check's notices are tried: the next check, or where that is earlier the closing of their hours. */
export function deadlineOf({ agenda }: Watching, checked: CheckReport): number {
  return Math.min(nextCheckAt(agenda), closingOf(checked) ?? Infinity);
}

/** Rule 19: hours closed on notices that were not accepted. Then it is decided afresh, and may be sent when they open. */
export function noteWithdrawn(watching: Watching, checked: CheckReport): Watching {
  const at = closingOf(checked);
  return at === undefined
    ? watching
    : { ...watching, agenda: withExtra(watching.agenda, { at, why: 'closing' }) };
}

/** When the first of the hours close in which a check's notices may be sent; undefined where none do. */
export function closingOf({ decisions }: Pick<CheckReport, 'decisions'>): number | undefined {
  const closing = decisions.flatMap(({ closesAt }) => closesAt ?? []);
  return closing.length === 0 ? undefined : Math.min(...closing);
}

/** Notices were accepted, or failed for good. */
export function noteNotices(watching: Watching, told: NoticesOutcome): Watching {
  return { ...watching, watch: noteTold(watching.watch, told.accepted) };
}

/** The notices of the last check are settled, or it had none. */
export function endCheck(watching: Watching): Watching {
  return { ...watching, checking: false };
}

/** Rule 12: a shorter Period at once. */
export function notePlanned(watching: Watching, periodMs: number, now: number): Watching {
  const { missing: _, ...known } = watching.known;
  return { ...watching, known, agenda: replanned(withoutGrace(watching.agenda), periodMs, now) };
}

/** The client's state as operators filter by it; undefined before the first check. */
export function clientStateOf({ known, watch }: Watching, at: number): ClientState | undefined {
  const { checked, unknown, missing } = known;
  if (unknown || missing) return 'unknown';
  return checked && stateOf(checked.decisions, watch, checked.profile.maxQty, at);
}

/** The client's state once the notices of these rules are accepted. */
export function stateWhenTold(
  { known, watch }: Watching,
  rules: readonly RuleKey[],
  at: number,
): ClientState {
  const { checked } = known;
  const told = noteTold(watch, [{ rules, at }]);
  return checked ? stateOf(checked.decisions, told, checked.profile.maxQty, at) : 'low';
}
