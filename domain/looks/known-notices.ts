import type { AcceptedNotice } from '../cycle/told.js';
import type { WatchState } from '../cycle/watch-state.js';
import type { RuleKey } from '../profile/profile.js';

/** What a look needs of a client's row. Instants are epoch milliseconds. */
export interface LookedClient {
  readonly clientId: string;
  readonly watch: WatchState;
  /** A planned check of its grid. */
  readonly plannedAt: number;
  /** When the row was written. */
  readonly seenAt: number;
  /** Whether its last check was held (rule 23). */
  readonly held: boolean;
}

/** What the ledger knows of a client, and its row does not. */
export interface NoticesOfLooked {
  /** A notice is on its way. */
  readonly pending: boolean;
  /** Rules whose notice was refused for good since the last planned check: the next one decides afresh (rule 4). */
  readonly failed: readonly RuleKey[];
  /** Accepted since the check that wrote the row. */
  readonly accepted: readonly AcceptedNotice[];
}

export const noNotices: NoticesOfLooked = { pending: false, failed: [], accepted: [] };

/** A notice of the ledger, as far as a look asks. */
export interface NoticeAtLook {
  readonly profileId: string;
  readonly state: string;
  readonly checkAt: number;
  readonly instant: number | null;
  readonly rules: readonly RuleKey[];
  readonly recovered: readonly RuleKey[];
  readonly acceptedAt: number | null;
}

/** Adds a notice to what is known of its client. */
export function withNotice(
  known: NoticesOfLooked,
  { profileId, state, checkAt, instant, rules, recovered, acceptedAt }: NoticeAtLook,
  { plannedAt, seenAt, watch }: LookedClient,
): NoticesOfLooked {
  if (state === 'pending') return { ...known, pending: true };
  if (acceptedAt !== null && checkAt >= seenAt && profileId === watch.profileId) {
    const notice = { rules, recovered, at: acceptedAt, checkAt, ...(instant === null ? {} : { instant }) };
    return { ...known, accepted: [...known.accepted, notice] };
  }
  return state === 'failed' && checkAt >= plannedAt
    ? { ...known, failed: [...known.failed, ...rules, ...recovered] }
    : known;
}
