import { DefaultLogger, Worker } from '@temporalio/worker';
import { putClient, putProfile, startRealServers } from '../dev/trial/real-servers.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { taskQueue, watchWorkflowId } from '../worker/parts.js';
import { workflowBundle } from '../worker/workflow-bundle.js';
import { median, type Measured } from './measured.js';

const checksPerRun = 30;
const rounds = 9;

/** What a client's history costs: its size, and its replay right before it continues as new. */
export async function history(): Promise<Measured> {
  const servers = await startRealServers({ quiet: true, given: process.env });
  try {
    await putProfile(servers.database, 'quiet', { period: '1s', threshold: 10 });
    await putClient(servers.database, 'QUIET', '500', 'acme/quiet');
    const worker = await servers.startWorker();
    const first = await servers.client.workflow.start('watchClient', {
      workflowId: watchWorkflowId('QUIET'),
      taskQueue,
      args: [{ clientId: 'QUIET', checksPerRun }],
    });
    const run = servers.client.workflow.getHandle(first.workflowId, first.firstExecutionRunId);
    while ((await run.describe()).status.name === 'RUNNING') await sleep(200);
    const { historyLength, historySize = 0 } = await run.describe();
    const recorded = await run.fetchHistory();
    await worker.stop();
    const bundle = await workflowBundle();
    const replays: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const from = performance.now();
      const options = { workflowBundle: bundle, logger: new DefaultLogger('ERROR') };
      await Worker.runReplayHistory(options, recorded, first.workflowId);
      replays.push(performance.now() - from);
    }
    return {
      bench: 'the history of a quiet client',
      how: `one run of ${checksPerRun} checks; its replay with the start of a replay worker, median of ${rounds}`,
      series: [],
      ratios: [],
      figures: [
        { name: 'events of a check', value: historyLength / checksPerRun, unit: 'events' },
        { name: 'bytes of a check', value: historySize / checksPerRun, unit: 'bytes' },
        {
          name: 'a day at a Period of 1 minute',
          value: ((historySize / checksPerRun) * 1_440) / 1e6,
          unit: 'MB',
        },
        { name: `replay of ${checksPerRun} checks`, value: median(replays), unit: 'ms' },
      ],
    };
  } finally {
    await servers.stop();
  }
}
