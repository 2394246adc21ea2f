import type { Info } from '@temporalio/activity';

/**
 * When the current attempt of an activity was scheduled, epoch milliseconds by the Temporal server's clock. A local activity has no
 * schedule of its own: the workflow's time, handed in, is its time, and the answer is 0.
 *
 * After a restart the server sometimes starts a retry before its scheduled time (by up to 2 s in chaos runs). So a retry counts as
 * scheduled at MySQL's time at the latest, and never before the first attempt.
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
