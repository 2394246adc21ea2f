import { takeUp } from '../domain/cycle/take-up.js';
import { noteTold } from '../domain/cycle/told.js';
import type { WatchState } from '../domain/cycle/watch-state.js';
import type { EarlierWatch } from '../store/watched-row.js';
import type { CheckInput, TakenUp } from './contract.js';
import type { WatchParts } from './parts.js';
import { retryLater } from './retry-later.js';

/** A worker's clock may be ahead by this, milliseconds. Temporal gives a check to another worker after 10 s, its task timeout. */
const clocksDifferMs = 5_000;

/**
 * Rule 25: what a workflow that starts for a client goes on with; undefined where it is the first one of its client.
 * - What an earlier workflow decided, and did not write into the ledger yet, is not written any more.
 * - What it left unsent is withdrawn. While somebody may still be sending it, this is tried again: what the
 *   provider then accepts must count.
 * - A worker that stalled during this check, which another worker has made since, does not withdraw what that one sends: those
 *   notices are of a check that is later than this one.
 * - The row is written at a check, and the ledger at each notice: it knows those that came after the row.
 */
export async function takeUpEarlier(
  parts: Pick<WatchParts, 'watched' | 'ledger'>,
  { clientId, watch, now: begunAt }: Pick<CheckInput, 'clientId' | 'watch' | 'now'>,
  profileId: string,
  now: number,
): Promise<TakenUp | undefined> {
  const before = begunAt + clocksDifferMs;
  const earlier = await parts.watched.earlier(clientId);
  if (earlier?.checkedAt !== undefined) await parts.ledger.fence(clientId, begunAt);
  const { busyMs, withdrawn, notices } = await parts.ledger.withdrawAll(clientId, before, now);
  if (busyMs > 0) {
    const message = 'a notice of an earlier workflow is being sent';
    throw retryLater([{ kind: 'busy', message, attempts: 0, waitMs: busyMs }], busyMs * 2);
  }
  const known = takeUp(watch, earlier?.watch ?? { acceptedAt: {} });
  const accepted =
    notices === 0
      ? []
      : await parts.ledger.acceptedSince({
          clientId,
          profileId,
          // Those of the last check count also before a refill: recoveries and rules for "above" go on (rules 20 and 21).
          refillAt: earlier?.checkedAt === undefined ? (known.lastRefillAt ?? 0) : 0,
          checkAt: earlier?.checkedAt ?? 0,
        });
  if (!earlier && accepted.length === 0) return undefined;
  const plannedAt =
    earlier?.plannedAt !== undefined && earlier.plannedAt <= now ? earlier.plannedAt : undefined;
  const same = known.profileId === profileId;
  const unsent = withdrawn || (earlier !== undefined && (await leftUnsent(parts, clientId, earlier)));
  // The row of a client that was never checked names no profile: its first check is still to come (rule 22).
  const ofProfile = known.profileId === undefined && accepted.length > 0 ? { ...known, profileId } : known;
  return {
    watch: ofProfile.profileId === profileId ? noteTold(ofProfile, accepted) : ofProfile,
    ...(plannedAt === undefined ? {} : { plannedAt }),
    ...(plannedAt === undefined || !same || unsent ? {} : { checkedFor: plannedAt }),
  };
}

/** Whether the last check of the row would have notified somebody, and neither a channel nor the ledger heard of it. */
async function leftUnsent(
  { ledger }: Pick<WatchParts, 'ledger'>,
  clientId: string,
  { unsent, checkedAt = 0 }: EarlierWatch,
): Promise<boolean> {
  if (unsent === 'notices') return !(await ledger.settledSince(clientId, checkedAt));
  return unsent === 'waits';
}

/**
 * Rule 25: writes down what an operator changed between two checks. A workflow that took nothing up yet knows less than the row,
 * and adds to it.
 */
export async function remember(
  { watched }: Pick<WatchParts, 'watched'>,
  { clientId, watch }: { readonly clientId: string; readonly watch: WatchState },
): Promise<void> {
  const earlier = watch.profileId === undefined ? await watched.earlier(clientId) : undefined;
  await watched.remember(clientId, earlier ? takeUp(watch, earlier.watch) : watch);
}

/**
 * Rule 25: whether Temporal knows less of the client than its row, which knows of a later check than the workflow does: it was
 * restored from a backup, or an older version reset the workflow. Asked where a check would send.
 */
export async function knowsLess(
  { watched }: Pick<WatchParts, 'watched'>,
  { clientId, checkedAt }: { readonly clientId: string; readonly checkedAt?: number },
): Promise<boolean> {
  if (checkedAt === undefined) return false;
  const earlier = await watched.earlier(clientId);
  return earlier?.checkedAt !== undefined && earlier.checkedAt > checkedAt;
}
