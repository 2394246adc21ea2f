import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import type { SyncOptions as ApplyOptions } from '../../planning/sync.js';
import { applyPlan, StalePlanError } from '../../planning/sync.js';
import { LockHeldError } from '../../planning/sync-lock.js';
import { confirmDeletes } from './confirm-deletes.js';
import { readLastSyncedCommit } from '../../store/revisions.js';
import { withDatabases } from '../shared/databases.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import { gitFacts, olderCommit } from '../../planning/git-facts.js';
import type { Io } from '../shared/io.js';
import { hasErrors, loadForSync, type FolderForSync } from '../../planning/load-for-sync.js';
import { makePlan, writesNothing, type Plan } from '../../planning/make-plan.js';
import { changeJson, savedHash } from './plan-json.js';
import { planText } from './plan-text.js';
import { invalid, outdated, refusalOf, stale, unchanged, type SyncOutcome } from './sync-outcome.js';
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
  const { lockWaitMs } = options;
  const outcome = hasErrors(folder)
    ? invalid(folder.problems)
    : await withDatabases(io, async (database, billing) => {
        const result = await makePlan({ database, billing, folder, now: Date.now() });
        if (result.kind === 'invalid') return invalid(result.problems);
        const { plan } = result;
        if (expected !== undefined && expected !== plan.hash) return stale(planFile, plan);
        const refusal = refusalOf(plan) ?? (await confirmDeletes(plan, planFile, options, io));
        if (refusal) return refusal;
        if (writesNothing(plan)) return unchanged(plan);
        const older = await olderThanSynced(database, plan, options, io);
        if (older) return older;
        return await apply(database, billing, plan, { folder, planFile, lockWaitMs, options, io, wake });
      });
  for (const message of outcome.messages) io.err(message);
  if (options.format === 'json')
    io.out(`${JSON.stringify({ status: outcome.status, ...outcome.facts }, null, 2)}\n`);
  else if (outcome.result !== undefined) io.out(outcome.result);
  return outcome.code;
}

/** Carrying out a commit again that others were merged onto would undo them. */
async function olderThanSynced(
  database: DataSource,
  plan: Plan,
  { folder }: SyncOptions,
  io: Io,
): Promise<SyncOutcome | undefined> {
  const synced = await readLastSyncedCommit(database);
  const older = synced === null ? undefined : await olderCommit(folder, synced, io);
  return synced === null || older === undefined ? undefined : outdated(plan, older, synced);
}

interface ApplyContext {
  readonly folder: FolderForSync;
  readonly planFile: string | undefined;
  readonly lockWaitMs: number;
  readonly options: SyncOptions;
  readonly io: Io;
  readonly wake: typeof wakeClients;
}

async function apply(
  database: DataSource,
  billing: DataSource,
  plan: Plan,
  { folder, planFile, lockWaitMs, options, io, wake }: ApplyContext,
): Promise<SyncOutcome> {
  const { files, resellerFiles, policy } = folder;
  const git = await gitFacts(options.folder, io);
  const author = options.author ?? git.author;
  const work: ApplyOptions = {
    files,
    resellerFiles,
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
