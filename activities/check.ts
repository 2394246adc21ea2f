import { checkClient } from '../domain/check-client.js';
import { bouncedRules } from '../domain/notices.js';
import type { Profile } from '../domain/profile/profile.js';
import { endReasonOf, type Client } from '../domain/reading.js';
import { nextOnGrid } from '../domain/schedule.js';
import type { StoredProfile } from '../store/profiles.js';
import type { Checked, CheckInput, CheckResult, ReplanResult } from './contract.js';
import type { WatchParts } from './parts.js';

/** Reads a client and decides, rule by rule. Writes nothing but the client's row of watched clients. */
export async function check(parts: WatchParts, input: CheckInput): Promise<CheckResult> {
  const now = Math.max(input.now, await parts.attemptedAt());
  const read = await readWatched(parts, input.clientId, input.watch.profileId);
  const ended = endReasonOf(read.client, read.stored?.profile);
  if (ended || !read.client || !read.stored) {
    const reason = ended ?? 'not-found';
    await parts.watched.ended(input.clientId, reason, now);
    return { kind: 'ended', reason };
  }
  const { client, stored } = read;
  const { profile } = stored;
  const { watch, reading, decisions, state } = checkClient(client, profile, input.watch, now);
  const bounced = parts.bounced ? bouncedRules(profile, client, await parts.bounced.known()) : [];
  const written = parts.watched.seen({
    clientId: input.clientId,
    profileId: profile.id,
    state,
    periodMs: profile.periodMs,
    nextCheckAt: nextOnGrid(input.plannedAt, profile.periodMs, now),
    seenAt: now,
    watch,
  });
  // Until its first row is there a client counts as starting, and its next check may be a Period away: that one is waited for.
  if (input.watch.profileId === undefined) await written;
  return {
    kind: 'checked',
    profile: checkedProfile(stored),
    availableBalance: reading.availableBalance,
    currency: reading.currency,
    lastRefillAt: client.lastRefillAt,
    decisions,
    ...(bounced.length > 0 ? { bounced } : {}),
  };
}

/** What the next check is planned by: the Period as it is now, or why the client is watched no more. */
export async function replan(parts: WatchParts, clientId: string): Promise<ReplanResult> {
  const { client, stored } = await readWatched(parts, clientId, undefined);
  const reason = endReasonOf(client, stored?.profile);
  if (reason || !stored) {
    await parts.watched.ended(clientId, reason ?? 'no-profile', await parts.now());
    return { kind: 'ended', reason: reason ?? 'no-profile' };
  }
  await parts.watched.replanned(clientId, stored.profile.id, stored.profile.periodMs);
  return { kind: 'planned', profileId: stored.profile.id, periodMs: stored.profile.periodMs };
}

export interface ReadClient {
  readonly client: Client | undefined;
  readonly stored: StoredProfile | undefined;
}

/**
 * The client with its profile. The profile it had last is read first, so that one billing query is enough; only a
 * client that was moved to another profile costs a second.
 */
export async function readWatched(
  parts: Pick<WatchParts, 'billing' | 'profiles'>,
  clientId: string,
  lastProfileId: string | undefined,
): Promise<ReadClient> {
  const guessed = lastProfileId === undefined ? undefined : await parts.profiles.read(lastProfileId);
  const client = sameClient(clientId, await parts.billing.readClient(clientId, neededFor(guessed?.profile)));
  if (!client || client.profileId === null) return { client, stored: undefined };
  if (client.profileId === guessed?.profile.id) return { client, stored: guessed };
  const stored = await parts.profiles.read(client.profileId);
  if (!stored) return { client, stored };
  return { client: await parts.billing.readClient(clientId, neededFor(stored.profile)), stored };
}

/**
 * MySQL takes `c-1003` for `C-1003`, and the number 456 for `0456`: a client that is written otherwise is another one, which
 * has a workflow of its own.
 */
function sameClient(clientId: string, client: Client | undefined): Client | undefined {
  // A view over integers gives numbers.
  const found: string | number | undefined = client?.clientId;
  return found?.toString() === clientId ? client : undefined;
}

function neededFor(profile: Profile | undefined): { currency: string | null; logins: readonly string[] } {
  return { currency: profile?.currency ?? null, logins: profile?.rules.flatMap(({ users }) => users) ?? [] };
}

function checkedProfile({ profile, version }: StoredProfile): Checked['profile'] {
  const { id, name, reseller, currency, maxQty, periodMs } = profile;
  return { id, name, version, reseller, currency, maxQty, periodMs };
}
