import type { CheckResult, TakenUp } from '../domain/watching/check.js';
import type { Known } from '../domain/watching/watching.js';
import { missingSentences } from './details.js';

/**
 * Whether workers of the last release (`test/deploys/last-release.ts`) would take another client's state from this result, and so
 * issue other commands after it: they know no grace (rule 13), no hold (rule 23), and take up nothing (rule 25). What the newer fields
 * of a profile bring is not here: before going back, `newRun` is signalled to the clients of such profiles.
 */
export function isBeyondLastRelease(result: CheckResult): boolean {
  if (result.kind === 'missing') return true;
  if (result.kind !== 'checked') return false;
  return tookUp(result.takenUp) || result.decisions.some(({ reason }) => reason === 'held');
}

/** A client's state follows from its counters and its mute: nearly every workflow that starts finds neither. */
function tookUp(takenUp: TakenUp | undefined): boolean {
  if (!takenUp) return false;
  const { acceptedAt, mutedUntil } = takenUp.watch;
  return mutedUntil !== undefined || Object.keys(acceptedAt).length > 0;
}

/**
 * What a run hands over. To the last release a missing client is an unknown one: by that it takes the same state from it, until its
 * own check finds more.
 */
export function handedOverKnown(known: Known): Known {
  const { missing, unknown } = known;
  return missing && !unknown ? { ...known, unknown: unknownOf(missing) } : known;
}

/** The other way round. */
export function receivedKnown(known: Known): Known {
  const { missing, unknown, ...rest } = known;
  const same = missing && unknown?.since === missing.since && unknown.reason === unknownOf(missing).reason;
  return same ? { ...rest, missing } : known;
}

function unknownOf({ reason, since }: NonNullable<Known['missing']>): NonNullable<Known['unknown']> {
  return { reason: missingSentences[reason], since };
}
