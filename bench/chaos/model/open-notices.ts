import { awayMs, starvedMs, wasHindered, wasOutOfService } from './ask-truth.js';
import { lateMs } from './punctuality.js';
import type { Truth } from './truth.js';

/** The first retry of a notice comes no later, and each next one doubles the wait at most (rule 4). */
const firstRetryMs = 4_000;
/** A notice needs no longer where nothing hinders it and the CPU is there. */
const noticeMs = 1_000;

/** The sending decisions of a check, until they are handed over. */
export interface Due {
  readonly low: readonly string[];
  readonly recovered: readonly string[];
  /** Rule 17. */
  readonly standsFor: number;
  readonly at: number;
  /** The client is to be checked again instead (rule 7). */
  disturbed: boolean;
  readonly knownRefillAt: number;
}

/** Notices that were handed over, until it is told what became of them. */
export interface Open extends Pick<Due, 'low' | 'recovered' | 'standsFor'> {
  readonly checkAt: number;
  readonly scheduledAt: number;
  readonly deadlineAt: number;
  /** Something came meanwhile because of which it may be given up. */
  disturbed: boolean;
  refilled: boolean;
}

/**
 * Rules 4, 7, 13: whether a notice may have been given up at `at`: only because of what came meanwhile, or where no attempt was left
 * before the next check. Undefined: it may not.
 */
export function whyGivenUp(
  truth: Truth,
  clientId: string,
  { scheduledAt, deadlineAt, disturbed }: Open,
  at: number,
): 'overtaken' | 'late' | undefined {
  if (disturbed || wasOutOfService(truth, clientId, scheduledAt, at)) return 'overtaken';
  const nextRetryMs =
    awayMs(truth, scheduledAt, at) > 0 ? lateMs : Math.max(firstRetryMs, 2 * (at - scheduledAt));
  const hadMs = deadlineAt - scheduledAt - starvedMs(truth, scheduledAt, deadlineAt);
  const hindered = hadMs < noticeMs || wasHindered(truth, clientId, scheduledAt, at);
  return hindered && deadlineAt - at <= nextRetryMs ? 'late' : undefined;
}
