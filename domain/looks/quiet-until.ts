import { checkClient } from '../check-client.js';
import type { Client } from '../client.js';
import type { WatchState } from '../cycle/watch-state.js';
import type { Profile } from '../profile/profile.js';
import type { CheckTime } from '../silences.js';
import { longestClockChangeMs } from './may-send.js';

/**
 * Until when looks at a client that nothing happens to find no more than this one, which found that no rule would send; Infinity: for
 * ever. Every silence that ends by itself says when; one that asks how far clocks were put forward may end sooner by as much.
 */
export function quietUntil(client: Client, profile: Profile, watch: WatchState, time: CheckTime): number {
  const { decisions } = checkClient(client, profile, watch, time);
  const ends = decisions.flatMap(({ until }) => until ?? []);
  return Math.min(Infinity, ...ends) - (profile.sendingHours ? longestClockChangeMs : 0);
}
