/**
 * Rule 11, the grid of checks: `next = previous planned check + k × period`, the first that lies ahead.
 * So checks do not drift, and after downtime there is one late check and never a burst.
 * `plannedAt`, `now` and the result are epoch milliseconds; `plannedAt` is the previous planned check.
 */
export function nextOnGrid(plannedAt: number, periodMs: number, now: number): number {
  if (now < plannedAt) return plannedAt + periodMs;
  return plannedAt + (Math.floor((now - plannedAt) / periodMs) + 1) * periodMs;
}

/** The last instant of the grid that is not after `now`: what the next check is planned from. */
export function lastOnGrid(plannedAt: number, periodMs: number, now: number): number {
  if (now < plannedAt) return plannedAt;
  return plannedAt + Math.floor((now - plannedAt) / periodMs) * periodMs;
}

/**
 * Rules 11 and 12: when the next check comes after the Period was edited. A shorter Period takes effect at once, from
 * the previous planned check, and where that is past, the check comes at `now`; a longer one takes effect at the next check.
 */
export function replan(plannedAt: number, nextCheckAt: number, periodMs: number, now: number): number {
  return Math.min(nextCheckAt, Math.max(plannedAt + periodMs, now));
}
