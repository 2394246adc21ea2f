import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withDatabases } from '../shared/databases.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { hasErrors, lineOf, loadForSync, type FolderForSync } from '../../planning/load-for-sync.js';
import { makePlan, type PlanResult } from '../../planning/make-plan.js';
import { planJson } from './plan-json.js';
import { planMarkdown } from './plan-markdown.js';
import { planText } from './plan-text.js';

export interface PlanOptions {
  readonly folder: string;
  readonly format: 'human' | 'json' | 'markdown';
  /** Where the plan is saved for `sync`. */
  readonly out?: string;
  readonly showClients?: boolean;
}

/** Files against MySQL, and what it means for real clients. Writes nothing into MySQL. */
export async function plan(options: PlanOptions, io: Io): Promise<ExitCode> {
  const folder = await loadForSync(options.folder, io.cwd);
  const result = await planFolder(folder, io);
  for (const problem of result.kind === 'invalid' ? result.problems : folder.problems)
    io.err(lineOf(problem));
  if (result.kind === 'invalid') {
    if (options.format === 'json') io.out(`${JSON.stringify({ problems: result.problems }, null, 2)}\n`);
    return exitCode.findings;
  }
  const json = `${JSON.stringify(planJson(result.plan), null, 2)}\n`;
  if (options.out !== undefined) await save(path.resolve(io.cwd, options.out), json);
  const showClients = options.showClients ?? false;
  switch (options.format) {
    case 'json':
      io.out(json);
      break;
    case 'markdown':
      io.out(planMarkdown(result.plan, showClients));
      break;
    case 'human':
      io.out(planText(result.plan, showClients));
  }
  if (options.out !== undefined) io.err(`Saved. To carry it out: npx low-balance sync ${options.out}`);
  const { changes, drift } = result.plan;
  return changes.length === 0 && drift.length === 0 ? exitCode.fine : exitCode.changesPending;
}

/** Wrong files are said before MySQL is asked. */
async function planFolder(folder: FolderForSync, io: Io): Promise<PlanResult> {
  if (hasErrors(folder)) return { kind: 'invalid', problems: folder.problems };
  return await withDatabases(io, (database, billing) =>
    makePlan({ database, billing, folder, now: Date.now() }),
  );
}

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new CliError(`the plan cannot be saved: ${error instanceof Error ? error.message : String(error)}`);
  }
}
