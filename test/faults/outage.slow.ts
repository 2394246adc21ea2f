import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { progressOnStderr } from '../../dev/progress.js';
import { createTimeSkippingEnvironment } from '../../dev/test-server.js';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';
import { createSendGridChannel } from '../delivery/sendgrid-channel.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { searchAttributes } from '../../worker/search-attributes.js';
import type { WatchStatus } from '../../workflows/messages.js';
import { addLowClient, createNotifyWorld, type NotifyWorld } from '../activities/notify-setup.js';
import { plainRenderer } from '../delivery/a-mail.js';
import { runWorker, type RunningWorker } from '../worker/run-worker.js';
import { outcomeOf, printOutcomes } from './outcome.js';

const minuteMs = 60_000;
/** Of a search attribute. */
const keyword = 2;

describe('an hour without the mail provider: real workflows on the time-skipping server, real MySQL', () => {
  let world: NotifyWorld;
  let folder: string;
  let mailbox: Mailbox;
  let environment: TestWorkflowEnvironment;
  let worker: RunningWorker;

  before(async () => {
    world = await createNotifyWorld();
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-outage-'));
    mailbox = await startMailbox({ folder });
    environment = await createTimeSkippingEnvironment({ env: process.env, progress: progressOnStderr });
    // The time-skipping server has no list of search attributes to look into first.
    await environment.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: Object.fromEntries(searchAttributes.map((name) => [name, keyword])),
    });
    const mailer = createSendGridChannel({
      apiKey: 'SG.outage-test',
      baseUrl: mailbox.apiUrl,
      from: 'billing@acme.example',
      renderer: plainRenderer,
    });
    worker = await runWorker(environment.nativeConnection, {
      database: world.database,
      billing: world.database,
      client: environment.client,
      channels: { email: mailer },
      now: () => environment.currentTimeMs(),
    });
  });

  after(async () => {
    await worker?.stop();
    await environment?.teardown();
    await mailbox?.stop();
    await world?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function fault(method: 'POST' | 'DELETE', how?: object): Promise<void> {
    const body = how === undefined ? {} : { body: JSON.stringify(how) };
    const response = await fetch(`${mailbox.url}/test/faults`, { method, ...body });
    assert.equal(response.status, 200);
  }

  it('then tells all clients that are still low once, and none that was refilled meanwhile', async () => {
    const stillLow = Array.from({ length: 30 }, (_, index) => `low-${index}`);
    const refilled = Array.from({ length: 5 }, (_, index) => `refilled-${index}`);
    const clients = [...stillLow, ...refilled];
    for (const clientId of clients) await addLowClient(world.database, clientId);
    await fault('POST', { status: 503 });
    for (const clientId of clients) {
      await environment.client.workflow.start('watchClient', {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId }],
      });
    }
    await environment.sleep(30 * minuteMs);
    const at = new Date(await environment.currentTimeMs()).toISOString();
    for (const clientId of refilled) {
      await world.database.query('UPDATE billing_client SET balance = 500 WHERE client_id = ?', [clientId]);
      const handle = environment.client.workflow.getHandle(watchWorkflowId(clientId));
      await handle.signal('refill', { refillId: `r-${clientId}`, at });
    }
    await environment.sleep(30 * minuteMs);
    assert.equal(mailbox.mails().length, 0);
    await fault('DELETE');
    await environment.sleep(6 * minuteMs);

    const outcome = await outcomeOf('provider away for an hour (503)', world.database, mailbox, stillLow);
    printOutcomes([outcome]);
    assert.deepEqual(
      { ...outcome, name: '' },
      { name: '', notices: 60, lost: 0, duplicated: 0, strangeMails: 0, states: ['accepted'] },
    );
    const ofRefilled = await outcomeOf('', world.database, mailbox, refilled);
    assert.deepEqual(ofRefilled.states, ['withdrawn']);
    assert.equal(ofRefilled.lost, 10, 'not one mail to a refilled client');
    for (const clientId of [stillLow[0]!, refilled[0]!]) {
      const handle = environment.client.workflow.getHandle(watchWorkflowId(clientId));
      const { rules } = await handle.query<WatchStatus>('status');
      assert.equal(
        rules['client']?.count,
        clientId === refilled[0] ? 0 : 1,
        'only accepted notices use quota',
      );
    }
  });

  it('withdraws what was not accepted by the next planned check, and that check decides afresh', async () => {
    await addLowClient(world.database, 'long');
    await fault('POST', { status: 503 });
    const handle = await environment.client.workflow.start('watchClient', {
      workflowId: watchWorkflowId('long'),
      taskQueue,
      args: [{ clientId: 'long' }],
    });
    await environment.sleep(24.5 * 60 * minuteMs);
    await fault('DELETE');
    await environment.sleep(6 * minuteMs);
    const notices = await world.database.query<{ state: string; attempts: number; audience: string }[]>(
      "SELECT state, attempts, audience FROM low_balance_notice WHERE client_id = 'long' ORDER BY check_at, audience",
    );
    assert.deepEqual(
      notices.map(({ audience, state }) => `${audience} ${state}`),
      ['client withdrawn', 'staff withdrawn', 'client accepted', 'staff accepted'],
    );
    // Pauses of 2.5 to 5 minutes over a day.
    const attempts = notices[0]!.attempts;
    assert.ok(attempts > 24 * 12 && attempts < 24 * 24 + 20, `${attempts} attempts`);
    const { rules } = await handle.query<WatchStatus>('status');
    assert.equal(rules['client']?.count, 1);
    assert.equal(mailbox.mails().filter(({ clientId }) => clientId === 'long').length, 2);
  });
});
