import type { ClientRead } from '../billing/billing.js';
import { checkClient, type ClientCheck } from '../domain/check-client.js';
import { faultsText, isUnclear, type ClientIdentity, type UnclearClient } from '../domain/client.js';
import { heldEndingRetryMs } from '../domain/endings.js';
import { unreachedRules } from '../domain/notices.js';
import { profileNeeds } from '../domain/profile-needs.js';
import type { Profile } from '../domain/profile/profile.js';
import { nextOnGrid } from '../domain/schedule.js';
import { withReseller } from '../domain/reseller/reseller-directory.js';
import type {
  CheckInput,
  CheckResult,
  Ended,
  Missing,
  ReplanResult,
  TakenUp,
} from '../domain/watching/check.js';
import { checkTimeOf } from '../domain/watching/check-time.js';
import { checkedOf, checkedProfile } from '../domain/watching/checked.js';
import { leavingOf } from '../domain/watching/standing.js';
import { unsentOf } from '../domain/watching/unsent.js';
import type { StoredProfile } from '../store/profiles.js';
import type { ReplanInput } from './contract.js';
import { heldBack } from './held.js';
import type { WatchParts } from './parts.js';
import { knowsLess, takeUpEarlier } from './take-up.js';

/**
 * A check reads this long after its time at most, milliseconds: a worker that stands still for longer loses its workflow task. A
 * clock of MySQL that says more is ahead of Temporal's.
 */
const mostLateMs = 10_000;

/** Reads a client and decides, rule by rule. Writes nothing but the client's row of watched clients. */
export async function check(parts: WatchParts, input: CheckInput): Promise<CheckResult> {
  const now = Math.max(input.now, await parts.attemptedAt());
  const { clientId, missingSince } = input;
  const { client, stored } = await readWatched(parts, clientId, input.watch.profileId);
  const leaving = leavingOf({ client, profile: stored?.profile, missingSince, now });
  if (leaving || !client || !stored) return await noteLeaving(parts, input, leaving, now);
  const { profile } = stored;
  if (isUnclear(client)) return await unknownCheck(parts, input, stored, client, now);
  const refilledSince = client.lastRefillAt !== null && client.lastRefillAt > now;
  const readAt = refilledSince ? Math.min(Math.round(await parts.now()), now + mostLateMs) : now;
  const starts = input.watch.profileId === undefined;
  const decideWith = (takenUp: TakenUp | undefined) => {
    const time = {
      ...checkTimeOf(input, takenUp, profile.periodMs, now),
      ...(readAt > now ? { readAt } : {}),
      ...(parts.zoneOf ? { zoneOf: parts.zoneOf } : {}),
    };
    return { takenUp, time, seen: checkClient(client, profile, takenUp?.watch ?? input.watch, time) };
  };
  let decided = decideWith(starts ? await takeUpEarlier(parts, input, profile.id, now) : undefined);
  if (!starts && sends(decided.seen) && (await knowsLess(parts, input)))
    decided = decideWith(await takeUpEarlier(parts, input, profile.id, now));
  const { takenUp, time, seen } = decided;
  const found = await heldBack(parts, client, profile, seen, now);
  const unreached = parts.unreached ? unreachedRules(profile, client, await parts.unreached.known()) : [];
  const unsent = unsentOf(found.decisions);
  const row = {
    clientId,
    profileId: profile.id,
    state: found.state,
    periodMs: profile.periodMs,
    plannedAt: time.plannedAt,
    nextCheckAt: nextOnGrid(time.plannedAt, profile.periodMs, now),
    seenAt: now,
    watch: found.watch,
    ...(unsent === undefined ? {} : { unsent }),
  };
  // Until its first row is there a client counts as starting, and its next check may be a Period away: that one is waited for.
  if (starts) await parts.watched.seen(row, 'soon');
  else void parts.watched.seen(row);
  return checkedOf({ client, stored, found, time, takenUp, unreached });
}

function sends({ decisions }: ClientCheck): boolean {
  return decisions.some(({ decision }) => decision === 'send');
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
  const reason = faultsText(faults);
  if (watch.profileId === undefined) {
    // What an earlier workflow knew stays in the row until this one takes it up (rule 25).
    await parts.watched.unreadable(clientId, now, nextOnGrid(plannedAt, periodMs, now));
    return { kind: 'unreadable', reason, profile: checkedProfile(stored) };
  }
  await parts.watched.seen({
    clientId,
    profileId: id,
    state: 'unknown',
    periodMs,
    plannedAt,
    nextCheckAt: nextOnGrid(plannedAt, periodMs, now),
    seenAt: now,
    watch,
  });
  return { kind: 'unreadable', reason, profile: checkedProfile(stored) };
}

/**
 * The client is not watched, or waits until the billing data shows it again (rule 13). While too many are missing at once,
 * none of them ends.
 */
async function noteLeaving(
  parts: WatchParts,
  { clientId, missingSince }: Pick<CheckInput, 'clientId' | 'missingSince'>,
  found: Ended | Missing = { kind: 'ended', reason: 'not-found' },
  now: number,
): Promise<Ended | Missing> {
  const leaving = (await heldEnding(parts, found, missingSince, now)) ?? found;
  if (leaving.kind === 'missing') await parts.watched.missing(clientId, leaving.since, leaving.until);
  else await parts.watched.ended(clientId, leaving.reason, now);
  return leaving;
}

async function heldEnding(
  { endings }: WatchParts,
  { kind, reason }: Ended | Missing,
  missingSince: number | undefined,
  now: number,
): Promise<Missing | undefined> {
  if (kind !== 'ended' || (reason !== 'no-profile' && reason !== 'not-found')) return undefined;
  const held = (await endings?.state(now))?.held;
  return held === undefined
    ? undefined
    : { kind: 'missing', reason, since: missingSince ?? now, until: now + heldEndingRetryMs, held };
}

/** What the next check is planned by: the Period as it is now, or why the client is watched no more. */
export async function replan(parts: WatchParts, input: ReplanInput): Promise<ReplanResult> {
  const { clientId, missingSince } = input;
  const now = await parts.now();
  const { client, stored } = await readWatched(parts, clientId, undefined);
  const leaving = leavingOf({ client, profile: stored?.profile, missingSince, now });
  if (leaving || !stored) return await noteLeaving(parts, input, leaving, now);
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
  parts: Pick<WatchParts, 'billing' | 'profiles' | 'readWithinMs' | 'resellers'>,
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

async function readFor(
  { billing, readWithinMs, resellers }: Pick<WatchParts, 'billing' | 'readWithinMs' | 'resellers'>,
  clientId: string,
  profile: Profile,
): Promise<ClientRead | undefined> {
  const withinMs = readWithinMs?.();
  const client = await billing.readClient(clientId, {
    ...profileNeeds(profile),
    ...(withinMs === undefined ? {} : { withinMs }),
  });
  if (!client || isUnclear(client) || !resellers) return client;
  return withReseller(client, profile, await resellers.current());
}

/** Most billing data names the profile: then nobody needs to know what the other profiles apply to. */
async function assignedProfile(
  { profiles }: Pick<WatchParts, 'profiles'>,
  client: ClientIdentity,
): Promise<string | null> {
  return client.profileId ?? (await profiles.assigner()).assign(client).profileId;
}
