import { stateOf, type ClientState } from './client-state.js';
import { assignProfile } from './cycle/counters.js';
import { noteFound, waitAll } from './cycle/found.js';
import { noteRefill } from './cycle/refills.js';
import type { WatchState } from './cycle/watch-state.js';
import { decide, type Decision } from './decide.js';
import type { Profile, RuleKey } from './profile/profile.js';
import { readingOf, type Client, type Reading } from './reading.js';
import type { CheckTime } from './silences.js';

/** What one check of a client found. */
export interface ClientCheck {
  /** With the refill that the billing data shows, and counting for the profile that the client has now. */
  readonly watch: WatchState;
  readonly reading: Reading;
  readonly decisions: readonly Decision[];
  readonly state: ClientState;
}

/** One check of a client: what is seen, what each rule does about it, and what is remembered of it. */
export function checkClient(
  client: Client,
  profile: Profile,
  known: WatchState,
  time: CheckTime,
): ClientCheck {
  const { now } = time;
  const counting = watchAtCheck(client, profile, known, time);
  const reading = readingOf(client, profile);
  const decisions = decide(profile, reading, counting, time);
  const watch = noteFound(counting, decisions, now);
  return { watch, reading, decisions, state: stateOf(decisions, watch, profile.maxQty, now) };
}

/** What a client's counters are at a check by this profile, before the check decides. */
export function watchAtCheck(
  { lastRefillAt }: Pick<Client, 'lastRefillAt'>,
  profile: Profile,
  known: WatchState,
  { now, readAt }: Pick<CheckTime, 'now' | 'readAt'>,
): WatchState {
  const rules = profile.rules.map(({ key }) => key);
  return noteProfile(
    known,
    { profile, lastRefillAt, ...(readAt === undefined ? {} : { readAt }) },
    rules,
    now,
  );
}

/** What a check saw that changes counters. */
export interface SeenProfile {
  readonly profile: { readonly id: string; readonly alreadyLow?: Profile['alreadyLow'] };
  readonly lastRefillAt: number | null;
  /** When that was read, where it came only after `now`. */
  readonly readAt?: number;
}

/**
 * What a client's counters are by this profile, before the check decides.
 * - 6: a refill whose signal was lost is seen in the billing data. One that came after the check began, before it
 *   read, is not of the future (rule 5).
 * - 12: counters go on under the same profile, and start afresh under another one.
 * - 22: under a profile that says so, rules that are met at the first check wait.
 */
export function noteProfile(
  known: WatchState,
  { profile, lastRefillAt, readAt }: SeenProfile,
  rules: readonly RuleKey[],
  now: number,
): WatchState {
  const refilled =
    lastRefillAt === null ? known : noteRefill(known, { at: lastRefillAt }, Math.max(now, readAt ?? now));
  const counting = assignProfile(refilled, profile.id);
  const isNew = known.profileId !== profile.id;
  return isNew && profile.alreadyLow === 'wait' ? waitAll(counting, rules, now) : counting;
}
