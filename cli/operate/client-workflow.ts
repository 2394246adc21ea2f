import type { WorkflowHandle } from '@temporalio/client';
import { clientIdProblem } from '../../domain/client-id.js';
import type { watchClient } from '../../workflows/watch-client.js';
import { openTemporal, type TemporalAccess } from '../shared/connect.js';
import { CliError, exitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { printable } from '../shared/printable.js';

/** The workflow that watches one client, and where to look at it. */
export interface ClientWorkflow {
  readonly clientId: string;
  readonly workflowId: string;
  /** Its page in the Temporal UI; undefined where no UI is known. */
  readonly url: string | undefined;
  readonly handle: WorkflowHandle<typeof watchClient>;
  readonly temporal: TemporalAccess;
}

/** How long a workflow may take for all that a verb asks of it, milliseconds: without a worker Temporal would wait for ever. */
const patienceMs = 45_000;

/** Does something with the workflow of a client. Throws a CliError that says so where there is none, where it refuses or does not answer. */
export async function withClientWorkflow<T>(
  clientId: string,
  io: Io,
  use: (workflow: ClientWorkflow) => Promise<T>,
): Promise<T> {
  const { watchWorkflowId } = await import('../../worker/parts.js');
  const problem = clientIdProblem(clientId);
  if (problem !== undefined) throw new CliError(`the client: ${printable(problem)}`, exitCode.usage);
  const temporal = await openTemporal(io);
  const workflowId = watchWorkflowId(clientId);
  const url = temporal.workflowUrl(workflowId);
  try {
    const handle = temporal.client.workflow.getHandle<typeof watchClient>(workflowId);
    return await temporal.client.withDeadline(Date.now() + patienceMs, () =>
      use({ clientId, workflowId, url, handle, temporal }),
    );
  } catch (error) {
    throw await explained(error, clientId, url);
  } finally {
    await temporal.close();
  }
}

/** Every answer names the workflow and the way to it. */
export function whereOf({ workflowId, url }: ClientWorkflow): string {
  return url === undefined ? `Workflow ${workflowId}` : `Workflow ${workflowId}\n         ${url}`;
}

async function explained(error: unknown, clientId: string, url: string | undefined): Promise<unknown> {
  const {
    isGrpcDeadlineError,
    ServiceError,
    WorkflowNotFoundError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
  } = await import('@temporalio/client');
  if (error instanceof WorkflowNotFoundError) {
    return new CliError(
      `client "${printable(clientId)}" is not watched now: expected a prepaid client that is not closed and has a profile; the next reconciliation starts its workflow by itself`,
      exitCode.findings,
      { cause: error },
    );
  }
  if (error instanceof WorkflowUpdateFailedError) {
    return new CliError(`refused: ${error.cause?.message ?? error.message}`, exitCode.usage, {
      cause: error,
    });
  }
  const isLate = error instanceof ServiceError && isGrpcDeadlineError(error.cause);
  if (isLate || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new CliError(
      `the workflow did not answer in time: expected a worker that runs (${url ?? 'see the Temporal UI'})`,
      exitCode.internal,
      { cause: error },
    );
  }
  return error;
}
