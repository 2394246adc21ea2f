import type { ClientMemory } from './client-memory.js';
import type { RuleTruth, Truth } from './truth.js';
import type { ClientFacts, Violation } from './verdict.js';

/** What is known of a client when its steps are over. */
interface AtEnd {
  readonly memory: ClientMemory;
  /** Of the profile that was seen last. */
  readonly rules: readonly RuleTruth[];
  readonly ended: boolean;
  /** No notice is on its way. */
  readonly settled: boolean;
  readonly lastCheckAt: number;
}

/** Whoever is not closed is watched to the end and counts what it was told; whoever is closed is watched no more (rule 13). */
export function violationsAtEnd(
  { clientId, steps, counts }: ClientFacts,
  { closed, stormEndedAt }: Truth,
  { memory, rules, ended, settled, lastCheckAt }: AtEnd,
): readonly Violation[] {
  const at = Date.now();
  const violation = (what: string): readonly Violation[] => [{ clientId, at, what }];
  if (steps.length === 0) return violation('it was never watched');
  if (closed.has(clientId)) return ended ? [] : violation('it is closed, and still watched');
  if (ended || !counts) return violation('it is not watched');
  const late =
    stormEndedAt !== undefined && lastCheckAt < stormEndedAt
      ? violation('it was not checked again after the last fault')
      : [];
  if (!settled) return late;
  const miscounted = rules.flatMap((rule) => {
    const count = counts[rule.key] ?? 0;
    const expected = memory.countOf(rule);
    return count === expected
      ? []
      : violation(`${rule.key} counts ${count} at the end, expected ${expected}`);
  });
  return [...late, ...miscounted];
}
