import assert from 'node:assert/strict';
import proto from '@temporalio/proto';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { taskFaults } from './task-faults.js';

const { EventType, VersioningBehavior } = proto.temporal.api.enums.v1;
const deploymentName = 'low-balance';

describe('two versions of the worker, over sleeping clients', () => {
  let servers: RealServers;
  const workers: Service[] = [];

  before(async () => {
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid', { period: '2s', maxQty: 2 });
  });
  after(async () => {
    for (const worker of workers) await worker.stop();
    await servers?.stop();
  });

  async function startVersion(buildId: string): Promise<Service> {
    const worker = await servers.startWorker({
      env: { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_BUILD_ID: buildId },
    });
    workers.push(worker);
    return worker;
  }

  /** As `temporal worker deployment set-current-version` does; a version is known when its worker polled. */
  const makeCurrent = (buildId: string) =>
    eventually(`version ${buildId} is current`, async () => {
      await servers.client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: servers.namespace,
        deploymentName,
        version: `${deploymentName}.${buildId}`,
        buildId,
      });
      return true;
    });

  const handleOf = (clientId: string) => servers.client.workflow.getHandle(watchWorkflowId(clientId));

  async function checksOf(clientId: string): Promise<readonly { buildId: string | undefined }[]> {
    const { events = [] } = await handleOf(clientId).fetchHistory();
    return (events ?? [])
      .filter(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
      .map(({ workflowTaskCompletedEventAttributes: task }) => ({
        buildId: task?.deploymentVersion?.buildId ?? undefined,
      }));
  }

  it('moves every client to the version that is current when it wakes, and no task fails', async () => {
    const old = await startVersion('commit-1');
    await makeCurrent('commit-1');
    const ids = Array.from({ length: 20 }, (_, i) => `CLIENT-${i}`);
    for (const [i, id] of ids.entries()) {
      await putClient(servers.database, id, i % 2 === 0 ? '40' : '500');
      await servers.watch(id);
    }
    await eventually('all are checked', async () =>
      (await Promise.all(ids.map((id) => servers.status(id)))).every(
        ({ lastCheckAt }) => lastCheckAt !== null,
      ),
    );

    // The new version replays what the old one did, checks that a query cut in two included.
    const exhausted = ids.filter((_, i) => i % 2 === 0);
    await eventually('the low ones are told Max Qty times', async () =>
      (await Promise.all(exhausted.map((id) => servers.status(id)))).every(
        ({ state }) => state === 'exhausted',
      ),
    );

    await startVersion('commit-2');
    await makeCurrent('commit-2');
    await eventually('every client was checked by the new version', async () => {
      const checks = await Promise.all(ids.map((id) => checksOf(id)));
      return checks.every((each) => each.at(-1)?.buildId === 'commit-2');
    });
    await old.stop();

    // It goes on without the old version, and nobody is told more than Max Qty.
    const before = await Promise.all(ids.map(async (id) => (await checksOf(id)).length));
    await eventually('all go on', async () => {
      const now = await Promise.all(ids.map(async (id) => (await checksOf(id)).length));
      return now.every((count, i) => count > before[i]!);
    });
    for (const [i, id] of ids.entries()) {
      const { events } = await handleOf(id).fetchHistory();
      assert.deepEqual(taskFaults(events ?? []), [], id);
      const builds = new Set((await checksOf(id)).map(({ buildId }) => buildId));
      assert.deepEqual([...builds], ['commit-1', 'commit-2'], id);
      const mails = servers.mails.filter(({ clientId }) => clientId === id);
      assert.equal(mails.length, i % 2 === 0 ? 2 : 0, id);
    }
  });

  it('is upgraded by itself: AUTO_UPGRADE', async () => {
    const { events } = await handleOf('CLIENT-0').fetchHistory();
    const behaviors = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: task }) =>
      task ? [task.versioningBehavior] : [],
    );
    assert.ok(behaviors.length > 0);
    assert.ok(
      behaviors.every((behavior) => behavior === VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE),
    );
  });
});
