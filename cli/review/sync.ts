import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import type { SyncOptions as ApplyOptions } from '../../planning/sync.js';
import { applyPlan, StalePlanError } from '../../planning/sync.js';
import { LockHeldError } from '../../planning/sync-lock.js';
import { confirmDeletes } from './confirm-deletes.js';
import { readSyncedCommit, writeSyncedCommit } from '../../store/synced-commit.js';
import { withDatabases } from '../shared/databases.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import { gitFacts, standingOf, type GitFacts } from '../../planning/git-facts.js';
import type { Io } from '../shared/io.js';
import { hasErrors, loadForSync, type FolderForSync } from '../../planning/load-for-sync.js';
import { makePlan, writesNothing, type Plan } from '../../planning/make-plan.js';
import { changeJson, savedHash } from './plan-json.js';
import { planText } from './plan-text.js';
import {
  invalid,
  outdated,
  refusalOf,
  unknownStandingText,
  stale,
  unchanged,
  type SyncOutcome,
} from './sync-outcome.js';
import { wakeClients } from './wake-clients.js';
import { messageOf } from '../../domain/error-message.js';
import type { SyncOptions } from './sync-options.js';

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
  const outcome = hasErrors(folder)
    ? invalid(folder.problems)
    : await withDatabases(io, (database, billing) =>
        syncFolder({ database, billing, folder, planFile, expected, options, io, wake }),
      );
  for (const message of outcome.messages) io.err(message);
  if (options.format === 'json')
    io.out(`${JSON.stringify({ status: outcome.status, ...outcome.facts }, null, 2)}\n`);
  else if (outcome.result !== undefined) io.out(outcome.result);
  return outcome.code;
}

interface SyncContext {
  readonly database: DataSource;
  readonly billing: DataSource;
  readonly folder: FolderForSync;
  readonly planFile: string | undefined;
  /** The hash of the saved plan. */
  readonly expected: string | undefined;
  readonly options: SyncOptions;
  readonly io: Io;
  readonly wake: typeof wakeClients;
}

async function syncFolder(context: SyncContext): Promise<SyncOutcome> {
  const { database, billing, folder, planFile, expected, options, io } = context;
  const syncedCommit = await readSyncedCommit(database);
  const standing = await standingOf(options.folder, syncedCommit, io);
  const lacksMerges = standing.kind === 'older' || standing.kind === 'sibling';
  const result = await makePlan({ database, billing, folder, now: Date.now() });
  const plan = result.kind === 'planned' ? result.plan : undefined;
  const isDone = plan !== undefined && writesNothing(plan);
  // Comes first: what was merged since looks like a deletion or a missing folder here.
  if (lacksMerges && !isDone) return outdated(standing, plan);
  if (result.kind === 'invalid') return invalid(result.problems);
  if (expected !== undefined && expected !== result.plan.hash) return stale(planFile, result.plan);
  const refusal = refusalOf(result.plan) ?? (await confirmDeletes(result.plan, planFile, options, io));
  if (refusal) return refusal;
  const git = await gitFacts(options.folder, io);
  if (isDone) {
    if (!lacksMerges && git.sourceCommit !== null) await writeSyncedCommit(database, git.sourceCommit);
    return unchanged(plan);
  }
  if (standing.kind === 'unknown') io.err(unknownStandingText(standing.why));
  return await apply(result.plan, git, syncedCommit, context);
}

async function apply(
  plan: Plan,
  git: GitFacts,
  syncedCommit: string | null,
  { database, billing, folder, planFile, options, io, wake }: SyncContext,
): Promise<SyncOutcome> {
  const { files, resellerFiles, policy } = folder;
  const author = options.author ?? git.author;
  const work: ApplyOptions = {
    files,
    resellerFiles,
    policy,
    author,
    sourceCommit: git.sourceCommit,
    syncedCommit,
    expectedHash: plan.hash,
    now: Date.now(),
    lockWaitMs: options.lockWaitMs,
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
    return planFile === undefined && writesNothing(again.plan)
      ? unchanged(again.plan)
      : stale(planFile, again.plan);
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
    const reason = messageOf(error);
    throw new CliError(`the saved plan cannot be read: ${reason}`, exitCode.usage, { cause: error });
  }
  const saved = savedHash(text);
  if ('hash' in saved) return saved.hash;
  throw new CliError(
    `${planFile} is no saved plan: ${saved.problem}. Expected the file of: low-balance plan --out ${planFile}`,
    exitCode.usage,
  );
}
