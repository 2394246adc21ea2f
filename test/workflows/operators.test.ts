import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { RefillReceipt, WatchStatus } from '../../workflows/messages.js';
import { aProfile } from '../domain/builders.js';
import { dayMs, hourMs, openWatchBench, type WatchBench } from './a-watch.js';

describe('what operators and billing systems ask of a client’s workflow', () => {
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
  const ask = <T = WatchStatus>(name: string, argument?: object) =>
    argument
      ? handle.executeUpdate<T, [object]>(name, { args: [argument] })
      : handle.executeUpdate<T, []>(name);
  const inMs = async (ms: number) => new Date((await bench.environment.currentTimeMs()) + ms).toISOString();

  async function refusal(name: string, argument: object): Promise<string> {
    const error: unknown = await ask(name, argument).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(error instanceof WorkflowUpdateFailedError, `${name} is refused`);
    return String(error.cause?.message);
  }

  it('checkNow checks at once and leaves the planned checks where they are', async () => {
    const { nextCheckAt } = await status();
    await bench.pass(hourMs);
    bench.profile = aProfile({ userNotification: { threshold: 100 } });
    await ask('checkNow');
    await bench.pass(1_000);
    assert.deepEqual(
      bench.mails.map(({ audience }) => audience),
      ['client', 'staff'],
      'rule 17: only the rule that was not told less than a Period ago',
    );
    const { rules, nextCheckAt: after } = await status();
    assert.equal(after, nextCheckAt);
    assert.equal(rules['client']?.reason, 'told-recently');
    assert.equal(rules['client'].until, nextCheckAt);
  });

  it('a mute silences until its end, is shown, and can be ended early', async () => {
    const until = await inMs(3 * dayMs);
    assert.equal((await ask('mute', { until })).mutedUntil, until);
    await bench.pass(dayMs + hourMs);
    assert.equal(bench.mails.length, 1);
    const muted = await status();
    assert.equal(muted.state, 'muted');
    assert.equal(muted.rules['client']?.reason, 'muted');
    assert.equal((await ask('unmute')).mutedUntil, null);
    await bench.pass(dayMs);
    assert.equal(bench.mails.length, 2);
  });

  async function aNoticeOnItsWay(): Promise<void> {
    await bench.pass(dayMs - hourMs);
    bench.mailRefused = true;
    await bench.pass(hourMs + 1_000);
    assert.notEqual((await status()).telling, null);
  }

  it('a mute withdraws a notice that is on its way', async () => {
    await aNoticeOnItsWay();
    const until = await inMs(3 * dayMs);
    await ask('mute', { until });
    await bench.pass(1_000);
    const muted = await status();
    assert.deepEqual([muted.telling, muted.rules['client']?.reason], [null, 'muted']);
    assert.equal((await bench.earlier(handle.workflowId))?.watch.mutedUntil, Date.parse(until));
    bench.mailRefused = false;
    await bench.pass(hourMs);
    assert.equal(bench.mails.length, 1);
  });

  it('a counter is set to 0 while a notice is on its way, which is still sent', async () => {
    await aNoticeOnItsWay();
    await ask('resetRule', { rule: 'client' });
    await bench.pass(1_000);
    assert.deepEqual((await bench.earlier(handle.workflowId))?.watch.acceptedAt, {});
    bench.mailRefused = false;
    await bench.pass(600_000);
    const { telling, rules } = await status();
    assert.deepEqual([telling, rules['client']?.count, bench.mails.length], [null, 1, 2]);
  });

  it('a mute is refused where it is over already or is no time', async () => {
    assert.match(await refusal('mute', { until: '2001-01-01T00:00:00Z' }), /future/);
    assert.match(await refusal('mute', { until: 'tomorrow' }), /ISO 8601/);
  });

  it('resetRule sets one counter to 0, and refuses a rule that the profile does not have', async () => {
    assert.equal((await status()).rules['client']?.count, 1);
    const after = await ask('resetRule', { rule: 'client' });
    assert.equal(after.rules['client']?.count, 0);
    assert.match(await refusal('resetRule', { rule: 'advanced:no-such' }), /expected one of client/);
  });

  it('a hundred signals that come together with its start are taken, each as ever', async () => {
    const at = await inMs(0);
    handle = await bench.start({}, async (started) => {
      for (let i = 0; i < 98; i += 1) await started.signal(i % 2 === 0 ? 'refill' : `unknown-${i}`, 'junk');
      await started.signal('refill', { refillId: 'r-1', at });
      await started.signal('profileChanged');
    });
    const page = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.match(page.currentDetails, /last of 98 since/);
    assert.equal((await status()).lastRefillAt, at);
    assert.equal(bench.mails.length, 1);
  });

  it('the receipt of a refill names the counters it set to 0, and a duplicate applies nothing', async () => {
    const refill = { refillId: 'r-1', at: await inMs(0) };
    assert.deepEqual(await ask<RefillReceipt>('refill', refill), {
      refillId: 'r-1',
      applied: true,
      reset: { client: 1 },
    });
    assert.deepEqual(await ask<RefillReceipt>('refill', refill), {
      refillId: 'r-1',
      applied: false,
      reset: {},
    });
  });

  it('a refill update without a time is refused, and a signal like it is ignored', async () => {
    assert.match(await refusal('refill', { refillId: 'r-1' }), /^at: expected an ISO 8601 time/);
    await handle.signal('refill', { refillId: 'r-1' });
    assert.equal((await status()).rules['client']?.count, 1);
  });

  it('checkNow takes effect while a notice is retried: the notice is withdrawn', async () => {
    bench.mailRefused = true;
    await bench.pass(dayMs);
    assert.equal(bench.mails.length, 1);
    bench.client = { balance: '500' };
    await ask('checkNow');
    await bench.pass(1_000);
    bench.mailRefused = false;
    await bench.pass(hourMs);
    assert.equal(bench.mails.length, 1);
    assert.equal((await status()).state, 'ok');
  });

  it('a new run that somebody asks for begins after a check, with all that is known', async () => {
    await bench.pass(hourMs);
    const { runId } = await handle.describe();
    const { lastCheckAt, ...before } = await status();
    await handle.signal('newRun');
    await bench.pass(1_000);
    assert.notEqual((await handle.describe()).runId, runId);
    const { lastCheckAt: checkedAt, rules, ...after } = await status();
    assert.ok(checkedAt! > lastCheckAt!);
    assert.equal(rules['client']?.reason, 'told-recently');
    assert.deepEqual({ ...after, rules: before.rules }, before);
    assert.equal(bench.mails.length, 1);
  });

  it('a shorter Period takes effect while a notice is retried', async () => {
    bench.mailRefused = true;
    await bench.pass(dayMs);
    bench.profile = aProfile({ period: '2h' });
    await handle.signal('profileChanged');
    await bench.pass(2 * hourMs - 60_000);
    const { length } = bench.rows;
    await bench.pass(2 * 60_000);
    assert.equal(bench.rows.length, length + 1, 'checked two hours after the check before');
  });
});
