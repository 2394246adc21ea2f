import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { RealServers } from '../dev/trial/real-servers.js';
import { taskQueue } from '../worker/parts.js';
import { slotsOf } from '../worker/worker-options.js';
import { serviceSettings } from '../worker/settings.js';

export interface BareWorker {
  /** How many empty activities were done so far. */
  done(): number;
  stop(): Promise<void>;
}

export async function bundleBareWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  return await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./bare-workflows.js', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
}

/** Runs bare workflows with the slots and pollers that our own worker has. */
export async function startBareWorker(
  servers: Pick<RealServers, 'connection' | 'namespace' | 'env'>,
  workflowBundle: WorkflowBundleWithSourceMap,
): Promise<BareWorker> {
  let done = 0;
  // As our own worker: a side that is frozen while another is measured must not be cut off.
  const options: WorkerOptions & { readonly isolateExecutionTimeout: string } = {
    isolateExecutionTimeout: '1m',
    connection: servers.connection,
    namespace: servers.namespace,
    taskQueue,
    workflowBundle,
    activities: { empty: () => Promise.resolve(void (done += 1)) },
    ...slotsOf(serviceSettings(servers.env)),
  };
  const worker = await Worker.create(options);
  const run = worker.run();
  return {
    done: () => done,
    async stop() {
      worker.shutdown();
      await run;
    },
  };
}
