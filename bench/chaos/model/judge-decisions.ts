import { holding, rowsBetween, slackMs, versionsBetween } from './ask-truth.js';
import type { CheckedResult, Step } from './histories.js';
import { isOpen } from './hours.js';
import { availableOf, isMet, limitOf, tenThousandths } from './limits.js';
import { isSending, reasonsFor, type CheckSeen } from './reasons.js';
import type { ClientRow, ProfileVersion, RuleTruth, Truth } from './truth.js';

type Decisions = NonNullable<CheckedResult['decisions']>;

/** What is known of a check beside what it saw. */
interface Known extends Pick<CheckSeen, 'memory' | 'standsFor' | 'atOpening'> {
  readonly profile: ProfileVersion;
  /** It is the first check of a workflow that started again, and the one before left nothing unsent (rule 25). */
  readonly mayWait: boolean;
  /** The last check before it that the history has. */
  readonly previousCheckAt: number;
}

/** What a check may have seen that the history does not have; nothing where there was none. */
interface Unseen {
  readonly versions: readonly ProfileVersion[];
  readonly rows: readonly ClientRow[];
}

interface Judged {
  /** The client as the check must have seen it; undefined where it never was so. */
  readonly seen: CheckSeen | undefined;
  readonly faults: readonly string[];
  /** Rules that a check which the history does not have must have found not met: otherwise the decisions would be wrong. */
  readonly foundNotMet: readonly RuleTruth[];
}

/**
 * Whether a check decided by what the client was at that time. Where the client changed while it was checked, it is enough that the
 * decisions are right for one of the values.
 */
export function judgeDecisions(
  truth: Truth,
  clientId: string,
  { begunAt, from, at, result }: Extract<Step, { kind: 'checked' }>,
  { mayWait, previousCheckAt, ...known }: Known,
): Judged {
  const { decisions = [], availableBalance = '0' } = result;
  const suspended = decisions.some(({ reason }) => reason === 'suspended');
  const rows = rowsBetween(truth, clientId, from - slackMs, at + slackMs).filter(
    (row) => row.suspended === suspended && availableOf(row) * 100 === tenThousandths(availableBalance),
  );
  if (rows.length === 0) {
    const what = `saw ${availableBalance}${suspended ? ' suspended' : ''}, which it never was at that time`;
    return { seen: undefined, faults: [what], foundNotMet: [] };
  }
  const { hours } = known.profile;
  const zones = truth.zones.get(clientId) ?? [];
  const open = hours ? [begunAt - slackMs, at + slackMs].map((time) => isOpen(hours, zones, time)) : [true];
  const held = holding(truth, result.profile!.id, begunAt, at);
  const unseen: Unseen = mayWait
    ? {
        versions: versionsBetween(truth, result.profile!.id, previousCheckAt, at),
        rows: rowsBetween(truth, clientId, previousCheckAt, at),
      }
    : { versions: [], rows: [] };
  const judged = rows.map((row) => {
    const seen = { ...known, row, open, held };
    const foundNotMet: RuleTruth[] = [];
    return { seen, faults: faultsOf(seen, decisions, unseen, foundNotMet), foundNotMet };
  });
  return judged.find(({ faults }) => faults.length === 0) ?? judged.at(-1)!;
}

function faultsOf(
  seen: CheckSeen,
  decisions: Decisions,
  unseen: Unseen,
  foundNotMet: RuleTruth[],
): readonly string[] {
  const { row, profile, memory } = seen;
  const faults = profile.rules.flatMap((rule): readonly string[] => {
    const decided = decisions.find((each) => each.rule === rule.key);
    const expected = reasonsFor(rule, seen);
    const limit = limitOf(rule.threshold, row);
    if (decided?.threshold !== undefined && tenThousandths(decided.threshold) !== limit)
      return [`${rule.key} has the limit ${decided.threshold}, expected ${(limit ?? 0) / 10_000}`];
    if (decided && expected.includes(decided.reason)) return [];
    if (decided && mayFollowUnseenCheck(rule.key, unseen.versions, expected, decided.reason)) return [];
    if (decided && mayHaveBeenFoundNotMet(rule.key, unseen)) {
      const after = { ...seen, memory: memory.hadFoundNotMet(rule) };
      if (reasonsFor(rule, after).includes(decided.reason)) {
        foundNotMet.push(rule);
        return [];
      }
    }
    const count = `${memory.countOf(rule)} of ${profile.maxQty}`;
    return [
      `${rule.key} with ${availableOf(row)} ${rule.when} ${limit === undefined ? 'no limit' : limit / 100} and ${count}: expected ${expected.join(' or ')}, found ${decided?.reason}`,
    ];
  });
  const known = new Set(profile.rules.map(({ key }) => key));
  const unknown = decisions.filter(({ rule }) => !known.has(rule));
  return [...faults, ...unknown.map(({ rule }) => `${rule} is no rule of the profile`)];
}

/**
 * Rule 25: a check whose answer was lost, or which the workflow before made, is not in this history, and its client's row is taken up. What
 * it checked for is not decided again. Under a version of the profile without recoveries, one that found a rule not met made an end of what
 * the rule had told.
 */
function mayFollowUnseenCheck(
  key: string,
  unseen: readonly ProfileVersion[],
  expected: readonly string[],
  found: string,
): boolean {
  if (unseen.length === 0) return false;
  if (found === 'told-recently') return expected.some((reason) => isSending(reason) || reason === 'held');
  const without = unseen.some(({ rules }) => rules.some((rule) => rule.key === key && !rule.recovered));
  return found === 'not-low' && expected.includes('recovered') && without;
}

/** Rules 20 to 22: such a check ends a cycle above, a wait, and what the rule had told. */
function mayHaveBeenFoundNotMet(key: string, { versions, rows }: Unseen): boolean {
  const rules = versions.flatMap((version) => version.rules.filter((rule) => rule.key === key));
  return rules.some((rule) => rows.some((row) => isMet(rule, row) === false));
}
