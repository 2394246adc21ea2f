import type { Decision } from '../decide.js';

/**
 * Rule 25: what a check leaves to be sent, so that a workflow which starts again, or a second attempt of the same check, decides
 * it afresh.
 * - `notices`: it hands notices over, and until the ledger has them only its workflow knows of them;
 * - `waits`: a rule waits for the brake or for sending hours.
 */
export type Unsent = 'notices' | 'waits';

export function unsentOf(decisions: readonly Decision[]): Unsent | undefined {
  if (decisions.some(({ reason }) => reason === 'held' || reason === 'outside-hours')) return 'waits';
  return decisions.some(({ decision }) => decision === 'send') ? 'notices' : undefined;
}
