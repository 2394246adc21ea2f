import type { ClientMemory } from './client-memory.js';
import { isMet } from './limits.js';
import { audienceOf, type ClientRow, type ProfileTruth, type RuleTruth } from './truth.js';

// Rule 15 once more: what each rule must have decided by what was seen.

const hourMs = 3_600_000;

/** A check, as far as it is known from outside: where something may have been so or so, both are there. */
export interface CheckSeen {
  readonly row: ClientRow;
  readonly profile: ProfileTruth;
  readonly memory: ClientMemory;
  /** Rule 17. */
  readonly standsFor: number;
  /** It came because sending hours opened. */
  readonly atOpening: boolean;
  /** Whether the profile's sending hours were open. */
  readonly open: readonly boolean[];
  /** Whether notices were held (rule 23). */
  readonly held: readonly boolean[];
}

/** The reasons that a rule may have given, at least one. */
export function reasonsFor(rule: RuleTruth, seen: CheckSeen): readonly string[] {
  const reasons = seen.open.flatMap((open) => reasonsWhile(open, rule, seen));
  const withHeld = reasons.flatMap((reason) =>
    isSending(reason) ? seen.held.map((held) => (held ? 'held' : reason)) : [reason],
  );
  return [...new Set(withHeld)];
}

export function isSending(reason: string): boolean {
  return reason === 'low' || reason === 'recovered';
}

function reasonsWhile(open: boolean, rule: RuleTruth, seen: CheckSeen): readonly string[] {
  const { row, profile, memory, standsFor, atOpening } = seen;
  if (row.suspended) return ['suspended'];
  const met = isMet(rule, row);
  if (met === undefined) return ['no-basis'];
  const keepsHours = profile.hours?.audiences.includes(audienceOf(rule)) === true;
  const closed = !open && keepsHours;
  if (!met) {
    const recovers = rule.recovered && memory.unrecoveredCheck(rule.key) !== undefined;
    if (!recovers) return ['not-low'];
    return [closed ? 'outside-hours' : 'recovered'];
  }
  return memory.waits(rule).map((waits) => {
    if (waits) return 'already-low';
    if (memory.countOf(rule) >= profile.maxQty) return 'max-qty-reached';
    if (closed) return 'outside-hours';
    const toldFor = memory.toldFor(rule);
    const againFrom = (toldFor ?? -Infinity) + profile.periodMs - (atOpening && keepsHours ? hourMs : 0);
    return standsFor < againFrom ? 'told-recently' : 'low';
  });
}
