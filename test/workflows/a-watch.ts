import { statusQuery } from '../../workflows/messages.js';
import { clientIdOf } from '../../workflows/client-workflow-id.js';
import type { watchClient } from '../../workflows/watch-client.js';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { ReconcileResult } from '../../activities/contract.js';
import { createWatchActivities } from '../../activities/create-activities.js';
import { createMemoryWatched } from '../../scenarios/memory-watched.js';
import { createMemoryLedger } from '../../delivery/ledger/memory-ledger.js';
import { quietRuntime } from '../../cli/shared/real-stage.js';
import { progressOnStderr } from '../../dev/progress.js';
import { createTimeSkippingEnvironment } from '../../dev/test-server.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { Client } from '../../domain/reading.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import type { Message } from '../../delivery/message.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { registerSearchAttributes } from '../../worker/search-attributes.js';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import type { EarlierWatch, WatchedRow } from '../../store/watched-row.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import { aClient, aProfile } from '../domain/builders.js';

/** The real workflow on a time-skipping server, over one client that the test holds in its hands. */
export interface WatchBench {
  readonly environment: TestWorkflowEnvironment;
  client: Partial<Client>;
  profile: Profile;
  /** Thrown where the billing data is read. */
  readFault: Error | undefined;
  mailRefused: boolean;
  readonly mails: Message[];
  /** What checks wrote down of the client. */
  readonly rows: WatchedRow[];
  /** What a workflow that starts again would take up. */
  earlier(workflowId: string): Promise<EarlierWatch | undefined>;
  /** A new workflow for a fresh client; ends the one before. What `before` sends comes together with its start. */
  start(
    input?: { readonly checksPerRun?: number },
    before?: (handle: WorkflowHandle) => Promise<void>,
  ): Promise<WorkflowHandle>;
  /** Lets time pass, and waits until the workflow has done what there is to do. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export async function openWatchBench(): Promise<WatchBench> {
  quietRuntime();
  const environment = await createTimeSkippingEnvironment({ env: process.env, progress: progressOnStderr });
  await registerSearchAttributes(environment.connection, 'default');
  const ledger = createMemoryLedger();
  let started = 0;
  let handle: WorkflowHandle | undefined;
  const bench: WatchBench = {
    environment,
    client: {},
    profile: aProfile(),
    readFault: undefined,
    mailRefused: false,
    mails: [],
    rows: [],
    async start(input = {}, before) {
      await handle?.terminate().catch(() => {});
      started += 1;
      Object.assign(bench, { client: {}, profile: aProfile(), readFault: undefined, mailRefused: false });
      bench.mails.length = 0;
      bench.rows.length = 0;
      const clientId = `c-${started}`;
      handle = await environment.client.workflow.start<typeof watchClient>('watchClient', {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId, ...input }],
        ...(before ? { startDelay: '10s' } : {}),
      });
      await before?.(handle);
      if (before) await environment.sleep('11s');
      await settled();
      return environment.client.workflow.getHandle(handle.workflowId);
    },
    earlier: (workflowId) => rows.earlier(clientIdOf(workflowId) ?? ''),
    async pass(ms) {
      await environment.sleep(ms);
      await settled();
    },
    async close() {
      await handle?.terminate().catch(() => {});
      worker.shutdown();
      await running;
      await environment.teardown();
    },
  };
  let calls = 0;
  const rows = createMemoryWatched().watched;
  const activities = createWatchActivities({
    billing: {
      async readClient(clientId) {
        calls += 1;
        if (bench.readFault) throw bench.readFault;
        await Promise.resolve();
        return aClient({ createdAt: 1, clientId, ...bench.client });
      },
      identify(clientId) {
        return this.readClient(clientId, { currency: null, logins: [] });
      },
    },
    profiles: {
      read: () => Promise.resolve({ profile: bench.profile, version: 1 }),
      assigner: () => Promise.resolve(namedProfilesOnly),
    },
    ledger,
    watched: {
      ...rows,
      seen(row) {
        bench.rows.push(row);
        return rows.seen(row);
      },
    },
    channels: {
      email: {
        send(mail) {
          if (bench.mailRefused) throw new DeliveryError('unavailable', 'the provider refuses just now');
          bench.mails.push(mail);
          return Promise.resolve({ messageId: mail.noticeId });
        },
      },
    },
    now: () => environment.currentTimeMs(),
    attemptedAt() {
      const { isLocal, currentAttemptScheduledTimestampMs } = Context.current().info;
      return Promise.resolve(isLocal ? 0 : currentAttemptScheduledTimestampMs);
    },
    count() {},
  });
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities: {
      ...activities,
      reconcile: (): Promise<ReconcileResult> => Promise.reject(new Error('unused')),
    },
  });
  const running = worker.run();
  return bench;

  /** A query is answered when the workflow has nothing more to do; activities may give it more. */
  async function settled(): Promise<void> {
    for (let before = -1; before !== calls;) {
      before = calls;
      for (let times = 0; times < 3; times += 1) {
        await handle?.query(statusQuery);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
