import { Worker, type NativeConnection } from '@temporalio/worker';
import { createActivities } from '../../activities/create-activities.js';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import { createParts, taskQueue, type PartsOptions } from '../../worker/parts.js';

/** A worker in this process, of the workflows and activities as they are, and of the parts that a test gives. */
export interface RunningWorker {
  /** Ends when what it had begun is finished: before that, its connections must not be closed. */
  stop(): Promise<void>;
}

export async function runWorker(
  connection: NativeConnection,
  parts: Omit<PartsOptions, 'onError'>,
): Promise<RunningWorker> {
  const worker = await Worker.create({
    connection,
    namespace: parts.client.options.namespace,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities: createActivities(
      createParts({
        ...parts,
        // Rows are written a moment after a check, also when the database of a test is closed already.
        onError: (error) => void process.stderr.write(`${String(error)}\n`),
      }),
    ),
    maxHeartbeatThrottleInterval: '1s',
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
    },
  };
}
