import type { RuleKey } from '../profile/profile.js';
import { countedSince, cycleStart, dropOldCycle } from './counters.js';
import type { LastTold, WatchState } from './watch-state.js';

/** A notice of one check that was accepted. */
export interface AcceptedNotice extends LastTold {
  /** Rules that it named as low. */
  readonly rules: readonly RuleKey[];
  /** Rules that it named as recovered. */
  readonly recovered?: readonly RuleKey[];
}

/** Takes note that a notice of these rules was accepted (rule 4). */
export function noteAccepted(
  watch: WatchState,
  rules: readonly RuleKey[],
  at: number,
  check: Omit<LastTold, 'at'> = {},
): WatchState {
  const acceptedAt: Record<string, readonly number[]> = { ...watch.acceptedAt };
  const lastTold: Record<string, LastTold> = { ...watch.lastTold };
  for (const key of rules) {
    lastTold[key] = laterTold(lastTold[key], { at, ...check });
    if (acceptedAt[key]?.includes(at)) continue;
    acceptedAt[key] = ascending([...(acceptedAt[key] ?? []), at]);
  }
  return dropOldCycle({ ...watch, acceptedAt, ...(rules.length > 0 ? { lastTold } : {}) });
}

/**
 * Takes note of notices that were accepted. Several of one check may have named a rule, to different people: it counts once,
 * from the first.
 */
export function noteTold(watch: WatchState, accepted: readonly AcceptedNotice[]): WatchState {
  const first = new Map<string, { readonly rule: RuleKey; readonly told: LastTold }>();
  for (const { rules, recovered: _, ...told } of accepted)
    for (const rule of rules) {
      const key = JSON.stringify([rule, told.checkAt]);
      if (told.at < (first.get(key)?.told.at ?? Infinity)) first.set(key, { rule, told });
    }
  const counted = [...first.values()].reduce(
    (noted, { rule, told: { at, ...check } }) => noteAccepted(noted, [rule], at, check),
    watch,
  );
  return accepted.reduce(
    (noted, { recovered = [], at }) => recovered.reduce((each, rule) => noteRecovered(each, rule, at), noted),
    counted,
  );
}

function noteRecovered(watch: WatchState, rule: RuleKey, at: number): WatchState {
  const recoveredAt = { ...watch.recoveredAt, [rule]: Math.max(at, watch.recoveredAt?.[rule] ?? at) };
  return { ...watch, recoveredAt };
}

/** Rule 20: the check of a rule's last notice, where no recovery was sent after it. */
export function unrecoveredCheck(watch: WatchState, rule: RuleKey): number | undefined {
  const last = watch.lastTold?.[rule];
  return last && last.at > (watch.recoveredAt?.[rule] ?? -Infinity) ? last.checkAt : undefined;
}

export function laterTold(known: LastTold | undefined, told: LastTold): LastTold {
  if (!known || told.at > known.at) return told;
  return told.at === known.at ? { ...told, ...known } : known;
}

export function ascending(instants: readonly number[]): readonly number[] {
  return instants.toSorted((a, b) => a - b);
}

/** The planned checks of a client: one at `plannedAt`, and one each `everyMs` before and after it. */
export interface Grid {
  readonly plannedAt: number;
  readonly everyMs: number;
}

/**
 * Rule 17: the instant for which a notice of a rule was last sent in this cycle; undefined where it was not. Where an older version
 * noted only when its notice was accepted, that was for the planned check before.
 */
export function toldInstantOf(watch: WatchState, rule: RuleKey, grid: Grid): number | undefined {
  const last = watch.lastTold?.[rule];
  const at = Math.max(last?.at ?? -Infinity, ...countedSince(watch, rule).slice(-1));
  if (at < cycleStart(watch, rule)) return undefined;
  if (last?.instant !== undefined && last.at >= at) return last.instant;
  return grid.plannedAt + Math.floor((at - grid.plannedAt) / grid.everyMs) * grid.everyMs;
}
