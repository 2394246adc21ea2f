import assert from 'node:assert/strict';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';
import { json, payloadOf, rawMessages } from './raw-messages.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

const suggestedAfter = 200;
const signals = Number(process.env['FLOOD_SIGNALS'] ?? 1_000);

describe('a flood of signals that cannot be taken, on the real Temporal', function () {
  this.timeout(180_000);
  let servers: RealServers;
  let worker: Service;

  before(async () => {
    // As Temporal's own limits, for a flood that takes seconds: a new run is suggested early.
    servers = await startRealServers({
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': suggestedAfter },
    });
    worker = await servers.startWorker();
    await putProfile(servers.database, 'prepaid');
    await putClient(servers.database, 'FLOOD', '40');
    await servers.watch('FLOOD');
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  it('leaves a small state and a short history, loses no refill, and tells nobody more often', async () => {
    const raw = rawMessages(servers.client, servers.namespace);
    await eventually('told', async () => (await servers.status('FLOOD')).rules['client']?.count === 1);
    const handle = servers.client.workflow.getHandle(watchWorkflowId('FLOOD'));
    const { runId } = await handle.describe();
    const junk = payloadOf('json/plain', `"${'x'.repeat(2_000)}"`);
    let sent = 0;
    const refillAt = new Date().toISOString();
    const send = async () => {
      while (sent < signals) {
        const i = sent++;
        if (i === signals / 2) await raw.signal('FLOOD', 'refill', [json({ refillId: 'r', at: refillAt })]);
        await raw.signal('FLOOD', i % 2 === 0 ? 'refill' : `unknown-${i}`, [junk]);
      }
    };
    await Promise.all(Array.from({ length: 20 }, send));
    let last: string | undefined;
    await eventually('all are noted', async () => {
      const page = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
      last = /last of \d+ since/.exec(page.currentDetails)?.[0];
      return last === `last of ${signals} since`;
    });
    const now = await handle.describe();
    assert.notEqual(now.runId, runId, 'a new run began');
    assert.ok(now.historyLength < 4 * suggestedAfter, `${now.historyLength} events`);
    const { events } = await handle.fetchHistory();
    const [input] = events![0]!.workflowExecutionStartedEventAttributes!.input!.payloads!;
    assert.ok(input!.data!.length < 8_000, `${input!.data!.length} bytes are handed over`);
    const status = await servers.status('FLOOD');
    assert.deepEqual([status.lastRefillAt, status.rules['client']?.count], [refillAt, 0]);
    assert.equal(servers.mails.length, 1);
  });
});
