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
}

/** Rule 11: the first check comes at once. */
export function firstAgenda(now: number): Agenda {
  return { plannedAt: now, next: { at: now, gridAt: now } };
}

/** A check begins. One before its time (rule 7, `checkNow`) does not move the grid. */
export function beginCheck(agenda: Agenda, now: number): Agenda {
  return now >= agenda.next.at ? { ...agenda, plannedAt: agenda.next.gridAt } : agenda;
}

/**
 * A check ended: the next one comes at the first instant of the grid that lies ahead. A late check stands for every
 * instant that it is late for, so that a Period edited afterwards does not find one of them past.
 */
export function afterCheck({ plannedAt }: Agenda, periodMs: number, now: number): Agenda {
  const at = nextOnGrid(plannedAt, periodMs, now);
  return { plannedAt: lastOnGrid(plannedAt, periodMs, now), next: { at, gridAt: at } };
}

/** Rules 11 and 12: the Period was edited. A shorter one takes effect at once, a longer one at the next check. */
export function replanned(agenda: Agenda, periodMs: number, now: number): Agenda {
  const { plannedAt, next } = agenda;
  const at = replan(plannedAt, next.at, periodMs, now);
  if (at === next.at) return agenda;
  return { plannedAt, next: { at, gridAt: Math.max(plannedAt, lastOnGrid(plannedAt, periodMs, at)) } };
}

/** The Period where no check has told it yet, milliseconds. */
export const firstPeriodMs = 300_000;
