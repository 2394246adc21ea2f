import type { ClientCheck } from '../check-client.js';
import type { Profile } from '../profile/profile.js';
import type { Client } from '../reading.js';
import type { CheckTime } from '../silences.js';
import type { CheckReport, CheckedProfile, TakenUp, UnreachedRule } from './check.js';

export interface VersionedProfile {
  readonly profile: Profile;
  readonly version: number;
}

/** What a check answers of what it found. */
export function checkedOf({
  client,
  stored,
  found,
  time: { instant, atOpening, readAt },
  takenUp,
  unreached,
}: {
  readonly client: Client;
  readonly stored: VersionedProfile;
  readonly found: ClientCheck;
  readonly time: Pick<CheckTime, 'instant' | 'atOpening' | 'readAt'>;
  readonly takenUp: TakenUp | undefined;
  readonly unreached: readonly UnreachedRule[];
}): CheckReport {
  const { reading, decisions } = found;
  return {
    kind: 'checked',
    profile: checkedProfile(stored),
    availableBalance: reading.availableBalance,
    currency: reading.currency,
    lastRefillAt: client.lastRefillAt,
    ...(readAt === undefined ? {} : { readAt }),
    decisions,
    instant,
    ...(atOpening ? { atOpening } : {}),
    ...(takenUp ? { takenUp } : {}),
    ...(unreached.length > 0 ? { bounced: [...new Set(unreached.map(({ rule }) => rule))], unreached } : {}),
  };
}

export function checkedProfile({ profile, version }: VersionedProfile): CheckedProfile {
  const { id, name, reseller, currency, maxQty, periodMs, alreadyLow } = profile;
  const waits = alreadyLow === 'tell' ? {} : { alreadyLow };
  return { id, name, version, reseller, currency, maxQty, periodMs, ...waits };
}
