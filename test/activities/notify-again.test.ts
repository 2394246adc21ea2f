import assert from 'node:assert/strict';
import { CancelledFailure, type ApplicationFailure } from '@temporalio/common';
import type { NotifyInput } from '../../activities/contract.js';
import { withdraw } from '../../activities/notify.js';
import type { Parts } from '../../activities/parts.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import { useNotifyBench } from './notify-bench.js';
import { aCheckOf, recipientsOf } from './notify-setup.js';

describe('telling again, at once by two, or no more, with real MySQL', () => {
  const bench = useNotifyBench();
  const { aLowClient, aWorker, tell, failureOf } = bench;

  describe('two workers with one notice', () => {
    it('send it once', async () => {
      const input = aCheckOf(await aLowClient());
      bench.sendGrid.next(...Array.from({ length: 4 }, () => ({ status: 202, delayMs: 100 })));
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => tell(aWorker(), input)));
      assert.equal(bench.sendGrid.asked.length, 2);
      for (const result of results) {
        if (result.status === 'fulfilled') continue;
        assert.equal((result.reason as ApplicationFailure).type, 'notice-busy', String(result.reason));
      }
      assert.equal((await tell(aWorker(), input)).accepted.length, 2);
      assert.equal(bench.sendGrid.asked.length, 2);
    });

    it('withdraw nothing that one of them is sending', async () => {
      const clientId = await aLowClient();
      const input = aCheckOf(clientId);
      bench.sendGrid.next({ status: 202, delayMs: 300 });
      const sending = tell(aWorker(), input);
      while (bench.sendGrid.asked.length === 0) await pause(10);
      await assert.rejects(withdraw(aWorker(), input), { type: 'notice-busy' });
      assert.equal((await sending).accepted.length, 1, 'the client notice, not claimed yet, was withdrawn');
      assert.deepEqual(
        (await withdraw(aWorker(), input)).accepted.map(({ rules }) => rules),
        [['user']],
      );
      assert.equal(bench.sendGrid.asked.length, 1);
    });
  });

  describe('withdrawing (rules 4 and 7)', () => {
    it('keeps away an attempt that comes to it late, and none that is scheduled after it', async () => {
      const clientId = await aLowClient();
      await aWorker().watched.started(clientId, 'acme/prepaid', Date.now());
      const at = Date.now();
      const scheduledAt = (ms: number) => aWorker({ attemptedAt: () => Promise.resolve(at + ms) });
      const input = aCheckOf(clientId);
      assert.deepEqual(await withdraw(scheduledAt(1_000), input), { accepted: [], failed: [] });
      assert.equal((await failureOf(tell(scheduledAt(999), input))).type, 'fenced');
      assert.equal(bench.sendGrid.asked.length, 0);
      assert.deepEqual(await recipientsOf(bench.world.database, clientId), []);
      assert.equal((await tell(scheduledAt(1_001), input)).accepted.length, 2);
    });

    it('comes before an attempt that was given up, and opens nothing', async () => {
      const clientId = await aLowClient();
      const controller = new AbortController();
      controller.abort();
      await assert.rejects(tell(aWorker(), aCheckOf(clientId), controller.signal), CancelledFailure);
      assert.deepEqual(await recipientsOf(bench.world.database, clientId), []);
    });

    it('answers what was accepted, and sends the rest never', async () => {
      const clientId = await aLowClient();
      const input = aCheckOf(clientId);
      bench.sendGrid.next({ status: 202 }, { status: 500 });
      await failureOf(tell(aWorker(), input));
      const told = await withdraw(aWorker(), input);
      assert.deepEqual(
        told.accepted.map(({ rules }) => rules),
        [['user']],
      );
      assert.deepEqual(await tell(aWorker(), input), told);
      assert.equal(bench.sendGrid.asked.length, 2);
      assert.equal((await recipientsOf(bench.world.database, clientId))[0]?.state, 'withdrawn');
    });

    it('counts a mail as accepted that was under way when it was cancelled, and begins no other', async () => {
      const clientId = await aLowClient();
      const input = aCheckOf(clientId);
      const cancel = new AbortController();
      bench.sendGrid.next({ status: 202, delayMs: 200 });
      const sending = tell(aWorker(), input, cancel.signal);
      while (bench.sendGrid.asked.length === 0) await pause(10);
      cancel.abort();
      await assert.rejects(sending, CancelledFailure);
      const told = await withdraw(aWorker(), input);
      assert.deepEqual(
        told.accepted.map(({ rules }) => rules),
        [['user']],
      );
      assert.equal(bench.sendGrid.asked.length, 1);
    });
  });

  it('leaves the rest to another worker when its own shuts down', async () => {
    const input = aCheckOf(await aLowClient());
    const shutdown = new AbortController();
    bench.sendGrid.next({ status: 202, delayMs: 100 });
    const sending = tell(aWorker(), input, shutdown.signal);
    while (bench.sendGrid.asked.length === 0) await pause(10);
    shutdown.abort(new CancelledFailure('WORKER_SHUTDOWN'));
    assert.equal((await failureOf(sending)).type, 'worker-shutdown');
    assert.equal((await tell(aWorker(), input)).accepted.length, 2);
    assert.equal(bench.sendGrid.asked.length, 2);
  });

  it('rule 19: sends nothing once the sending hours closed, and leaves what was accepted before', async () => {
    const input = aCheckOf(await aLowClient(), { closesAt: Date.now() + 60_000 });
    bench.sendGrid.next({ status: 202 }, { status: 500 });
    await failureOf(tell(aWorker(), input));
    const failure = await failureOf(tell(aWorker(), { ...input, closesAt: Date.now() }));
    assert.deepEqual([failure.type, failure.nonRetryable], ['outside-hours', true]);
    assert.equal(bench.sendGrid.asked.length, 2, 'nobody is asked a third time');
    const told = await withdraw(aWorker(), input);
    assert.deepEqual(
      told.accepted.map(({ rules }) => rules),
      [['user']],
    );
  });

  it('rule 19: an attempt that waited for a worker until the sending hours had closed sends nothing', async () => {
    const input = aCheckOf(await aLowClient(), { closesAt: Date.now() - 1_000 });
    const waited = { ...aWorker(), attemptedAt: () => Promise.resolve(Date.now() - 60_000) };
    assert.equal((await failureOf(tell(waited, input))).type, 'outside-hours');
    assert.equal(bench.sendGrid.asked.length, 0);
  });

  describe('a database that is away after the provider accepted', () => {
    function away(parts: Parts, times: number): Parts {
      let left = times;
      return {
        ...parts,
        ledger: {
          ...parts.ledger,
          accepted(id, acceptance, at) {
            left -= 1;
            return left >= 0
              ? Promise.reject(new Error('connect ECONNREFUSED'))
              : parts.ledger.accepted(id, acceptance, at);
          },
        },
      };
    }

    it('briefly: the acceptance is recorded when it is back', async () => {
      const input = aCheckOf(await aLowClient());
      const told = await tell(away(aWorker(), 3), input);
      assert.equal(told.accepted.length, 2);
      assert.equal(bench.sendGrid.asked.length, 2);
    });

    it('for longer: the worker knows what it sent, and sends it not again', async () => {
      const input = aCheckOf(await aLowClient(), { rules: [{ key: 'client', reminder: 1 }] });
      const worker = aWorker();
      await assert.rejects(tell(away(worker, 1_000), input), /ECONNREFUSED/);
      // The claim of the attempt that could not be recorded runs out.
      await bench.world.database.query(
        'UPDATE low_balance_notice SET claimed_until = 0 WHERE client_id = ?',
        [input.clientId],
      );
      assert.equal((await tell(worker, input)).accepted.length, 1);
      assert.equal(bench.sendGrid.asked.length, 1);
    });
  });

  describe('the pause before the next attempt', () => {
    async function pauseMs(refusal: DeliveryError, input: NotifyInput): Promise<number> {
      const parts = aWorker({ channels: { email: { send: () => Promise.reject(refusal) } } });
      const { nextRetryDelay } = await failureOf(tell(parts, input));
      return Number(nextRetryDelay);
    }

    it('doubles from 2 s to 5 minutes, with jitter', async () => {
      const checkAt = Date.now();
      const input = aCheckOf(await aLowClient(), { checkAt, deadlineAt: checkAt + 86_400_000 });
      const pauses: number[] = [];
      for (let attempt = 0; attempt < 11; attempt += 1) {
        pauses.push(await pauseMs(new DeliveryError('unavailable', 'down'), input));
      }
      pauses.forEach((pause, attempt) => {
        const longest = Math.min(300_000, 2_000 * 2 ** attempt);
        assert.ok(pause >= longest / 2 && pause <= longest, `attempt ${attempt}: ${pause}`);
      });
      assert.ok(new Set(pauses.slice(-3)).size > 1, 'jitter');
    });

    it('is what the provider asked for, or a little more', async () => {
      const checkAt = Date.now();
      const input = aCheckOf(await aLowClient(), { checkAt, deadlineAt: checkAt + 86_400_000 });
      const pause = await pauseMs(
        new DeliveryError('rate-limited', 'slow down', { retryAfterMs: 60_000 }),
        input,
      );
      assert.ok(pause >= 60_000 && pause <= 66_050, String(pause));
    });

    it('leaves room for a last attempt before the next planned check', async () => {
      const checkAt = Date.now();
      const input = aCheckOf(await aLowClient(), { checkAt, deadlineAt: checkAt + 30_000 });
      const pause = await pauseMs(
        new DeliveryError('rate-limited', 'slow down', { retryAfterMs: 200_000 }),
        input,
      );
      assert.ok(pause > 20_000 && pause <= 25_000, String(pause));
    });
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
