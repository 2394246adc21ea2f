import { lastOnGrid } from '../schedule.js';
import type { CheckTime } from '../silences.js';
import type { CheckInput, TakenUp } from './check.js';

/**
 * Rule 17: what a check stands for.
 * - A planned one for the last instant of the grid, also when it is late; the re-check of rule 7 for the planned check that
 *   it belongs to; one at an opening for that instant; one whose notices were held, or not accepted before their hours closed,
 *   for what the check before it stood for; any other for its own time.
 * - 25: the grid goes on where an earlier workflow of the client had it, and what that one checked for is not sent sooner.
 */
export function checkTimeOf(
  { plannedAt, extra, dueAt, again: stoodFor }: Pick<CheckInput, 'plannedAt' | 'extra' | 'dueAt' | 'again'>,
  takenUp: TakenUp | undefined,
  everyMs: number,
  now: number,
): CheckTime {
  const onGrid = takenUp?.plannedAt ?? plannedAt;
  if (extra === 'own') return { now, instant: now, plannedAt: onGrid };
  if (extra === 'opening') return { now, instant: dueAt, plannedAt: onGrid, atOpening: true };
  if (extra === 'held' || extra === 'closing')
    return { now, instant: onGrid, ...stoodFor, plannedAt: onGrid };
  if (extra === 'refill') return { now, instant: onGrid, plannedAt: onGrid };
  const instant = lastOnGrid(onGrid, everyMs, now);
  const again = takenUp?.checkedFor !== undefined && instant <= takenUp.checkedFor;
  return { now, instant, plannedAt: instant, ...(again ? { againUntil: instant + everyMs } : {}) };
}
