import type { HoldScope } from '../../domain/brake.js';
import { withClientWorkflow } from './client-workflow.js';
import { changeMany, type ManyOptions } from './many-clients.js';
import { resetRuleUpdate } from '../../workflows/messages.js';
import type { Update } from './update-each.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { showStatus, type StatusOptions } from './status.js';

/** The same for many clients; a profile without that rule refuses it. */
export async function resetRuleOfMany(
  scope: HoldScope,
  rule: string,
  options: ManyOptions,
  io: Io,
): Promise<ExitCode> {
  const update: Update = (handle, updateId) =>
    handle.executeUpdate(resetRuleUpdate, { args: [{ rule }], updateId });
  return await changeMany({ scope, verb: `reset rule ${rule} of`, update }, options, io);
}

/** Sets the counter of one rule of a client to 0, as a refill does for all of them. */
export async function resetRule(
  clientId: string,
  rule: string,
  options: StatusOptions,
  io: Io,
): Promise<ExitCode> {
  return await withClientWorkflow(clientId, io, async (workflow) => {
    await showStatus(
      workflow,
      await workflow.handle.executeUpdate(resetRuleUpdate, { args: [{ rule }] }),
      options.format,
      io,
    );
    return exitCode.fine;
  });
}
