import { awayMs, profilesBetween, slackMs, starvedMs, wasHindered, wasOutOfService } from './ask-truth.js';
import { lateMs } from './punctuality.js';
import type { Truth } from './truth.js';
import { instant, type ClientFacts, type Tally } from './verdict.js';

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

/** What was answered of one rule of a check. */
interface Answered {
  readonly key: string;
  /** When its notices were accepted. */
  readonly times: readonly number[];
  /** When it was answered. */
  readonly at: number;
  /** A channel refused a notice of the check for good. */
  readonly refused: boolean;
}

/** When a rule of a check was first accepted, undefined where it was not; and what is wrong with that. Counts into `tally`. */
export function settledOf(
  truth: Truth,
  clientId: string,
  tally: Tally,
  open: Open,
  { key, times, at, refused }: Answered,
): { readonly first?: number; readonly fault?: string } {
  const { checkAt, deadlineAt } = open;
  if (times.length === 0) {
    const why = whyGivenUp(truth, clientId, open, at);
    if (why !== undefined) tally[why] += 1;
    if (why !== undefined && !refused) return {};
    const before = ((deadlineAt - at) / 1_000).toFixed(1);
    return {
      fault: `${key} of ${instant(checkAt)} was not accepted, and given up ${before} s before its deadline`,
    };
  }
  tally.accepted += 1;
  const first = Math.min(...times);
  return first < checkAt - slackMs || first > at + slackMs
    ? { first, fault: `${key} of ${instant(checkAt)} is dated ${instant(first)}` }
    : { first };
}

/**
 * Rule 4 for each channel by itself: a webhook that took nothing was tried as long as a mail is, though the mails of its rules were
 * accepted and nothing more is counted.
 */
export function faultsOfChannels(
  { clientId, notices }: Pick<ClientFacts, 'clientId' | 'notices'>,
  truth: Truth,
  open: Open,
  at: number,
): readonly string[] {
  const lost = notices.filter(
    ({ checkAt, state }) => checkAt === open.checkAt && state !== 'accepted' && state !== 'pending',
  );
  if (whyGivenUp(truth, clientId, open, at) !== undefined) return [];
  const before = ((open.deadlineAt - at) / 1_000).toFixed(1);
  return lost.map(
    ({ channel, state }) =>
      `${channel} of ${instant(open.checkAt)} was ${state} ${before} s before its deadline`,
  );
}

/** `client, user`, and those that recovered in brackets. */
export function namesOf(rules: Pick<Due, 'low' | 'recovered'> | undefined): string {
  if (!rules) return 'nothing';
  return [...rules.low.toSorted(), ...rules.recovered.map((key) => `(${key})`).sort()].join(', ');
}

/**
 * Rules 4, 7, 13: whether a notice may have been given up at `at`: only because of what came meanwhile, or where no attempt was left
 * before the next check. Undefined: it may not.
 */
function whyGivenUp(
  truth: Truth,
  clientId: string,
  { checkAt, scheduledAt, deadlineAt, disturbed }: Open,
  at: number,
): 'overtaken' | 'late' | undefined {
  // The check read the client before the notice was handed over.
  const readAt = Math.min(checkAt, scheduledAt) - slackMs;
  const moved = profilesBetween(truth, clientId, readAt, at).length > 1;
  if (disturbed || moved || wasOutOfService(truth, clientId, readAt, at)) return 'overtaken';
  const leastMs = awayMs(truth, scheduledAt, at) > 0 ? lateMs : firstRetryMs;
  // Each attempt comes after twice the time of the one before.
  const nextRetryMs = Math.max(leastMs, 2 * (at - scheduledAt));
  const hadMs = deadlineAt - scheduledAt - starvedMs(truth, scheduledAt, deadlineAt);
  const hindered = hadMs < noticeMs || wasHindered(truth, clientId, scheduledAt, at);
  return hindered && deadlineAt - at <= nextRetryMs ? 'late' : undefined;
}
