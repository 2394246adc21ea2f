import type { Profile } from '../profile/profile.js';
import type { ClientIdentity } from '../client.js';
import { endReasonOf } from '../reading.js';
import type { Ended, Missing } from './check.js';

/** Rule 13: for so long a client without a profile, or not found, is still watched and nothing is sent. */
export const missingGraceMs = 3_600_000;

export interface SeenStanding {
  readonly client: Pick<ClientIdentity, 'status' | 'prepaid'> | undefined;
  readonly profile: Profile | undefined;
  /** Since when it is missing, as its workflow knows; undefined where it was not. */
  readonly missingSince: number | undefined;
  readonly now: number;
}

/**
 * Rule 13: the one place that ends the watch of a client; undefined where it is watched. One that is closed or no longer
 * prepaid ends at once, one that is missing only after a grace: assignment tables are rebuilt, and views fail half-way.
 */
export function leavingOf({ client, profile, missingSince, now }: SeenStanding): Ended | Missing | undefined {
  const reason = endReasonOf(client, profile);
  if (reason === undefined) return undefined;
  if (reason !== 'no-profile' && reason !== 'not-found') return { kind: 'ended', reason };
  const since = missingSince ?? now;
  const until = since + missingGraceMs;
  return now < until ? { kind: 'missing', reason, since, until } : { kind: 'ended', reason };
}
