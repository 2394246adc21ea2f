import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { putClient, startRealServers, type RealServers } from '../../dev/trial/real-servers.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import type { watchClient } from '../../workflows/watch-client.js';
import { historyText } from './history-file.js';
import { historiesOfThisRelease } from './recorded-histories.js';

/** Real servers, whose histories it writes down. */
export interface Recorder {
  readonly servers: RealServers;
  /** Answers the id of the first run. */
  readonly start: (clientId: string, balance: string, profile?: string, input?: object) => Promise<string>;
  /** Of the workflow's last run, unless one is named. */
  readonly save: (name: string, workflowId: string, runId?: string) => Promise<void>;
  /** How many notices of the client's rule count. */
  readonly count: (clientId: string, rule?: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** `only`: names of the histories to write down; all where it is empty. */
export async function openRecorder(only: readonly string[]): Promise<Recorder> {
  const servers = await startRealServers();
  await mkdir(historiesOfThisRelease, { recursive: true });
  return {
    servers,
    async start(clientId, balance, profile = 'acme/prepaid', input = {}) {
      await putClient(servers.database, clientId, balance, profile);
      const handle = await servers.client.workflow.start<typeof watchClient>('watchClient', {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId, ...input }],
      });
      return handle.firstExecutionRunId;
    },
    async save(name, workflowId, runId) {
      if (only.length > 0 && !only.includes(name)) return;
      const handle = servers.client.workflow.getHandle(workflowId, runId);
      let history = await handle.fetchHistory();
      // A replay of a history that ends amid a workflow task waits for the rest of it.
      for (; isAmidTask(history); history = await handle.fetchHistory())
        await new Promise((resolve) => setTimeout(resolve, 100));
      await writeFile(path.join(historiesOfThisRelease, `${name}.json`), historyText(history));
      process.stderr.write(`${name}: ${history.events?.length} events\n`);
    },
    count: async (clientId, rule = 'client') => (await servers.status(clientId)).rules[rule]?.count ?? 0,
    stop: () => servers.stop(),
  };
}

function isAmidTask({ events }: Awaited<ReturnType<WorkflowHandle['fetchHistory']>>): boolean {
  const last = events!.at(-1)!;
  const {
    workflowExecutionStartedEventAttributes: started,
    workflowTaskScheduledEventAttributes: scheduled,
  } = last;
  return Boolean(started ?? scheduled ?? last.workflowTaskStartedEventAttributes);
}
