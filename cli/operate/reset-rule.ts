import { update, withClientWorkflow } from './client-workflow.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { showStatus, type StatusOptions } from './status.js';

/** Sets the counter of one rule of a client to 0, as a refill does for all of them. */
export async function resetRule(
  clientId: string,
  rule: string,
  options: StatusOptions,
  io: Io,
): Promise<ExitCode> {
  return await withClientWorkflow(clientId, io, async (workflow) => {
    await showStatus(workflow, await update(workflow, 'resetRule', { rule }), options.format, io);
    return exitCode.fine;
  });
}
