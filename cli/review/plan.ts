import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withDatabases } from '../shared/databases.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { directoryOf } from '../../authoring/resellers-of-folder.js';
import { hasErrors, loadForSync, type FolderForSync } from '../../planning/load-for-sync.js';
import { makePlan, type PlanResult } from '../../planning/make-plan.js';
import type { PlannedChange } from '../../planning/planned-change.js';
import { backtestChanges } from './backtest-changes.js';
import { uncoveredRules } from './uncovered-rules.js';
import { planJson, savedPlan } from './plan-json.js';
import { planMarkdown, problemsMarkdown } from './plan-markdown.js';
import { changesNothing } from './plan-moves.js';
import { planText } from './plan-text.js';
import { messageOf } from '../../domain/error-message.js';
import { problemLine } from '../../domain/problem.js';

export interface PlanOptions {
  readonly folder: string;
  readonly format: 'human' | 'json' | 'markdown';
  /** Where the plan is saved for `sync`. */
  readonly out?: string;
  /** Where the whole plan is written as Markdown, however long. */
  readonly summary?: string;
  readonly showClients?: boolean;
  /** For a pull request: `refused` where the sync of the merge would not go through by itself. */
  readonly forMerge?: boolean;
  /** Plays the changes on the balances recorded since then, in epoch milliseconds. */
  readonly backtest?: number;
}

/** Files against MySQL, and what it means for real clients. Writes nothing into MySQL. */
export async function plan(options: PlanOptions, io: Io): Promise<ExitCode> {
  const folder = await loadForSync(options.folder, io.cwd);
  const result = await planFolder(folder, options, io);
  for (const problem of result.kind === 'invalid' ? result.problems : folder.problems)
    io.err(problemLine(problem));
  const { out, summary } = options;
  if (result.kind === 'invalid') {
    if (summary !== undefined)
      await save(path.resolve(io.cwd, summary), problemsMarkdown(result.problems, { unlimited: true }));
    if (options.format === 'json') io.out(asJson({ problems: result.problems }));
    if (options.format === 'markdown') io.out(problemsMarkdown(result.problems));
    return exitCode.findings;
  }
  const showClients = options.showClients ?? false;
  if (out !== undefined)
    await save(
      path.resolve(io.cwd, out),
      asJson(showClients ? planJson(result.plan) : savedPlan(result.plan)),
    );
  if (summary !== undefined)
    await save(path.resolve(io.cwd, summary), planMarkdown(result.plan, { showClients, unlimited: true }));
  switch (options.format) {
    case 'json':
      io.out(asJson(planJson(result.plan)));
      break;
    case 'markdown':
      io.out(planMarkdown(result.plan, { showClients }));
      break;
    case 'human':
      io.out(planText(result.plan, showClients));
  }
  if (options.out !== undefined) io.err(`Saved. To carry it out: npx low-balance sync ${options.out}`);
  const { needs } = result.plan;
  if (options.forMerge && needs.length > 0) return exitCode.refused;
  return changesNothing(result.plan) ? exitCode.fine : exitCode.changesPending;
}

/** Wrong files are said before MySQL is asked. */
async function planFolder(folder: FolderForSync, options: PlanOptions, io: Io): Promise<PlanResult> {
  if (hasErrors(folder)) return { kind: 'invalid', problems: folder.problems };
  return await withDatabases(io, async (database, billing) => {
    const now = Date.now();
    const result = await makePlan({ database, billing, folder, now });
    if (result.kind === 'invalid') return result;
    const { changes } = result.plan;
    const since = options.backtest;
    const resellers = directoryOf(folder.resellerFiles);
    const backtests =
      since === undefined ? undefined : await backtestChanges(billing, changes, resellers, since, now);
    if (since !== undefined && !backtests)
      io.err('No backtest: the billing data has no billing_entry with recorded balances');
    const known = await Promise.all(
      changes.map(async (planned): Promise<PlannedChange> => {
        const backtest = backtests?.get(planned.change.profile);
        const uncovered = await uncoveredRules(planned, options.folder, io.cwd);
        return { ...planned, uncovered, ...(backtest ? { backtest } : {}) };
      }),
    );
    return { kind: 'planned', plan: { ...result.plan, changes: known } };
  });
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new CliError(`the plan cannot be saved: ${messageOf(error)}`);
  }
}
