import { lastOnGrid, nextOnGrid, replan } from './schedule.js';

/** When a client is checked. Plain JSON; instants are epoch milliseconds. */
export interface Agenda {
  /** The previous planned check; the grid is anchored there (rule 11). */
  readonly plannedAt: number;
  readonly next: {
    readonly at: number;
    /** The instant of the grid that the next check stands for; before `at` where the check comes late. */
    readonly gridAt: number;
  };
  /** One more check before the next planned one. */
  readonly extra?: ExtraInstant;
}

/**
 * `opening`: sending hours open (rule 19). `closing`: they close on notices that were not accepted. `grace`: a missing client's
 * grace ends (rule 13). `held`: asked again (rule 23).
 */
export interface ExtraInstant {
  readonly at: number;
  readonly why: 'opening' | 'closing' | 'grace' | 'held';
}

/** Rule 11: the first check comes at once. */
export function firstAgenda(now: number): Agenda {
  return { plannedAt: now, next: { at: now, gridAt: now } };
}

/** When the next check comes, planned or extra. */
export function nextCheckAt({ next, extra }: Agenda): number {
  return extra ? Math.min(next.at, extra.at) : next.at;
}

/** What falls due of an agenda: the planned check, the extra one, or neither yet. */
export function dueOf({ next, extra }: Agenda, now: number): 'planned' | ExtraInstant['why'] | undefined {
  if (now >= next.at) return 'planned';
  return extra && now >= extra.at ? extra.why : undefined;
}

/** A check begins. One before its planned time (rules 7 and 19, `checkNow`) does not move the grid. */
export function beginCheck(agenda: Agenda, now: number): Agenda {
  const due = dueOf(agenda, now);
  if (due === undefined) return agenda;
  const { extra: _, ...rest } = agenda;
  return due === 'planned' ? { ...rest, plannedAt: agenda.next.gridAt } : rest;
}

/**
 * A check ended: the next one comes at the first instant of the grid that lies ahead, and one more where that is earlier. A
 * late check stands for every instant that it is late for, so that a Period edited afterwards does not find one of them past.
 */
export function afterCheck(
  { plannedAt }: Pick<Agenda, 'plannedAt'>,
  everyMs: number,
  now: number,
  extra?: ExtraInstant,
): Agenda {
  const at = nextOnGrid(plannedAt, everyMs, now);
  return {
    plannedAt: lastOnGrid(plannedAt, everyMs, now),
    next: { at, gridAt: at },
    ...(extra && extra.at < at ? { extra } : {}),
  };
}

/** Rules 11 and 12: the Period was edited. A shorter one takes effect at once, a longer one at the next check. */
export function replanned(agenda: Agenda, everyMs: number, now: number): Agenda {
  const { plannedAt, next } = agenda;
  const at = replan(plannedAt, next.at, everyMs, now);
  if (at === next.at) return agenda;
  return { ...agenda, next: { at, gridAt: Math.max(plannedAt, lastOnGrid(plannedAt, everyMs, at)) } };
}

/** One more check at an instant, where the next one comes later. */
export function withExtra(agenda: Agenda, extra: ExtraInstant): Agenda {
  return extra.at < nextCheckAt(agenda) ? { ...agenda, extra } : agenda;
}

/** The client is not missing any more. */
export function withoutGrace({ extra, ...agenda }: Agenda): Agenda {
  return extra && extra.why !== 'grace' ? { ...agenda, extra } : agenda;
}

/** How often a client is checked before a check has read its Period, milliseconds. */
export const firstIntervalMs = 300_000;
