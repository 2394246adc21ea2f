import type { WorkflowInterceptors } from '@temporalio/workflow';
import { seesResets } from './sees-resets.js';
import { takeManySignals } from './take-many-signals.js';

const reservedPrefix = '__temporal_';

/**
 * The SDK fails the task of a workflow with a default handler for each signal of a reserved name, and Temporal lets anybody
 * send one (rule 24). Under another name it reaches the default handler, which notes it.
 */
export function interceptors(): WorkflowInterceptors {
  const withReset = seesResets();
  return {
    internals: [
      {
        activate(input, next) {
          for (const { signalWorkflow } of input.activation.jobs ?? []) {
            if (signalWorkflow?.signalName?.startsWith(reservedPrefix))
              signalWorkflow.signalName = `reserved name ${signalWorkflow.signalName}`;
          }
          input.activation.jobs = [...takeManySignals(withReset(input.activation.jobs ?? []))];
          next(input);
        },
      },
    ],
  };
}
