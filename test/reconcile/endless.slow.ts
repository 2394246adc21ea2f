import assert from 'node:assert/strict';
import getPort from 'get-port';
import { Worker } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import { quietRuntime } from '../../cli/shared/real-stage.js';
import { runCommandLine } from '../../cli/command-line.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { createLog } from '../../worker/log.js';
import { taskQueue } from '../../worker/parts.js';
import { examineReconciliation, longestChainMs, longestRunMs } from '../../worker/reconciliation.js';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import { anIo } from '../scenarios/an-io.js';
import { triggerOn } from './schedule.js';

const minuteMs = 60_000;

describe('a reconciliation that does not end, on the real Temporal', () => {
  let servers: RealServers;

  before(async () => {
    quietRuntime();
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid');
  });
  after(() => servers?.stop());

  /** A worker whose part of a reconciliation answers this. */
  async function aBadWorker(reconcile: () => Promise<unknown>) {
    const worker = await Worker.create({
      connection: servers.connection,
      namespace: servers.namespace,
      taskQueue,
      workflowBundle: await workflowBundle(),
      activities: { reconcile },
    });
    const done = worker.run();
    return async () => {
      worker.shutdown();
      await done;
    };
  }

  const results: readonly {
    readonly name: string;
    readonly reconcile: () => Promise<unknown>;
    readonly problem: RegExp;
    /** When it counts as one that does not end. */
    readonly afterMs: number;
    /** When operators hear of it; default: at once. */
    readonly heardAfterMs?: number;
  }[] = [
    {
      name: 'whose history holds a result that its workflow cannot take',
      reconcile: () => Promise.resolve({ refused: null }),
      problem: /its workflow task failed \d+ times/,
      afterMs: 6 * minuteMs,
    },
    {
      name: 'whose activity fails again and again',
      reconcile: () => Promise.reject(new Error('one row is bad')),
      problem: /does not go on: one row is bad \(attempt \d+\)/,
      afterMs: longestRunMs + minuteMs,
    },
    {
      name: 'whose chain of runs has no end',
      reconcile: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        const next = { pass: 'assigned', after: 'A' };
        return { examined: 1, started: 0, woken: 0, reasons: {}, some: [], refused: [], next };
      },
      problem: /goes on since .*: expected 6 hours at most\. A worker ends and replaces it/,
      afterMs: longestChainMs + minuteMs,
      heardAfterMs: longestChainMs + minuteMs,
    },
  ];

  for (const { name, reconcile, problem, afterMs, heardAfterMs = 0 } of results) {
    it(`${name} is seen by operators, ended and replaced`, async () => {
      await servers.database.query('DELETE FROM billing_client');
      const stopBad = await aBadWorker(reconcile);
      const bad = await triggerOn(servers);
      await eventually('it is seen', async () => {
        const found = await examineReconciliation(servers.client, Date.now() + heardAfterMs);
        return problem.test(found.problem ?? '');
      });
      await stopBad();
      await putClient(servers.database, 'WAITS', '500');
      await isReplaced(bad, problem, heardAfterMs, afterMs);
    });
  }

  async function isReplaced(
    bad: WorkflowHandle,
    problem: RegExp,
    heardAfterMs: number,
    afterMs: number,
  ): Promise<void> {
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as never) };
    const alarms = () => lines.filter(({ alarm }) => alarm === 'reconciliation');
    const port = await getPort();
    let lateMs = heardAfterMs;
    const worker = await servers.startWorker({
      env: { WORKER_HTTP_PORT: String(port) },
      parts: {
        log: createLog('info', destination),
        now: () => Promise.resolve(Date.now() + lateMs),
        reconciliationEveryMs: 500,
      },
    });
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    try {
      await eventually('an alarm', () => Promise.resolve(alarms().length > 0));
      assert.match(String(alarms()[0]!['msg']), problem);
      if (heardAfterMs < afterMs) {
        const ready = JSON.parse(await get('/ready')) as { ready: boolean; reconciliation: string };
        assert.equal(ready.ready, true, 'a restart of a worker would mend nothing');
        assert.match(ready.reconciliation, problem);
        assert.match(await get('/metrics'), /^low_balance_reconciliation_problem 1$/m);
        assert.match(await doctor(), problem);
        assert.equal((await bad.describe()).status.name, 'RUNNING', 'it is given time');
      }
      lateMs = afterMs;
      await eventually('it is ended', async () => (await currentOf(bad)).status.name !== 'RUNNING');
      lateMs = 0;
      await eventually('the alarm ends', () => Promise.resolve(alarms().some(({ over }) => over === true)));
      await eventually(
        'another one did its work',
        async () => (await servers.status('WAITS')).availableBalance === '500',
      );
      await eventually('nothing is wrong', async () => /✓ reconcile/.test(await doctor()));
      assert.doesNotMatch(await get('/ready'), /reconciliation/);
      assert.match(await get('/metrics'), /^low_balance_reconciliation_problem 0$/m);
      assert.equal(alarms().length, 2, 'one alarm, and its end');
    } finally {
      await worker.stop();
    }
  }

  /** The run at which its chain is. */
  const currentOf = ({ workflowId }: WorkflowHandle) =>
    servers.client.workflow.getHandle(workflowId).describe();

  async function doctor(): Promise<string> {
    const io = anIo('.', servers.env);
    await runCommandLine(['doctor'], io);
    return io.printed();
  }
});
