import { defineSignal, type ActivateInput } from '@temporalio/workflow';

/** From the worker itself: somebody reset the workflow to an earlier point of its history (rule 25). */
export const resetSignal = defineSignal('wasReset');

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

/** What of the SDK's own state of a workflow is used here. */
interface Activator {
  readonly randomnessSeed: readonly number[];
  readonly info: { readonly workflowType: string };
}

/**
 * Temporal gives a workflow that somebody reset another random seed, at the point from which its history goes on: it is the one
 * sign of a reset that a workflow has, and the same at every replay. A client's workflow hears of it by a signal that comes
 * before everything else of that point (rule 25). Where the SDK is not as it was known, nothing is seen.
 */
export function seesResets(): (jobs: readonly Job[]) => readonly Job[] {
  let seed: string | undefined;
  return (jobs) => {
    if (jobs.some(({ queryWorkflow }) => queryWorkflow)) return jobs;
    const activator = (globalThis as { __TEMPORAL_ACTIVATOR__?: Partial<Activator> }).__TEMPORAL_ACTIVATOR__;
    const now = activator?.randomnessSeed?.join();
    const began = jobs[0]?.initializeWorkflow?.randomnessSeed?.toBytes().join();
    const before = began ?? seed;
    seed = now;
    if (before === undefined || now === undefined || before === now) return jobs;
    if (activator?.info?.workflowType !== 'watchClient') return jobs;
    const first = began === undefined ? 0 : 1;
    return [...jobs.slice(0, first), signalJob(resetSignal.name), ...jobs.slice(first)];
  };
}

function signalJob(signalName: string): Job {
  return { variant: 'signalWorkflow', signalWorkflow: { signalName, input: [] } };
}
