import { setTimeout as sleep } from 'node:timers/promises';
import type { HoldScope } from '../../domain/brake.js';
import { withClientWorkflow, type ClientWorkflow } from './client-workflow.js';
import { changeMany, type ManyOptions } from './many-clients.js';
import { checkNowUpdate, statusQuery, type WatchStatus } from '../../workflows/messages.js';
import type { Update } from './update-each.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { showStatus, type StatusOptions } from './status.js';

const patienceMs = 20_000;

/** Asks for a check of many clients; their results are seen in the list. */
export async function checkMany(scope: HoldScope, options: ManyOptions, io: Io): Promise<ExitCode> {
  const update: Update = (handle, updateId) => handle.executeUpdate(checkNowUpdate, { updateId });
  return await changeMany({ scope, verb: 'check', update }, options, io);
}

/** Checks a client at once, besides its planned checks, and prints what came of it. */
export async function checkNow(clientId: string, options: StatusOptions, io: Io): Promise<ExitCode> {
  return await withClientWorkflow(clientId, io, async (workflow) => {
    const before = await workflow.handle.executeUpdate(checkNowUpdate);
    const after = await checkedSince(workflow, before);
    await showStatus(workflow, after ?? before, options.format, io);
    if (after) return exitCode.fine;
    io.err(
      `the check was requested and is not done after ${patienceMs / 1_000} s: the state above is the one before it`,
    );
    return exitCode.internal;
  });
}

async function checkedSince(workflow: ClientWorkflow, before: WatchStatus): Promise<WatchStatus | undefined> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const now = await workflow.handle.query(statusQuery);
    if (now.lastCheckAt !== before.lastCheckAt) return now;
    await sleep(200);
  }
  return undefined;
}
