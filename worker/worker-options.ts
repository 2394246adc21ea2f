import type { WorkerOptions } from '@temporalio/worker';
import { SettingsError } from '../settings/read-settings.js';
import type { ServiceSettings } from './settings.js';

/** Sizes are explicit, so that a worker's memory and its load on MySQL are known; docs/settings.md has the reasons. */
export function slotsOf(settings: ServiceSettings) {
  return {
    maxCachedWorkflows: settings.cachedWorkflows,
    maxConcurrentWorkflowTaskExecutions: settings.concurrentWorkflowTasks,
    maxConcurrentLocalActivityExecutions: settings.concurrentChecks,
    maxConcurrentActivityTaskExecutions: settings.concurrentNotices,
    // As many polls as there is work, instead of a fixed number for an idle and for a busy fleet.
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 20 },
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 2, maximum: 10 },
  } satisfies Partial<WorkerOptions>;
}

/** With a deployment's name, Temporal hands a sleeping client to the version that is current when it wakes. */
export function deploymentOf(
  { deploymentName }: ServiceSettings,
  buildId: string | undefined,
): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (deploymentName === undefined) return {};
  if (buildId === undefined) {
    throw new SettingsError(
      'TEMPORAL_DEPLOYMENT_NAME is set, and the build does not know its commit. Expected TEMPORAL_BUILD_ID, such as the commit that was built',
    );
  }
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName, buildId },
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}
