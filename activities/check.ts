import { checkClient } from '../domain/check-client.js';
import { unreachedRules } from '../domain/notices.js';
import type { Profile } from '../domain/profile/profile.js';
import { faultsText, isUnclear, type ClientIdentity, type UnclearClient } from '../domain/client.js';
import { profileNeeds } from '../domain/profile-needs.js';
import { endReasonOf } from '../domain/reading.js';
import type { ClientRead } from '../billing/billing.js';
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
  if (isUnclear(client)) return await unknownCheck(parts, input, stored, client, now);
  const { watch, reading, decisions, state } = checkClient(client, profile, input.watch, now);
  const unreached = parts.unreached ? unreachedRules(profile, client, await parts.unreached.known()) : [];
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
    ...(unreached.length > 0 ? { bounced: [...new Set(unreached.map(({ rule }) => rule))], unreached } : {}),
  };
}

/** Rule 24: the client is unknown at the pace of its profile, and its row says so. */
async function unknownCheck(
  parts: WatchParts,
  { clientId, plannedAt, watch }: CheckInput,
  stored: StoredProfile,
  { faults }: UnclearClient,
  now: number,
): Promise<CheckResult> {
  const { id, periodMs } = stored.profile;
  const nextCheckAt = nextOnGrid(plannedAt, periodMs, now);
  await parts.watched.seen({
    clientId,
    profileId: id,
    state: 'unknown',
    periodMs,
    nextCheckAt,
    seenAt: now,
    watch,
  });
  return { kind: 'unreadable', reason: faultsText(faults), profile: checkedProfile(stored) };
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

/** A client with its profile; of one without a profile no more is read than who it is. */
export type ReadClient =
  | { readonly client: ClientRead; readonly stored: StoredProfile }
  | { readonly client: ClientIdentity | undefined; readonly stored: undefined }
  | { readonly client: undefined; readonly stored: StoredProfile };

/**
 * The client with its profile. The profile it had last is read first, so that one billing query is enough; only a
 * client that was moved to another profile costs a second.
 */
export async function readWatched(
  parts: Pick<WatchParts, 'billing' | 'profiles' | 'readWithinMs'>,
  clientId: string,
  lastProfileId: string | undefined,
): Promise<ReadClient> {
  const guessed = lastProfileId === undefined ? undefined : await parts.profiles.read(lastProfileId);
  if (guessed) {
    const client = await readFor(parts, clientId, guessed.profile);
    if (!client) return { client, stored: undefined };
    if ((await assignedProfile(parts, client)) === guessed.profile.id) return { client, stored: guessed };
  }
  const client = await parts.billing.identify(clientId);
  if (!client) return { client, stored: undefined };
  const profileId = await assignedProfile(parts, client);
  const stored = profileId === null ? undefined : await parts.profiles.read(profileId);
  return stored
    ? { client: await readFor(parts, clientId, stored.profile), stored }
    : { client, stored: undefined };
}

function readFor(
  { billing, readWithinMs }: Pick<WatchParts, 'billing' | 'readWithinMs'>,
  clientId: string,
  profile: Profile,
): Promise<ClientRead | undefined> {
  const withinMs = readWithinMs?.();
  return billing.readClient(clientId, {
    ...profileNeeds(profile),
    ...(withinMs === undefined ? {} : { withinMs }),
  });
}

/** Most billing data names the profile: then nobody needs to know what the other profiles apply to. */
async function assignedProfile(
  { profiles }: Pick<WatchParts, 'profiles'>,
  client: ClientIdentity,
): Promise<string | null> {
  return client.profileId ?? (await profiles.assigner()).assign(client).profileId;
}

function checkedProfile({ profile, version }: StoredProfile): Checked['profile'] {
  const { id, name, reseller, currency, maxQty, periodMs } = profile;
  return { id, name, version, reseller, currency, maxQty, periodMs };
}
