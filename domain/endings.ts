import { brakeLimit, type BrakePolicy } from './brake.js';

/** In this time endings are counted, milliseconds. */
export const endingWindowMs = 3_600_000;
/** A client whose end is held is looked at again after this, milliseconds. */
export const heldEndingRetryMs = 900_000;

/** Clients that lost their profile, or are not found any more (rule 13). */
export interface LostClients {
  /** Watched clients, those of `missing` among them. */
  readonly fleet: number;
  /** Still watched, and missing in the billing data. */
  readonly missing: number;
  /** Ended for it within the window. */
  readonly ended: number;
}

/** How many clients may lose theirs within the window before their ends are held: as many as may be notified (rule 23). */
export function endingLimit(policy: BrakePolicy, { fleet, ended }: LostClients): number {
  return brakeLimit(policy, fleet + ended);
}

/** Why no client that is missing may end now; undefined where it may. */
export function heldEndings(policy: BrakePolicy, lost: LostClients): string | undefined {
  const count = lost.missing + lost.ended;
  const limit = endingLimit(policy, lost);
  return count > limit
    ? `${count} of ${lost.fleet + lost.ended} clients lost their profile or are not found within an hour: expected ${limit} at most. They stay watched, and nothing is sent to them`
    : undefined;
}
