import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { Watchers } from '../activities/parts.js';
import { clientIdOf, watchWorkflowId } from '../workflows/client-workflow-id.js';
import { lookSignal, profileChangedSignal } from '../workflows/messages.js';
import type { watchClient } from '../workflows/watch-client.js';
import { taskQueue } from './task-queue.js';

const workflowType = 'watchClient';

/** The workflows of clients, on the real Temporal. */
export function createWatchers(client: Client, onError: (error: unknown) => void): Watchers {
  const signalled = async (clientId: string, signal: SignalDefinition): Promise<boolean> => {
    try {
      await client.workflow.getHandle(watchWorkflowId(clientId)).signal(signal);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
  return {
    async start(clientId) {
      if (await started(client, clientId)) return true;
      return (await endedForeign(client, clientId)) && (await started(client, clientId));
    },
    wake: (clientId) => signalled(clientId, profileChangedSignal),
    wakeForLook: (clientId) => signalled(clientId, lookSignal),
    async *lostSince(at) {
      const closed = client.workflow.list({
        query: `WorkflowType = '${workflowType}' AND ExecutionStatus IN ('Terminated', 'Canceled', 'Failed', 'TimedOut') AND CloseTime >= '${new Date(at).toISOString()}'`,
        pageSize: 1_000,
      });
      try {
        for await (const { workflowId, closeTime } of closed) {
          const clientId = clientIdOf(workflowId);
          if (clientId !== undefined && closeTime) yield { clientId, at: closeTime.getTime() };
        }
      } catch (error) {
        // The list is only the quick way to find them: what is not seen for two periods is started in any case.
        onError(error);
      }
    },
  };
}

/** False where a workflow of that id runs. */
async function started(client: Client, clientId: string): Promise<boolean> {
  try {
    await client.workflow.start<typeof watchClient>(workflowType, {
      workflowId: watchWorkflowId(clientId),
      taskQueue,
      args: [{ clientId }],
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/**
 * Rule 24: a signal with start may misspell the type or the task queue. No worker ever takes such a workflow, and while it runs
 * nothing else can watch the client. Answers whether it was one, and was ended.
 */
async function endedForeign(client: Client, clientId: string): Promise<boolean> {
  const workflowId = watchWorkflowId(clientId);
  try {
    const found = await client.workflow.getHandle(workflowId).describe();
    if (found.type === workflowType && found.taskQueue === taskQueue) return false;
    await client.workflow
      .getHandle(workflowId, found.runId)
      .terminate(
        `no worker takes the type ${found.type} on the task queue ${found.taskQueue}: expected ${workflowType} on ${taskQueue}`,
      );
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  return true;
}
