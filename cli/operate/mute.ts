import { parseDuration } from '../../domain/duration.js';
import { instantOf } from '../../domain/instant.js';
import { update, withClientWorkflow } from './client-workflow.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { showStatus, type StatusOptions } from './status.js';

export interface MuteOptions extends StatusOptions {
  /** A duration from now. */
  readonly for?: string;
  /** ISO 8601 with an offset. */
  readonly until?: string;
}

/** Tells nobody of a client until a time. It is checked on, and no quota is used. */
export async function mute(clientId: string, options: MuteOptions, io: Io): Promise<ExitCode> {
  const until = untilOf(options, Date.now());
  return await withClientWorkflow(clientId, io, async (workflow) => {
    await showStatus(workflow, await update(workflow, 'mute', { until }), options.format, io);
    return exitCode.fine;
  });
}

function untilOf({ for: length, until }: MuteOptions, now: number): string {
  if ((length === undefined) === (until === undefined)) {
    throw new CliError(
      'expected one of --for and --until, such as --for 8h or --until 2026-11-25T09:00:00Z',
      exitCode.usage,
    );
  }
  if (length !== undefined) {
    const ms = parseDuration(length);
    if (ms === undefined || ms === 0) {
      throw new CliError(
        `--for is "${length}": expected digits and s, m, h, d or w, such as 8h`,
        exitCode.usage,
      );
    }
    return new Date(now + ms).toISOString();
  }
  const at = instantOf(until);
  if (at === undefined) {
    throw new CliError(
      `--until is "${until}": expected an ISO 8601 time with an offset such as 2026-11-25T09:00:00Z`,
      exitCode.usage,
    );
  }
  return new Date(at).toISOString();
}

/** Tells again from the next check. */
export async function unmute(clientId: string, options: StatusOptions, io: Io): Promise<ExitCode> {
  return await withClientWorkflow(clientId, io, async (workflow) => {
    await showStatus(workflow, await update(workflow, 'unmute'), options.format, io);
    return exitCode.fine;
  });
}
