import type { HoldScope } from '../../domain/brake.js';
import { withClientWorkflow } from './client-workflow.js';
import { changeMany, type ManyOptions } from './many-clients.js';
import { muteUpdate, unmuteUpdate } from '../../workflows/messages.js';
import type { Update } from './update-each.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { showStatus, type StatusOptions } from './status.js';

export interface MuteOptions extends StatusOptions {
  /** From now; this or `until`. */
  readonly forMs?: number;
  /** Epoch milliseconds. */
  readonly until?: number;
}

/** The same for many clients. */
export async function muteMany(
  scope: HoldScope,
  { forMs = 0, until: at = Date.now() + forMs, ...options }: MuteOptions & ManyOptions,
  io: Io,
): Promise<ExitCode> {
  const until = new Date(at).toISOString();
  const update: Update = (handle, updateId) =>
    handle.executeUpdate(muteUpdate, { args: [{ until }], updateId });
  return await changeMany({ scope, verb: 'mute', update }, options, io);
}

export async function unmuteMany(scope: HoldScope, options: ManyOptions, io: Io): Promise<ExitCode> {
  const update: Update = (handle, updateId) => handle.executeUpdate(unmuteUpdate, { updateId });
  return await changeMany({ scope, verb: 'unmute', update }, options, io);
}

/** Sends no notice about a client until a time. Its checks go on, and no quota is used. */
export async function mute(clientId: string, options: MuteOptions, io: Io): Promise<ExitCode> {
  const { forMs = 0, until: at = Date.now() + forMs } = options;
  const until = new Date(at).toISOString();
  return await withClientWorkflow(clientId, io, async (workflow) => {
    await showStatus(
      workflow,
      await workflow.handle.executeUpdate(muteUpdate, { args: [{ until }] }),
      options.format,
      io,
    );
    return exitCode.fine;
  });
}

/** Notices are sent again from the next check. */
export async function unmute(clientId: string, options: StatusOptions, io: Io): Promise<ExitCode> {
  return await withClientWorkflow(clientId, io, async (workflow) => {
    await showStatus(workflow, await workflow.handle.executeUpdate(unmuteUpdate), options.format, io);
    return exitCode.fine;
  });
}
