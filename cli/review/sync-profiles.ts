import type { DataSource } from 'typeorm';
import { applyPlan } from '../../planning/sync.js';
import { CliError, exitCode } from '../shared/exit-code.js';
import { gitFacts } from '../shared/git-facts.js';
import type { Io } from '../shared/io.js';
import { loadForSync } from '../../planning/load-for-sync.js';
import { leftWithout, makePlan, type Plan } from '../../planning/make-plan.js';
import { planText } from './plan-text.js';
import { problemLine } from '../../domain/problem.js';

/**
 * Brings the profiles of `profiles/` into the local stack's MySQL. Throws a CliError with every problem where a file is
 * wrong. What `low-balance sync` would ask or refuse is left undone, and said.
 */
export async function syncProfiles(database: DataSource, billing: DataSource, io: Io): Promise<void> {
  const folder = await loadForSync('profiles', io.cwd);
  const now = Date.now();
  const result = await makePlan({ database, billing, folder, now });
  if (result.kind === 'invalid') {
    throw new CliError(
      ['the profiles are not valid:', ...result.problems.map(problemLine)].join('\n'),
      exitCode.findings,
    );
  }
  const { plan } = result;
  if (plan.changes.length === 0) return;
  if (mustBeAsked(plan)) {
    io.err(`${planText(plan, false)}The profiles were not synced. To look at it: npx low-balance sync`);
    return;
  }
  const { author, sourceCommit } = await gitFacts('profiles', io);
  const { files, policy } = folder;
  await applyPlan(database, {
    files,
    policy,
    expectedHash: plan.hash,
    author,
    sourceCommit,
    now,
    lockWaitMs: 30_000,
  });
}

function mustBeAsked(plan: Plan): boolean {
  const conflict = plan.drift.some(({ resolution }) => resolution === 'conflict');
  return conflict || leftWithout(plan) > 0 || plan.guards.some(({ ok }) => !ok);
}
