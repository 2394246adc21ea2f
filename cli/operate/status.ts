import { messageOf } from '../../domain/error-message.js';
import type { StoppedWebhook } from '../../store/stopped-webhooks.js';
import { statusQuery, type WatchStatus } from '../../workflows/messages.js';
import { whereOf, withClientWorkflow, type ClientWorkflow } from './client-workflow.js';
import { hasDatabase } from '../shared/connect.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { stoppedWebhookJson, stoppedWebhookText } from '../shared/stopped-webhooks.js';

export interface StatusOptions {
  readonly format: 'human' | 'json';
}

/** The workflow of one client: state, balance, and for each rule its count and why it was notified or not. */
export async function status(clientId: string, options: StatusOptions, io: Io): Promise<ExitCode> {
  return await withClientWorkflow(clientId, io, async (workflow) => {
    const { status: execution } = await workflow.handle.describe();
    const watched = await workflow.handle.query(statusQuery);
    const result: unknown = execution.name === 'COMPLETED' ? await workflow.handle.result() : undefined;
    const stopped = await stoppedWebhooksOf(watched, io);
    await showStatus(workflow, watched, options.format, io, { execution: execution.name, result, stopped });
    return exitCode.fine;
  });
}

/** What is known besides the workflow's answer. */
export interface Surroundings {
  /** What has become of the execution, and its result where it runs no more. */
  readonly execution: string;
  readonly result: unknown;
  /** Webhooks of the client's rules that are stopped; absent where nobody looked. */
  readonly stopped?: readonly StoppedWebhook[];
}

/** Temporal alone is enough for a status: without MySQL it says nothing of webhooks. */
async function stoppedWebhooksOf(
  { clientId, profile }: WatchStatus,
  io: Io,
): Promise<readonly StoppedWebhook[]> {
  if (!profile || !hasDatabase(io)) return [];
  try {
    const { readStoppedWebhooksOf } = await import('./clients-webhooks.js');
    return await readStoppedWebhooksOf(clientId, profile.id, io);
  } catch (error) {
    io.err(`warning: without the webhooks that are stopped: ${messageOf(error)}`);
    return [];
  }
}

export async function showStatus(
  workflow: ClientWorkflow,
  watched: WatchStatus,
  format: StatusOptions['format'],
  io: Io,
  { execution, result, stopped }: Surroundings = { execution: 'RUNNING', result: undefined },
): Promise<void> {
  const { workflowId, url } = workflow;
  if (format === 'json') {
    const webhooks = stopped && { stoppedWebhooks: stopped.map(stoppedWebhookJson) };
    const all = { ...watched, execution, result, ...webhooks, workflowId, url };
    io.out(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  const { endText, statusText } = await import('./status-text.js');
  io.out(statusText(watched, io));
  if (execution === 'COMPLETED') io.out(`\nThe client is ${endText(result)}.\n`);
  else if (execution !== 'RUNNING')
    io.out(`\nThe workflow is ${execution.toLowerCase()}: the next reconciliation starts it again.\n`);
  for (const each of stopped ?? []) io.out(`\nWarning: ${stoppedWebhookText(each)}.\n`);
  io.out(`\n${whereOf(workflow)}\n`);
}
