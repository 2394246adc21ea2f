import { randomUUID } from 'node:crypto';
import { readRefill } from '../../domain/refill-message.js';
import { refillUpdate, type RefillMessage, type RefillReceipt } from '../../workflows/messages.js';
import type { watchClient } from '../../workflows/watch-client.js';
import { whereOf, withClientWorkflow, type ClientWorkflow } from './client-workflow.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';

export interface RefillOptions {
  readonly id?: string;
  /** Epoch milliseconds; default: now. */
  readonly at?: number;
  readonly amount?: string;
  readonly currency?: string;
  readonly format: 'human' | 'json';
}

/** Signals a refill to a client's workflow, as the billing system does, and prints the receipt. Starts one that is not there yet. */
export async function refill(clientId: string, options: RefillOptions, io: Io): Promise<ExitCode> {
  const message: RefillMessage = {
    refillId: options.id ?? `cli-${randomUUID()}`,
    at: new Date(options.at ?? Date.now()).toISOString(),
    ...(options.amount === undefined ? {} : { amount: options.amount }),
    ...(options.currency === undefined ? {} : { currency: options.currency }),
  };
  const { refill, problem } = readRefill(message);
  // A person can write it again; a billing system's refill counts though its currency is odd.
  const wrong = refill ? refill.notes.join('; ') : problem;
  if (wrong !== '') throw new CliError(wrong, exitCode.usage);
  return await withClientWorkflow(clientId, io, async (workflow) => {
    const receipt = await send(workflow, message);
    if (options.format === 'json') {
      io.out(
        `${JSON.stringify({ ...receipt, workflowId: workflow.workflowId, url: workflow.url }, null, 2)}\n`,
      );
    } else {
      io.out(`${textOf(receipt, message)}\n${whereOf(workflow)}\n`);
    }
    return exitCode.fine;
  });
}

/** Update-with-start: a client that gets its profile at this moment loses no refill. */
async function send(
  { clientId, workflowId, temporal }: ClientWorkflow,
  message: RefillMessage,
): Promise<RefillReceipt> {
  const { WithStartWorkflowOperation } = await import('@temporalio/client');
  const { taskQueue } = await import('../../worker/parts.js');
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof watchClient>('watchClient', {
    workflowId,
    taskQueue,
    args: [{ clientId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  return await temporal.client.workflow.executeUpdateWithStart(refillUpdate, {
    startWorkflowOperation,
    args: [message],
  });
}

function textOf({ refillId, applied, reset }: RefillReceipt, { at }: RefillMessage): string {
  if (!applied) {
    return `Refill ${refillId} of ${at} changes nothing: it was known already, or a later one is known.`;
  }
  const counts = Object.entries(reset).map(([rule, count]) => `${rule} (was ${count})`);
  return counts.length === 0
    ? `Refill ${refillId} of ${at} starts a new cycle; no counter changes by it.`
    : `Refill ${refillId} of ${at} starts a new cycle; 0 again: ${counts.join(', ')}.`;
}
