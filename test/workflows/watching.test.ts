import assert from 'node:assert/strict';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { watchWorkflowId, taskQueue } from '../../worker/parts.js';
import type { WatchStatus } from '../../workflows/messages.js';
import type { WatchClientResult } from '../../workflows/watch-client.js';
import { aProfile } from '../domain/builders.js';
import { dayMs, hourMs, openWatchBench, type WatchBench } from './a-watch.js';

describe('a client’s workflow', () => {
  let bench: WatchBench;
  let handle: WorkflowHandle;

  before(async () => {
    bench = await openWatchBench();
  });
  after(() => bench?.close());
  beforeEach(async () => {
    handle = await bench.start();
  });

  const status = () => handle.query<WatchStatus>('status');
  const events = async () => (await handle.fetchHistory()).events ?? [];

  it('costs 6 history events for a quiet check', async () => {
    bench.client = { balance: '500' };
    await bench.pass(2 * dayMs);
    const before = (await events()).length;
    await bench.pass(dayMs);
    assert.equal((await events()).length - before, 6);
    await bench.pass(3 * dayMs);
    assert.equal((await events()).length - before, 24);
  });

  it('costs 12 history events for a check with a notice', async () => {
    bench.profile = aProfile({ maxQty: 9, userNotification: { threshold: 100 } });
    await bench.pass(dayMs);
    const before = (await events()).length;
    await bench.pass(dayMs);
    assert.equal(bench.mails.length, 5);
    assert.equal((await events()).length - before, 12);
  });

  for (const [period, longestPauseMs] of [
    ['20s', 5_000],
    ['24h', 300_000],
  ] as const) {
    it(`rule 4: with a Period of ${period}, no pause between two attempts is longer than ${longestPauseMs} ms, whatever failed`, async () => {
      bench.profile = aProfile({ period });
      await bench.pass(dayMs + 1_000);
      const told = (await events()).filter((event) => event.activityTaskScheduledEventAttributes);
      const policy = told.at(-1)?.activityTaskScheduledEventAttributes?.retryPolicy;
      const { seconds, nanos } = policy!.maximumInterval!;
      assert.ok(Math.abs(Number(seconds) * 1_000 + Number(nanos) / 1e6 - longestPauseMs) < 50);
    });
  }

  it('writes down what was told at once, and not only at the next check', async () => {
    assert.deepEqual(bench.rows.at(-1)?.watch.acceptedAt['client']?.length, 1);
    await bench.pass(2 * dayMs);
    assert.equal(bench.rows.at(-1)?.state, 'exhausted');
    assert.deepEqual(bench.rows.at(-1)?.watch.acceptedAt['client']?.length, 3);
  });

  it('rule 14: says since when the billing data cannot be read, and goes on when it can', async () => {
    await bench.pass(hourMs);
    bench.readFault = new Error('connect ECONNREFUSED');
    await bench.pass(dayMs);
    const { state, unknown } = await status();
    assert.equal(state, 'unknown');
    assert.match(unknown?.reason ?? '', /ECONNREFUSED/);
    await bench.pass(2 * dayMs);
    assert.deepEqual((await status()).unknown, unknown);
    assert.equal(bench.mails.length, 1);
    bench.readFault = undefined;
    await bench.pass(6 * 60_000);
    const after = await status();
    assert.equal(after.state, 'low');
    assert.equal(after.unknown, null);
    assert.equal(bench.mails.length, 2, 'one late check, never a burst');
    const scheduled = (await events()).map(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
    );
    assert.ok(scheduled.includes('check'), 'the check waits as a regular activity');
  });

  it('rule 14: where no retry helps, waits for the next check, unknown since the first', async () => {
    await bench.pass(hourMs);
    bench.readFault = Object.assign(new Error("Table 'billing_client' doesn't exist"), {
      code: 'ER_NO_SUCH_TABLE',
    });
    await bench.pass(dayMs);
    const { unknown, nextCheckAt } = await status();
    assert.match(unknown?.reason ?? '', /ER_NO_SUCH_TABLE/);
    await bench.pass(dayMs);
    const later = await status();
    assert.equal(later.unknown?.since, unknown?.since);
    assert.equal(Date.parse(later.nextCheckAt) - Date.parse(nextCheckAt), dayMs);
  });

  it('rule 14: a view that somebody replaces at that moment is tried again within seconds', async () => {
    await bench.pass(hourMs);
    bench.readFault = Object.assign(new Error("View 'billing_client' references invalid table(s)"), {
      code: 'ER_VIEW_INVALID',
    });
    await bench.pass(dayMs - hourMs + 2_000);
    const { unknown, state } = await status();
    assert.equal(state, 'unknown');
    assert.match(unknown?.reason ?? '', /references invalid/);
    bench.readFault = undefined;
    await bench.pass(30_000);
    assert.equal((await status()).unknown, null);
  });

  it('rule 2: without a rate the state is unknown, since the first check that found none', async () => {
    bench.client = { currency: 'EUR', rate: null };
    await bench.pass(dayMs);
    const { state, unknown } = await status();
    assert.equal(state, 'unknown');
    assert.equal(unknown?.reason, 'no exchange rate from USD to EUR');
    await bench.pass(2 * dayMs);
    assert.equal((await status()).unknown?.since, unknown.since);
  });

  it('rule 13: ends with its reason, and can be started again', async () => {
    bench.client = { status: 'closed' };
    await handle.signal('profileChanged');
    const { workflowId } = handle;
    // The environment's own client lets time skip while it waits: by ten years, where nothing is planned any more.
    const { connection } = bench.environment;
    const ended = new Client({ connection }).workflow.getHandle(workflowId);
    const result = (await ended.result()) as WatchClientResult;
    assert.deepEqual([result.ended, result.explanation], ['closed', 'the client is closed']);
    bench.client = {};
    const again = await bench.environment.client.workflow.start('watchClient', {
      workflowId,
      taskQueue,
      args: [{ clientId: workflowId.slice(watchWorkflowId('').length) }],
    });
    await bench.pass(1_000);
    assert.equal(bench.mails.length, 1, 'rule 25: checked at once, and told no sooner');
    await bench.pass(dayMs);
    assert.equal(bench.mails.length, 2);
    assert.equal(bench.mails.at(-1)?.facts.rules[0]?.reminder, 2, 'rule 25: the cycle goes on');
    await again.terminate();
  });

  it('makes fewer checks a run once it is known to sleep long: each wake replays what its run did', async () => {
    bench.client = { balance: '500' };
    const runId = async () => (await handle.describe()).runId;
    const first = await runId();
    await bench.pass(28 * dayMs);
    assert.equal(await runId(), first);
    await bench.pass(dayMs);
    const second = await runId();
    assert.notEqual(second, first);
    await bench.pass(9 * dayMs);
    assert.equal(await runId(), second);
    await bench.pass(dayMs);
    assert.notEqual(await runId(), second);
  });

  it('rule 11: hands over to a new run while the provider is away, so that its history stays small', async () => {
    handle = await bench.start({ checksPerRun: 3 });
    bench.profile = aProfile({ period: '1m' });
    bench.mailRefused = true;
    await bench.pass(dayMs);
    const { runId } = await handle.describe();
    await bench.pass(10 * 60_000);
    assert.notEqual((await handle.describe()).runId, runId);
    assert.ok((await events()).length < 120, `${(await events()).length} events`);
    assert.equal((await status()).rules['client']?.count, 1, 'what was told is carried over');
  });
});
