import { arrayFromPayloads, type PayloadConverter, type SerializationContext } from '@temporalio/common';
import type { ActivateInput } from '@temporalio/workflow';

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];
type Signal = NonNullable<Job['signalWorkflow']>;
type Handler = (...args: unknown[]) => void;

/** What of the SDK's own state of a workflow is used here. */
interface Activator {
  readonly signalHandlers: ReadonlyMap<string, { readonly handler: Handler }>;
  /** What came before its handler was set. */
  readonly bufferedSignals: Signal[];
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
  const ordered = jobs.some(({ initializeWorkflow, doUpdate }) => initializeWorkflow ?? doUpdate);
  if (signals.length < manyAtOnce || ordered) return jobs;
  const activator = knownActivator();
  if (!activator?.defaultSignalHandler) return jobs;
  for (const signal of signals) handOver(activator, signal);
  return jobs.filter(({ signalWorkflow }) => !signalWorkflow);
}

/**
 * Sets the handlers of a workflow's signals, also of a default one. Where many came together with its start, they are handed
 * over as above, in the order in which the SDK does it: by name as the handlers were set, and then all others.
 */
export function handleBufferedSignals(setHandlers: () => void): void {
  const activator = knownActivator();
  const many = activator !== undefined && activator.bufferedSignals.length >= manyAtOnce;
  const waiting = many ? activator.bufferedSignals.splice(0) : [];
  setHandlers();
  if (!many) return;
  const names = [...activator.signalHandlers.keys()];
  const placeOf = ({ signalName }: Signal): number => {
    const place = names.indexOf(signalName ?? '');
    return place === -1 ? names.length : place;
  };
  for (const signal of waiting.toSorted((a, b) => placeOf(a) - placeOf(b))) handOver(activator, signal);
}

function handOver(activator: Activator, { signalName, input }: Signal): void {
  const name = signalName ?? '';
  const context = activator.workflowSerializationContext();
  const args = arrayFromPayloads(activator.payloadConverter, input, context);
  const known = activator.signalHandlers.get(name);
  if (known) known.handler(...args);
  else activator.defaultSignalHandler!(name, ...args);
}

/** Undefined where the SDK is not as it was known. */
function knownActivator(): Activator | undefined {
  const activator = (globalThis as { __TEMPORAL_ACTIVATOR__?: Partial<Activator> }).__TEMPORAL_ACTIVATOR__;
  const known =
    activator?.signalHandlers instanceof Map &&
    Array.isArray(activator.bufferedSignals) &&
    typeof activator.workflowSerializationContext === 'function' &&
    typeof activator.payloadConverter?.fromPayload === 'function';
  return known ? (activator as Activator) : undefined;
}
