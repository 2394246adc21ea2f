import { decide, stateOf, type ClientState, type Decision } from './decide.js';
import type { Profile } from './profile/profile.js';
import { readingOf, type Client, type Reading } from './reading.js';
import { assignProfile, noteRefill, type WatchState } from './watch-state.js';

/** What one check of a client found. */
export interface ClientCheck {
  /** With the refill that the billing data shows, and counting for the profile that the client has now. */
  readonly watch: WatchState;
  readonly reading: Reading;
  readonly decisions: readonly Decision[];
  readonly state: ClientState;
}

/**
 * One check of a client: what is seen, and what each rule does about it.
 * - 6: a refill whose signal was lost is seen in the billing data.
 * - 12: counters go on under the same profile, and start afresh under another one.
 */
export function checkClient(client: Client, profile: Profile, known: WatchState, now: number): ClientCheck {
  const refilled = client.lastRefillAt === null ? known : noteRefill(known, { at: client.lastRefillAt }, now);
  const watch = assignProfile(refilled, profile.id);
  const reading = readingOf(client, profile);
  const decisions = decide(profile, reading, watch, now);
  return { watch, reading, decisions, state: stateOf(decisions, watch, profile.maxQty, now) };
}
