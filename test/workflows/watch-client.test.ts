import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { DataSource } from 'typeorm';
import { progressOnStderr } from '../../dev/progress.js';
import { createTimeSkippingEnvironment } from '../../dev/test-server.js';
import type { Channel } from '../../delivery/channel.js';
import type { Message } from '../../delivery/message.js';
import { migrate, openDatabase } from '../../store/database.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { registerSearchAttributes } from '../../worker/search-attributes.js';
import type { WatchStatus } from '../../workflows/messages.js';
import { runWorker, type RunningWorker } from '../worker/run-worker.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';
import { addClient, createBillingTables } from './billing-tables.js';

const dayMs = 86_400_000;
const content = JSON.stringify({
  name: 'Prepaid',
  reseller: 'acme',
  currency: 'USD',
  sortOrder: 1,
  maxQty: 3,
  period: '24h',
  clientNotification: { threshold: 50 },
});

describe('watchClient on the time-skipping server, with real MySQL', () => {
  let mysql: TestMysql;
  let database: DataSource;
  let environment: TestWorkflowEnvironment;
  let worker: RunningWorker;
  const mails: Message[] = [];
  const mailer: Channel = {
    send(mail) {
      mails.push(mail);
      return Promise.resolve({ messageId: `m-${mails.length}` });
    },
  };

  before(async () => {
    const options = { env: process.env, progress: progressOnStderr };
    mysql = await provideTestMysql();
    database = await openDatabase(mysql.url);
    await migrate(database);
    await createBillingTables(database);
    await database.query(
      "INSERT INTO low_balance_profile VALUES ('acme/prepaid', 'acme', ?, '', 1, REPEAT('0', 64), NULL, 0)",
      [content],
    );
    environment = await createTimeSkippingEnvironment(options);
    await registerSearchAttributes(environment.connection, 'default');
    worker = await runWorker(environment.nativeConnection, {
      database,
      billing: database,
      client: environment.client,
      channels: { email: mailer },
      now: () => environment.currentTimeMs(),
    });
  });

  after(async () => {
    await worker?.stop();
    await environment?.teardown();
    await database?.destroy();
    await mysql?.stop();
  });

  async function start(clientId: string) {
    return environment.client.workflow.start('watchClient', {
      workflowId: watchWorkflowId(clientId),
      taskQueue,
      args: [{ clientId }],
    });
  }

  it('tells a low client three times over 72 h, is silent for 30 days, and tells again after a refill signal', async () => {
    await addClient(database, 'c-1', '40');
    const handle = await start('c-1');
    await environment.sleep(30.5 * dayMs);
    assert.equal(mails.length, 3);
    assert.deepEqual(mails[0]?.recipients, ['billing@client.example']);
    assert.deepEqual(
      mails.map(({ facts }) => facts.rules[0]?.reminder),
      [1, 2, 3],
    );
    const [first, second, third] = mails.map(({ facts }) => facts.checkedAt);
    assert.ok(Math.abs(second! - first! - dayMs) < 5_000 && Math.abs(third! - second! - dayMs) < 5_000);
    const exhausted = await handle.query<WatchStatus>('status');
    assert.equal(exhausted.state, 'exhausted');
    assert.equal(exhausted.rules['client']?.reason, 'max-qty-reached');

    const at = new Date(await environment.currentTimeMs()).toISOString();
    await handle.signal('refill', { refillId: 'r-1', at });
    await environment.sleep(2 * dayMs);
    assert.equal(mails.length, 5, 'two more checks, two more notices');
    for (let again = 0; again < 3; again += 1) await handle.signal('refill', { refillId: 'r-1', at });
    await environment.sleep(5 * dayMs);
    assert.equal(mails.length, 6, 'duplicates of a refill reset nothing');

    const receipt = await handle.executeUpdate<{ applied: boolean; reset: Record<string, number> }, [object]>(
      'refill',
      {
        args: [{ refillId: 'r-2', at: new Date(await environment.currentTimeMs()).toISOString() }],
      },
    );
    assert.deepEqual(receipt, { refillId: 'r-2', applied: true, reset: { client: 3 } });

    await database.query("UPDATE billing_client SET status = 'closed' WHERE client_id = 'c-1'");
    const result = (await handle.result()) as { ended: string };
    assert.equal(result.ended, 'closed');
    const history = readable(await handle.fetchHistory());
    assert.ok(
      history.includes('max-qty-reached'),
      'payloads are decoded, or the next assertion could not fail',
    );
    assert.doesNotMatch(history, /@(acme|client)\.example/, 'no address enters a history');
  });
});

/** A history as text, with its payloads decoded. */
function readable(history: unknown): string {
  return JSON.stringify(history, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
  );
}
