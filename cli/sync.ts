import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { durationMs } from '../domain/duration.js';
import type { Problem } from '../domain/problem.js';
import type { SyncOptions as ApplyOptions } from '../store/sync.js';
import { applyPlan, StalePlanError } from '../store/sync.js';
import { LockHeldError } from '../store/sync-lock.js';
import { confirmDeletes } from './confirm-deletes.js';
import { withDatabases } from './databases.js';
import { CliError, exitCode, type ExitCode } from './exit-code.js';
import { gitFacts } from './git-facts.js';
import type { Io } from './io.js';
import { hasErrors, lineOf, loadForSync, type FolderForSync } from './load-for-sync.js';
import { makePlan, type Plan } from './make-plan.js';
import { changeJson, savedHash } from './plan-json.js';
import { planText, summaryOf } from './plan-text.js';
import { wakeClients } from './wake-clients.js';

export interface SyncOptions {
  readonly folder: string;
  readonly format: 'human' | 'json';
  /** The exact number of clients that may lose their profile. */
  readonly allowDelete?: string;
  /** How long to wait for another sync, as a duration. */
  readonly lockWait: string;
  /** Who is written down as the author; unsaid, Git is asked. */
  readonly author?: string;
}

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

/**
 * Carries the files out: all changes in one transaction, with their revisions, and wakes the clients whose next check
 * comes earlier. `planFile` is a plan saved by `plan --out`: where the plan would be another one now, nothing is done.
 */
export async function sync(
  planFile: string | undefined,
  options: SyncOptions,
  io: Io,
  wake: typeof wakeClients = wakeClients,
): Promise<ExitCode> {
  const folder = await loadForSync(options.folder, io.cwd);
  const expected = planFile === undefined ? undefined : await readSavedHash(planFile, io);
  const lockWaitMs = lockWaitOf(options.lockWait);
  const outcome = hasErrors(folder)
    ? invalid(folder.problems)
    : await withDatabases(io, async (database, billing) => {
        const result = await makePlan({ database, billing, folder, now: Date.now() });
        if (result.kind === 'invalid') return invalid(result.problems);
        const { plan } = result;
        if (expected !== undefined && expected !== plan.hash) return stale(planFile, plan);
        const refusal = refusalOf(plan) ?? (await confirmDeletes(plan, planFile, options, io));
        if (refusal) return refusal;
        if (plan.changes.length === 0) return unchanged(plan);
        return await apply(database, billing, plan, { folder, expected, lockWaitMs, options, io, wake });
      });
  for (const message of outcome.messages) io.err(message);
  if (options.format === 'json')
    io.out(`${JSON.stringify({ status: outcome.status, ...outcome.facts }, null, 2)}\n`);
  else if (outcome.result !== undefined) io.out(outcome.result);
  return outcome.code;
}

function invalid(problems: readonly Problem[]): SyncOutcome {
  const lines = problems.filter(({ severity }) => severity !== 'info').map(lineOf);
  return {
    code: exitCode.findings,
    status: 'invalid',
    messages: [...lines, 'Nothing was changed.'],
    facts: { problems },
  };
}

function unchanged(plan: Plan): SyncOutcome {
  return {
    code: exitCode.fine,
    status: 'unchanged',
    result: `${plan.drift.length > 0 ? planText(plan, false) : ''}Nothing to do: MySQL holds what the files say.\n`,
    messages: [],
    facts: { hash: plan.hash, changes: [], drift: plan.drift },
  };
}

function stale(planFile: string | undefined, plan: Plan): SyncOutcome {
  return {
    code: exitCode.stale,
    status: 'stale',
    messages: [
      `The saved plan ${planFile ?? ''} is stale: files, MySQL or policy.json were changed since. Nothing was changed.`,
      `By now it would be: ${summaryOf(plan)}. Plan again: npx low-balance plan --out ${planFile ?? 'plan.json'}`,
    ],
    facts: { hash: plan.hash, changes: plan.changes.map(changeJson), drift: plan.drift },
  };
}

/** Conflicts and guards: what no option gets around. */
function refusalOf(plan: Plan): SyncOutcome | undefined {
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

interface Applying {
  readonly folder: FolderForSync;
  readonly expected: string | undefined;
  readonly lockWaitMs: number;
  readonly options: SyncOptions;
  readonly io: Io;
  readonly wake: typeof wakeClients;
}

async function apply(
  database: DataSource,
  billing: DataSource,
  plan: Plan,
  { folder, expected, lockWaitMs, options, io, wake }: Applying,
): Promise<SyncOutcome> {
  const { files, policy } = folder;
  const git = await gitFacts(options.folder, io);
  const author = options.author ?? git.author;
  const work: ApplyOptions = {
    files,
    policy,
    author,
    sourceCommit: git.sourceCommit,
    expectedHash: plan.hash,
    now: Date.now(),
    lockWaitMs,
  };
  try {
    await applyPlan(database, work);
  } catch (error) {
    if (error instanceof LockHeldError) {
      const messages = [`${error.message}.`, 'Nothing was changed.'];
      return { code: exitCode.stale, status: 'locked', messages, facts: { hash: plan.hash } };
    }
    if (!(error instanceof StalePlanError)) throw error;
    const again = await makePlan({ database, billing, folder, now: Date.now() });
    if (again.kind === 'invalid') throw error;
    // Another sync of the same files came first.
    return expected === undefined && again.plan.changes.length === 0
      ? unchanged(again.plan)
      : stale(undefined, again.plan);
  }
  const woken = await wake(io);
  return {
    code: exitCode.fine,
    status: 'synced',
    result: `${planText(plan, false)}Synced.\n`,
    messages: woken === true ? [] : [woken],
    facts: {
      hash: plan.hash,
      changes: plan.changes.map(changeJson),
      drift: plan.drift,
      author,
      sourceCommit: git.sourceCommit,
      reconciliationTriggered: woken === true,
    },
  };
}

async function readSavedHash(planFile: string, io: Io): Promise<string> {
  let text: string;
  try {
    text = await readFile(path.resolve(io.cwd, planFile), 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`the saved plan cannot be read: ${reason}`, exitCode.usage, { cause: error });
  }
  const saved = savedHash(text);
  if ('hash' in saved) return saved.hash;
  throw new CliError(
    `${planFile} is no saved plan: ${saved.problem}. Expected the file of: low-balance plan --out ${planFile}`,
    exitCode.usage,
  );
}

function lockWaitOf(text: string): number {
  try {
    return durationMs(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`--lock-wait: ${reason}`, exitCode.usage, { cause: error });
  }
}
