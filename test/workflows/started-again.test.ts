import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type proto from '@temporalio/proto';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';
import { reconcileOn } from '../reconcile/schedule.js';

describe('a workflow that is reset or cancelled, on the real Temporal (rule 25)', () => {
  let servers: RealServers;
  let worker: Service;
  const stories = new Map<string, () => Promise<void>>();
  const running = new Map<string, Promise<void>>();

  // Most of its time a story waits for its client's next checks: they run side by side.
  before(async () => {
    servers = await startRealServers();
    worker = await servers.startWorker();
    await putProfile(servers.database, 'prepaid', { period: '3s', maxQty: 2 });
    for (const [name, story] of stories) {
      const run = story();
      run.catch(() => {});
      running.set(name, run);
    }
  });
  after(async () => {
    await Promise.allSettled(running.values());
    await worker?.stop();
    await servers?.stop();
  });

  function sideBySide(name: string, story: () => Promise<void>): void {
    stories.set(name, story);
    it(name, () => running.get(name));
  }

  const handleOf = (id: string) => servers.client.workflow.getHandle(watchWorkflowId(id));
  const mailsTo = (id: string) => servers.mails.filter(({ clientId }) => clientId === id).length;
  const countOf = async (id: string) => (await servers.status(id)).rules['client']?.count;

  async function toldTwice(id: string): Promise<void> {
    await putClient(servers.database, id, '40');
    await servers.watch(id);
    await eventually('told until Max Qty', async () => (await countOf(id)) === 2);
    assert.equal(mailsTo(id), 2);
  }

  /** A workflow task that was completed. What an operator changes begins another run: so it is of the run that is named. */
  interface Task {
    readonly runId: string;
    readonly eventId: NonNullable<proto.temporal.api.history.v1.IHistoryEvent['eventId']>;
  }

  async function runOf(id: string): Promise<string> {
    const { runId } = await handleOf(id).describe();
    return runId;
  }

  const eventsOf = async (id: string, runId: string) =>
    (await servers.client.workflow.getHandle(watchWorkflowId(id), runId).fetchHistory()).events!;

  /** Back to the workflow task that came after so many notices. */
  async function reset(id: string, notices: number, run?: string): Promise<void> {
    const runId = run ?? (await runOf(id));
    const events = await eventsOf(id, runId);
    let told = 0;
    const at = events.find((event) => {
      if (event.activityTaskCompletedEventAttributes) told += 1;
      return event.workflowTaskCompletedEventAttributes && told === notices;
    });
    await resetTo(id, { runId, eventId: at!.eventId! });
  }

  async function lastTask(id: string): Promise<Task> {
    const runId = await runOf(id);
    const events = await eventsOf(id, runId);
    return {
      runId,
      eventId: events.findLast((event) => event.workflowTaskCompletedEventAttributes)!.eventId!,
    };
  }

  async function resetTo(
    id: string,
    { runId, eventId }: Task,
    since: 'with what came since' | 'without what came since' = 'with what came since',
  ): Promise<void> {
    const { workflowService } = servers.client.connection as never as {
      workflowService: proto.temporal.api.workflowservice.v1.WorkflowService;
    };
    await workflowService.resetWorkflowExecution({
      namespace: servers.namespace,
      workflowExecution: { workflowId: watchWorkflowId(id), runId },
      reason: 'by hand',
      workflowTaskFinishEventId: eventId,
      ...(since === 'without what came since' ? { resetReapplyExcludeTypes: [1, 2] } : {}),
      requestId: randomUUID(),
    });
  }

  async function aFewChecks(id: string): Promise<void> {
    const { lastCheckAt } = await servers.status(id);
    await eventually('some checks', async () => {
      const status = await servers.status(id);
      return Date.parse(status.lastCheckAt!) > Date.parse(lastCheckAt ?? '1970-01-01') + 7_000;
    });
  }

  for (const notices of [0, 1, 2]) {
    sideBySide(`reset to where ${notices} of 2 notices were sent, it sends no more`, async () => {
      const id = `RESET-${notices}`;
      await toldTwice(id);
      const { runId } = await handleOf(id).describe();
      await reset(id, notices);
      assert.notEqual((await handleOf(id).describe()).runId, runId);
      await aFewChecks(id);
      assert.equal(mailsTo(id), 2);
      assert.equal(await countOf(id), 2);
    });
  }

  sideBySide(
    'reset while its balance is not low, it knows at the next fall what was sent before',
    async () => {
      await toldTwice('RISEN');
      await putClient(servers.database, 'RISEN', '400');
      await aFewChecks('RISEN');
      await reset('RISEN', 1);
      await aFewChecks('RISEN');
      assert.equal(await countOf('RISEN'), 2);
      await putClient(servers.database, 'RISEN', '40');
      await aFewChecks('RISEN');
      assert.equal(mailsTo('RISEN'), 2);
    },
  );

  sideBySide('reset to where it was muted, it is as unmuted as it was', async () => {
    await putProfile(servers.database, 'unmuted', { period: '3s', maxQty: 100 });
    await putClient(servers.database, 'UNMUTED', '40', 'acme/unmuted');
    await servers.watch('UNMUTED');
    await eventually('told', async () => (await countOf('UNMUTED')) === 1);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await handleOf('UNMUTED').executeUpdate('mute', { args: [{ until }] });
    await aFewChecks('UNMUTED');
    const muted = await lastTask('UNMUTED');
    await handleOf('UNMUTED').executeUpdate('unmute');
    await aFewChecks('UNMUTED');
    const told = mailsTo('UNMUTED');
    await resetTo('UNMUTED', muted, 'without what came since');
    await aFewChecks('UNMUTED');
    assert.equal((await servers.status('UNMUTED')).mutedUntil, null);
    await eventually('told again', () => Promise.resolve(mailsTo('UNMUTED') > told));
  });

  sideBySide('reset to before it was muted, it stays muted', async () => {
    await putProfile(servers.database, 'patient', { period: '3s', maxQty: 100 });
    await putClient(servers.database, 'MUTED', '40', 'acme/patient');
    await servers.watch('MUTED');
    await eventually('told', async () => (await countOf('MUTED')) === 1);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const runId = await runOf('MUTED');
    await handleOf('MUTED').executeUpdate('mute', { args: [{ until }] });
    await aFewChecks('MUTED');
    const told = mailsTo('MUTED');
    await reset('MUTED', 1, runId);
    await aFewChecks('MUTED');
    assert.equal(mailsTo('MUTED'), told);
    assert.equal((await servers.status('MUTED')).mutedUntil, until);
  });

  sideBySide('cancelled, it is started again by reconciliation and sends no more', async () => {
    await toldTwice('CANCELLED');
    await handleOf('CANCELLED').cancel();
    await assert.rejects(handleOf('CANCELLED').result());
    await eventually('it runs again', async () => {
      await reconcileOn(servers);
      return (await handleOf('CANCELLED').describe()).status.name === 'RUNNING';
    });
    await eventually('checked', async () => (await countOf('CANCELLED')) === 2);
    await aFewChecks('CANCELLED');
    assert.equal(mailsTo('CANCELLED'), 2);
  });

  const isWritten = async (id: string) => {
    const [row] = await servers.database.query<{ notices: string }[]>(
      'SELECT COUNT(*) AS notices FROM low_balance_notice WHERE client_id = ?',
      [id],
    );
    return Number(row?.notices) > 0;
  };
  const onItsWay = {
    decided: async (id: string) => (await servers.status(id)).telling !== null,
    'in the ledger': isWritten,
  };
  for (const [how, isOnItsWay] of Object.entries(onItsWay)) {
    it(`cancelled while a notice is on its way, ${how}, it is told once`, async () => {
      const id = `AMID-${how.replaceAll(' ', '-')}`;
      servers.refuse(new DeliveryError('unavailable', 'the provider is away'));
      await putProfile(servers.database, 'slow', { period: '1h' });
      await putClient(servers.database, id, '40', 'acme/slow');
      await servers.watch(id);
      await eventually('a notice is on its way', () => isOnItsWay(id));
      await handleOf(id).cancel();
      await assert.rejects(handleOf(id).result());
      servers.refuse(undefined);
      await eventually('it runs again', async () => {
        await reconcileOn(servers);
        return (await handleOf(id).describe()).status.name === 'RUNNING';
      });
      await eventually('told', async () => (await countOf(id)) === 1);
      await sleep(1_000);
      assert.equal(mailsTo(id), 1);
    });
  }
});
