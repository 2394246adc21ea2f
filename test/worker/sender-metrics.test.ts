import assert from 'node:assert/strict';
import type { SenderHealth } from '../../delivery/channel.js';
import { createMetrics, sendersOf } from '../../worker/metrics.js';

describe('metrics of sending', () => {
  it('tell sender by sender for how long nothing is accepted, whether mails are held, and of an alarm', async () => {
    let health: SenderHealth = { sender: 'sendgrid', failingForMs: 0, held: false, alarmed: false };
    const channels = { email: { send: () => assert.fail('sent'), health: () => [health] } };
    const metrics = createMetrics({
      fleet: () => Promise.reject(new Error('not asked')),
      reconciliation: () => undefined,
      looks: () => undefined,
      endings: () => Promise.reject(new Error('not asked')),
      senders: () => sendersOf(channels),
      buildId: 'test',
      onError: () => {},
    });
    const values = async () =>
      [
        ...(await metrics.text()).matchAll(
          /^low_balance_sender_(\w+)\{channel="email",sender="sendgrid"\} (\S+)$/gm,
        ),
      ]
        .map(([, name, value]) => `${name} ${value}`)
        .sort();
    assert.deepEqual(await values(), ['alarm 0', 'failing_seconds 0', 'held 0']);
    health = { ...health, failingForMs: 420_000, held: true, alarmed: true };
    assert.deepEqual(await values(), ['alarm 1', 'failing_seconds 420', 'held 1']);
  });

  it('count reports of providers by what became of them', async () => {
    const metrics = createMetrics({
      fleet: () => Promise.reject(new Error('not asked')),
      reconciliation: () => undefined,
      looks: () => undefined,
      endings: () => Promise.reject(new Error('not asked')),
      senders: () => [],
      buildId: 'test',
      onError: () => {},
    });
    metrics.count({ what: 'report', result: 'received', count: 3 });
    metrics.count({ what: 'report', result: 'passed-over', count: 2 });
    const text = await metrics.text();
    assert.match(text, /low_balance_delivery_reports_total\{result="received"\} 3/);
    assert.match(text, /low_balance_delivery_reports_total\{result="passed-over"\} 2/);
  });
});
