import { patched, workflowInfo } from '@temporalio/workflow';
import { clientIdProblem } from '../domain/client-id.js';
import { described } from '../domain/described.js';
import { watchWorkflowId } from './client-workflow-id.js';
import { Unreadable } from './unreadable.js';

const mostChecksPerRun = 10_000;

/**
 * Why a start is refused (rule 24), or undefined. Anybody who may signal with start may hand over anything.
 * A run that goes on with what another one handed over is not refused, and waits for a worker that can read it: it is ours.
 */
export function startProblem(input: unknown): string | undefined {
  const { continuedFromExecutionRunId, workflowId } = workflowInfo();
  if (continuedFromExecutionRunId === undefined || !(input instanceof Unreadable)) {
    const problem = problemOf(input, workflowId, continuedFromExecutionRunId !== undefined);
    // Runs that were started before this was asked go on as they are, until the next one.
    if (problem === undefined || patched('refuse-start')) return problem;
  }
  if (input instanceof Unreadable) throw new Error(`this run cannot go on: ${input.reason}`);
  return undefined;
}

function problemOf(input: unknown, workflowId: string, continued: boolean): string | undefined {
  if (input instanceof Unreadable) return input.reason;
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return `expected { "clientId": "<id>" }, found ${described(input)}`;
  const { clientId, carried, checksPerRun } = input as Readonly<Record<string, unknown>>;
  const problem = clientIdProblem(clientId);
  if (problem !== undefined) return `clientId: ${problem}`;
  if (workflowId !== watchWorkflowId(String(clientId)))
    return `the workflow is ${described(workflowId)} and its client ${described(clientId)}: expected the workflow ${watchWorkflowId(String(clientId))}`;
  if (carried !== undefined && !continued)
    return `carried: expected nothing, as only a run hands it to the next, found ${described(carried)}`;
  if (checksPerRun !== undefined && !isRunLength(checksPerRun))
    return `checksPerRun: expected a whole number from 1 to ${mostChecksPerRun}, found ${described(checksPerRun)}`;
  return undefined;
}

function isRunLength(checksPerRun: unknown): boolean {
  return (
    Number.isInteger(checksPerRun) && Number(checksPerRun) >= 1 && Number(checksPerRun) <= mostChecksPerRun
  );
}
