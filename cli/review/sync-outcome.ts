import { problemLine, type Problem } from '../../domain/problem.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Standing } from '../../planning/git-facts.js';
import type { Plan } from '../../planning/make-plan.js';
import { changeJson } from './plan-json.js';
import { planText, summaryOf } from './plan-text.js';

/** What a sync came to. */
export interface SyncOutcome {
  readonly code: ExitCode;
  readonly status:
    'synced' | 'unchanged' | 'invalid' | 'refused' | 'confirmation_required' | 'stale' | 'locked';
  /** For people; on standard output, and not in JSON. */
  readonly result?: string;
  /** On standard error. */
  readonly messages: readonly string[];
  /** For scripts, beside the status. */
  readonly facts?: object;
}

export function invalid(problems: readonly Problem[]): SyncOutcome {
  const lines = problems.filter(({ severity }) => severity !== 'info').map(problemLine);
  return {
    code: exitCode.findings,
    status: 'invalid',
    messages: [...lines, 'Nothing was changed.'],
    facts: { problems },
  };
}

export function unchanged(plan: Plan): SyncOutcome {
  return {
    code: exitCode.fine,
    status: 'unchanged',
    result: `${plan.drift.length > 0 ? planText(plan, false) : ''}Nothing to do: MySQL holds what the files say.\n`,
    messages: [],
    facts: { hash: plan.hash, changes: [], drift: plan.drift },
  };
}

export function stale(planFile: string | undefined, plan: Plan): SyncOutcome {
  return {
    code: exitCode.stale,
    status: 'stale',
    messages: [
      planFile === undefined
        ? 'MySQL was changed while this sync was made ready. Nothing was changed by it.'
        : `The saved plan ${planFile} is stale: files, MySQL or policy.json were changed since. Nothing was changed.`,
      `By now it would be: ${summaryOf(plan)}. ${
        planFile === undefined ? 'Run it again.' : `Plan again: npx low-balance plan --out ${planFile}`
      }`,
    ],
    facts: { hash: plan.hash, changes: plan.changes.map(changeJson), drift: plan.drift },
  };
}

/** A checkout that lacks what was merged: a sync would undo it. */
export function outdated(
  standing: Extract<Standing, { kind: 'older' | 'sibling' }>,
  plan: Plan | undefined,
): SyncOutcome {
  const { commit, synced } = standing;
  const at = `This checkout is at ${short(commit)}, and ${short(synced)}, which was synced last,`;
  return {
    code: exitCode.stale,
    status: 'stale',
    messages:
      standing.kind === 'older'
        ? [
            `${at} descends from it: a sync would undo what was merged since. Nothing was changed.`,
            'Sync that commit or a newer one. To undo a change, revert it in a new commit.',
          ]
        : [
            `${at} is not in its history, and is in ${branchName(standing.branch)}: a sync would undo what was merged there. Nothing was changed.`,
            `Merge ${branchName(standing.branch)} into this branch, or rebase it, and sync again.`,
          ],
    facts: {
      ...(plan ? { hash: plan.hash, changes: plan.changes.map(changeJson) } : {}),
      commit,
      syncedCommit: synced,
    },
  };
}

/** A sync of a checkout that cannot be compared with what was synced last. */
export function unknownStandingText(why: string): string {
  return `warning: nobody can say whether this commit is older than what was synced last: ${why}`;
}

/** `refs/remotes/origin/main` → `origin/main` */
function branchName(ref: string): string {
  return ref.replace(/^refs\/(?:remotes|heads)\//, '');
}

function short(commit: string): string {
  return commit.slice(0, 12);
}

/** Conflicts and guards: what no option gets around. */
export function refusalOf(plan: Plan): SyncOutcome | undefined {
  const conflicts = plan.drift.filter(({ resolution }) => resolution === 'conflict');
  const guards = plan.guards.filter(({ ok }) => !ok);
  if (conflicts.length === 0 && guards.length === 0) return undefined;
  return {
    code: exitCode.refused,
    status: 'refused',
    messages: [
      planText(plan, false).trimEnd(),
      ...(guards.length > 0 ? ['To do it all the same, change policy.json in a reviewed pull request.'] : []),
      'Nothing was changed.',
    ],
    facts: {
      hash: plan.hash,
      changes: plan.changes.map(changeJson),
      drift: plan.drift,
      guards: plan.guards,
    },
  };
}
