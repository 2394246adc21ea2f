import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withDatabases } from '../shared/databases.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { hasErrors, loadForSync, type FolderForSync } from '../../planning/load-for-sync.js';
import { makePlan, type PlanResult } from '../../planning/make-plan.js';
import { planJson, savedPlan } from './plan-json.js';
import { planMarkdown, problemsMarkdown } from './plan-markdown.js';
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
}

/** Files against MySQL, and what it means for real clients. Writes nothing into MySQL. */
export async function plan(options: PlanOptions, io: Io): Promise<ExitCode> {
  const folder = await loadForSync(options.folder, io.cwd);
  const result = await planFolder(folder, io);
  for (const problem of result.kind === 'invalid' ? result.problems : folder.problems)
    io.err(problemLine(problem));
  if (result.kind === 'invalid') {
    if (options.format === 'json') io.out(asJson({ problems: result.problems }));
    if (options.format === 'markdown') io.out(problemsMarkdown(result.problems));
    return exitCode.findings;
  }
  const showClients = options.showClients ?? false;
  const { out, summary } = options;
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
  const { changes, drift, needs } = result.plan;
  if (options.forMerge && needs.length > 0) return exitCode.refused;
  return changes.length === 0 && drift.length === 0 ? exitCode.fine : exitCode.changesPending;
}

/** Wrong files are said before MySQL is asked. */
async function planFolder(folder: FolderForSync, io: Io): Promise<PlanResult> {
  if (hasErrors(folder)) return { kind: 'invalid', problems: folder.problems };
  return await withDatabases(io, (database, billing) =>
    makePlan({ database, billing, folder, now: Date.now() }),
  );
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
