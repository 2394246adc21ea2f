import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  WorkflowNotFoundError,
  type WorkflowHandle,
} from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { statusQuery } from '../workflows/messages.js';

/** For so long the answer of a query is waited for before it is asked whether it was lost, milliseconds. */
const answerWithinMs = 1_500;

/**
 * Waits until a client's workflow on the time-skipping server has done all that it can do: a query is answered after that. One that
 * comes while a run gives way to the next is never answered by that server, and holds its clock: `onLost` is called then, and the
 * next run is asked. Answers at once where there is no such workflow.
 */
export async function untilIdle(
  { connection }: TestWorkflowEnvironment,
  handle: WorkflowHandle,
  onLost: () => Promise<void>,
): Promise<void> {
  try {
    for (;;) {
      const { runId } = await handle.describe();
      try {
        await connection.withDeadline(Date.now() + answerWithinMs, () => handle.query(statusQuery));
        return;
      } catch (error) {
        // At its deadline the server may cancel it first.
        if (!isGrpcDeadlineError(error) && !isGrpcCancelledError(error)) throw error;
        if ((await handle.describe()).runId !== runId) await onLost();
      }
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
