import { countOf } from './cycle/counters.js';
import { isMuted, type WatchState } from './cycle/watch-state.js';
import type { Decision } from './decide.js';

/** The state of a client as operators filter by it. */
export const clientStates = ['ok', 'low', 'exhausted', 'held', 'muted', 'suspended', 'unknown'] as const;
export type ClientState = (typeof clientStates)[number];

/**
 * `held`: a rule would send, and the brake or a hold keeps it (rule 23). `exhausted`: low, and every low rule has sent its Max Qty, so that only a refill makes it heard again. A mute and what ends
 * it count at once, whatever the last check said. One rule may be unknown where another knows enough.
 */
export function stateOf(
  decisions: readonly Decision[],
  watch: WatchState,
  maxQty: number,
  now: number,
): ClientState {
  if (decisions.some(({ reason }) => reason === 'suspended')) return 'suspended';
  const unknown = decisions.filter(({ reason }) => reason === 'unknown');
  const known = decisions.filter(({ low, reason }) => low !== undefined && reason !== 'unknown');
  if (unknown.length > 0 && known.length === 0) return 'unknown';
  if (isMuted(watch, now)) return 'muted';
  if (decisions.some(({ reason }) => reason === 'held')) return 'held';
  const low = known.filter((decision) => decision.low);
  if (low.length === 0) return unknown.length > 0 ? 'unknown' : 'ok';
  return low.every(({ rule }) => countOf(watch, rule) >= maxQty) ? 'exhausted' : 'low';
}
