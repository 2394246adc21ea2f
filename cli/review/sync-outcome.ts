import { problemLine, type Problem } from '../../domain/problem.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
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

/** The checkout is at a commit that others were synced after. */
export function outdated(plan: Plan, commit: string, synced: string): SyncOutcome {
  return {
    code: exitCode.stale,
    status: 'stale',
    messages: [
      `This checkout is at ${short(commit)}, and ${short(synced)}, which was synced last, descends from it: a sync would undo what was merged since. Nothing was changed.`,
      'Sync that commit or a newer one. To undo a change, revert it in a new commit.',
    ],
    facts: { hash: plan.hash, commit, syncedCommit: synced, changes: plan.changes.map(changeJson) },
  };
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
