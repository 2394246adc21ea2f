import type { Info } from '@temporalio/activity';

/**
 * When the current attempt of an activity was scheduled, epoch milliseconds by the Temporal server's clock. A local activity has no
 * schedule of its own: the workflow's time, handed in, is its time, and the answer is 0.
 *
 * A server that was restarted now and then starts an attempt before its time (seen: by two seconds, of a pause of minutes it may be
 * more). So an attempt after the first is not taken for later than it is by MySQL's clock, but for no sooner than the first one.
 */
export async function attemptedAt(
  { isLocal, attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs }: AttemptInfo,
  now: () => Promise<number>,
): Promise<number> {
  if (isLocal) return 0;
  if (attempt === 1) return currentAttemptScheduledTimestampMs;
  return Math.min(currentAttemptScheduledTimestampMs, Math.max(scheduledTimestampMs, await now()));
}

export type AttemptInfo = Pick<
  Info,
  'isLocal' | 'attempt' | 'scheduledTimestampMs' | 'currentAttemptScheduledTimestampMs'
>;
