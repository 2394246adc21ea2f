import { statusQuery, type WatchStatus } from '../../workflows/messages.js';
import { whereOf, withClientWorkflow, type ClientWorkflow } from './client-workflow.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';

export interface StatusOptions {
  readonly format: 'human' | 'json';
}

/** The workflow of one client: state, balance, and for each rule its count and why it was notified or not. */
export async function status(clientId: string, options: StatusOptions, io: Io): Promise<ExitCode> {
  return await withClientWorkflow(clientId, io, async (workflow) => {
    const { status: execution } = await workflow.handle.describe();
    const watched = await workflow.handle.query(statusQuery);
    const result: unknown = execution.name === 'COMPLETED' ? await workflow.handle.result() : undefined;
    await showStatus(workflow, watched, options.format, io, { execution: execution.name, result });
    return exitCode.fine;
  });
}

/** What has become of the execution, where it runs no more. */
export interface Ended {
  readonly execution: string;
  readonly result: unknown;
}

export async function showStatus(
  workflow: ClientWorkflow,
  watched: WatchStatus,
  format: StatusOptions['format'],
  io: Io,
  { execution, result }: Ended = { execution: 'RUNNING', result: undefined },
): Promise<void> {
  const { workflowId, url } = workflow;
  if (format === 'json') {
    io.out(`${JSON.stringify({ ...watched, execution, result, workflowId, url }, null, 2)}\n`);
    return;
  }
  const { endText, statusText } = await import('./status-text.js');
  io.out(statusText(watched, io));
  if (execution === 'COMPLETED') io.out(`\nThe client is ${endText(result)}.\n`);
  else if (execution !== 'RUNNING')
    io.out(`\nThe workflow is ${execution.toLowerCase()}: the next reconciliation starts it again.\n`);
  io.out(`\n${whereOf(workflow)}\n`);
}
