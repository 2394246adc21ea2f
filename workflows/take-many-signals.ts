import { arrayFromPayloads, type PayloadConverter, type SerializationContext } from '@temporalio/common';
import type { ActivateInput } from '@temporalio/workflow';

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];
type Handler = (...args: unknown[]) => void;

/** What of the SDK's own state of a workflow is used here. */
interface Activator {
  readonly signalHandlers: ReadonlyMap<string, { readonly handler: Handler }>;
  readonly defaultSignalHandler?: (name: string, ...args: unknown[]) => void;
  readonly payloadConverter: PayloadConverter;
  workflowSerializationContext(): SerializationContext;
}

const manyAtOnce = 50;

/**
 * Hands many signals that come together to their handlers, and answers the jobs that are left for the SDK. The SDK makes
 * some promises for each signal, with a stack trace each: thousands take it seconds, in which more of them come, and the server
 * closes the task before it is done, again and again (rule 24). Handlers are synchronous, so nothing else differs. Where the SDK is not
 * as it was known, or order may matter, everything is left to it.
 */
export function takeManySignals(jobs: readonly Job[]): readonly Job[] {
  const signals = jobs.flatMap(({ signalWorkflow }) => signalWorkflow ?? []);
  const activator = (globalThis as { __TEMPORAL_ACTIVATOR__?: Partial<Activator> }).__TEMPORAL_ACTIVATOR__;
  const ordered = jobs.some(({ initializeWorkflow, doUpdate }) => initializeWorkflow ?? doUpdate);
  if (signals.length < manyAtOnce || ordered || !isKnown(activator)) return jobs;
  const context = activator.workflowSerializationContext();
  for (const { signalName, input } of signals) {
    const name = signalName ?? '';
    const args = arrayFromPayloads(activator.payloadConverter, input, context);
    const known = activator.signalHandlers.get(name);
    if (known) known.handler(...args);
    else activator.defaultSignalHandler!(name, ...args);
  }
  return jobs.filter(({ signalWorkflow }) => !signalWorkflow);
}

function isKnown(activator: Partial<Activator> | undefined): activator is Activator {
  return (
    activator?.signalHandlers instanceof Map &&
    typeof activator.defaultSignalHandler === 'function' &&
    typeof activator.workflowSerializationContext === 'function' &&
    typeof activator.payloadConverter?.fromPayload === 'function'
  );
}
