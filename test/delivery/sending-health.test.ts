import assert from 'node:assert/strict';
import {
  findingOfSending,
  readSendingHealth,
  type SendingHealth,
} from '../../delivery/ledger/sending-health.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import { notify } from '../../activities/notify.js';
import {
  aCheckOf,
  addLowClient,
  createNotifyWorld,
  notifyParts,
  type NotifyWorld,
} from '../activities/notify-setup.js';

const minute = 60_000;
const now = 100 * minute;

const cases: readonly {
  readonly name: string;
  readonly health: SendingHealth;
  readonly result: 'ok' | 'warning' | 'error';
  readonly message: RegExp;
}[] = [
  {
    name: 'nothing waits',
    health: { waiting: 0, waitingSince: null, lastError: null, lastAcceptedAt: null },
    result: 'ok',
    message: /none waits/,
  },
  {
    name: 'a notice waits since a moment ago',
    health: { waiting: 1, waitingSince: now - minute, lastError: 'answered 503', lastAcceptedAt: null },
    result: 'warning',
    message: /1 waits .* answered 503/,
  },
  {
    name: 'a notice waits for long while others are accepted',
    health: { waiting: 2, waitingSince: now - 60 * minute, lastError: 'x', lastAcceptedAt: now - minute },
    result: 'warning',
    message: /others are accepted/,
  },
  {
    name: 'nothing was accepted for long, whatever the cause',
    health: {
      waiting: 3,
      waitingSince: now - 7 * minute,
      lastError: 'not tried: SendGrid asked for a pause',
      lastAcceptedAt: now - 90 * minute,
    },
    result: 'error',
    message: /3 wait .* none was accepted for 7 minutes\. .*asked for a pause/,
  },
];

describe('what a doctor finds of sending', () => {
  for (const { name, health, result, message } of cases) {
    it(`where ${name}: ${result}`, () => {
      const finding = findingOfSending(health, now);
      assert.equal(finding.result, result);
      assert.match(finding.message, message);
    });
  }

  describe('by the ledger', function () {
    this.timeout(120_000);
    let world: NotifyWorld;
    before(async () => {
      world = await createNotifyWorld();
    });
    after(() => world?.stop());

    it('is what waits, since when and why, and when anything was accepted', async () => {
      const signal = new AbortController().signal;
      await addLowClient(world.database, 'h-1');
      await addLowClient(world.database, 'h-2');
      const accepting = { send: () => Promise.resolve({ messageId: 'm' }) };
      const away = { send: () => Promise.reject(new DeliveryError('unavailable', 'it answered 503')) };
      await notify(notifyParts(world.database, accepting), aCheckOf('h-1'), signal);
      const before = await readSendingHealth(world.database, Date.now());
      assert.deepEqual([before.waiting, before.waitingSince, before.lastError], [0, null, null]);
      assert.ok(before.lastAcceptedAt! > Date.now() - minute);
      await notify(notifyParts(world.database, away), aCheckOf('h-2'), signal).catch(() => {});
      const after = await readSendingHealth(world.database, Date.now());
      assert.deepEqual([after.waiting, after.lastError], [2, 'it answered 503']);
      assert.ok(after.waitingSince! > Date.now() - minute);
    });
  });
});
