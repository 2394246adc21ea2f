import { fileURLToPath } from 'node:url';
import { startWorkerCommand, startWorkerProcess, type WorkerCommand } from '../dev/trial/worker-command.js';
import type { Environment } from '../settings/read-settings.js';

/** A workflow of the product, or the loop that it is compared with. */
export type ComparedWorkflow = 'watchClient' | 'bareLocal';

/** A worker of that workflow, as a process of its own. */
export function startComparedWorker(workflow: ComparedWorkflow, env: Environment): WorkerCommand {
  return workflow === 'bareLocal'
    ? startWorkerProcess([fileURLToPath(new URL('./bare-worker-child.js', import.meta.url))], env)
    : startWorkerCommand(env);
}
