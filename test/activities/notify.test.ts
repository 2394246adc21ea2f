import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { NotifyInput, Told } from '../../activities/contract.js';
import { notify, withdraw } from '../../activities/notify.js';
import type { Parts } from '../../activities/parts.js';
import { MailError } from '../../mail/message.js';
import { createSendGridMailer } from '../../mail/sendgrid.js';
import { plainRenderer } from '../mail/a-mail.js';
import { startSendGridAnswers, type SendGridAnswers } from '../mail/sendgrid-answers.js';
import {
  aCheckOf,
  addLowClient,
  createNotifyWorld,
  notifyParts,
  profileFile,
  recipientsOf,
  writeProfile,
  type NotifyWorld,
} from './notify-setup.js';

describe('telling whom a check decided to tell, with real MySQL', function () {
  this.timeout(120_000);
  let world: NotifyWorld;
  let sendGrid: SendGridAnswers;
  let clients = 0;

  before(async () => {
    world = await createNotifyWorld();
    sendGrid = await startSendGridAnswers();
  });
  after(async () => {
    await sendGrid?.stop();
    await world?.stop();
  });
  beforeEach(async () => {
    sendGrid.clear();
    await writeProfile(world.database, profileFile);
    await world.database.query("UPDATE billing_reseller SET manager_email = 'manager@acme.example'");
  });

  async function aLowClient(email?: string | null): Promise<string> {
    clients += 1;
    await addLowClient(world.database, `c-${clients}`, email);
    return `c-${clients}`;
  }

  /** The parts of one worker. */
  function aWorker(changes: Partial<Parts> = {}): Parts {
    const mailer = createSendGridMailer({
      apiKey: 'SG.test',
      baseUrl: sendGrid.url,
      from: 'billing@acme.example',
      renderer: plainRenderer,
    });
    return { ...notifyParts(world.database, mailer), ...changes };
  }

  function tell(parts: Parts, input: NotifyInput, signal = new AbortController().signal): Promise<Told> {
    return notify(parts, input, signal);
  }

  async function failureOf(telling: Promise<Told>): Promise<ApplicationFailure> {
    const error: unknown = await telling.then(
      (told) => assert.fail(`all was settled: ${JSON.stringify(told)}`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ApplicationFailure, String(error));
    return error;
  }

  /** Addresses of each call, in order. */
  function calls(): readonly (readonly string[])[] {
    return sendGrid.asked.map(({ body }) =>
      body.personalizations.flatMap(({ to }) => to.map(({ email }) => email)),
    );
  }

  it('tells staff and client with one call each, and says what was accepted and when', async () => {
    const clientId = await aLowClient();
    const before = Date.now();
    const told = await tell(aWorker(), aCheckOf(clientId));
    assert.deepEqual(calls(), [
      ['manager@acme.example', 'noc@acme.example'],
      [`billing@${clientId}.example`],
    ]);
    assert.deepEqual(
      told.accepted.map(({ rules }) => rules),
      [['user'], ['client']],
    );
    assert.ok(told.accepted.every(({ at }) => at >= before && at <= Date.now()));
    assert.deepEqual(told.failed, []);
    assert.doesNotMatch(JSON.stringify(told), /@/, 'no address enters a history');
    const [row] = await world.database.query<object[]>(
      "SELECT message_id, attempts, state, claim, last_error FROM low_balance_notice WHERE client_id = ? AND audience = 'client'",
      [clientId],
    );
    assert.deepEqual(
      { ...row },
      { message_id: 'm-2', attempts: 1, state: 'accepted', claim: null, last_error: null },
    );
  });

  it('writes the notice to the ledger before it is sent', async () => {
    const clientId = await aLowClient();
    const seen: unknown[] = [];
    const parts = aWorker();
    await tell(
      {
        ...parts,
        mailer: {
          async send(mail, options) {
            seen.push((await recipientsOf(world.database, clientId)).map(({ state }) => state));
            return parts.mailer.send(mail, options);
          },
        },
      },
      aCheckOf(clientId),
    );
    assert.deepEqual(seen[0], ['pending', 'pending', 'pending']);
  });

  it('repeats nothing when it is called again after all was accepted', async () => {
    const input = aCheckOf(await aLowClient());
    const first = await tell(aWorker(), input);
    assert.deepEqual(await tell(aWorker(), input), first);
    assert.equal(sendGrid.asked.length, 2);
  });

  it('sends only the client notice again where only that one was not accepted', async () => {
    const clientId = await aLowClient();
    const input = aCheckOf(clientId);
    sendGrid.next({ status: 202 }, { status: 500 });
    const failure = await failureOf(tell(aWorker(), input));
    assert.equal(failure.type, 'mail-unavailable');
    const told = await tell(aWorker(), input);
    assert.equal(told.accepted.length, 2);
    assert.deepEqual(calls().slice(2), [[`billing@${clientId}.example`]]);
  });

  it('still tells the client where the staff notice fails', async () => {
    const clientId = await aLowClient();
    sendGrid.next({ status: 500 });
    await failureOf(tell(aWorker(), aCheckOf(clientId)));
    const states = await recipientsOf(world.database, clientId);
    assert.deepEqual(
      states.map(({ audience, state }) => [audience, state]),
      [
        ['client', 'accepted'],
        ['staff', 'pending'],
        ['staff', 'pending'],
      ],
    );
  });

  it('reports what is refused for good, and does not retry it', async () => {
    const clientId = await aLowClient();
    const input = aCheckOf(clientId);
    sendGrid.next(
      { status: 202 },
      { status: 413, body: { errors: [{ field: null, message: 'too large' }] } },
    );
    const told = await tell(aWorker(), input);
    assert.deepEqual(told.failed, [{ rules: ['client'], reason: 'SendGrid answered 413; too large' }]);
    await tell(aWorker(), input);
    assert.equal(sendGrid.asked.length, 2);
  });

  it('sends again under the same notice id where the answer was lost', async () => {
    const input = aCheckOf(await aLowClient(), { rules: [{ key: 'client', reminder: 1 }] });
    sendGrid.next('cut');
    assert.equal((await failureOf(tell(aWorker(), input))).type, 'mail-no-answer');
    await tell(aWorker(), input);
    const ids = sendGrid.asked.map(({ body }) => body.custom_args['notice_id']);
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1]);
  });

  describe('recipients', () => {
    it('leaves out what is no address and a login without one, records why, and tells the others', async () => {
      await writeProfile(world.database, {
        ...profileFile,
        userNotification: {
          threshold: 100,
          users: ['nobody'],
          emails: [
            'noc@acme.example',
            'not an address',
            'x@y.example\r\nBcc: z@y.example',
            'NOC@ACME.example',
          ],
        },
      });
      const clientId = await aLowClient();
      await tell(aWorker(), aCheckOf(clientId));
      assert.deepEqual(calls()[0], ['manager@acme.example', 'noc@acme.example']);
      const left = (await recipientsOf(world.database, clientId)).filter(({ state }) => state === 'left-out');
      assert.deepEqual(
        left.map(({ address, reason }) => [address, reason]),
        [
          ['nobody', 'no user with an e-mail has this login'],
          ['not an address', 'not an e-mail address'],
          ['x@y.example\r\nBcc: z@y.example', 'not an e-mail address'],
        ],
      );
    });

    it('tells two people whose addresses differ in an accent', async () => {
      await writeProfile(world.database, {
        ...profileFile,
        clientNotification: { threshold: 50, emails: ['josé@client.example', 'jose@client.example'] },
      });
      await tell(aWorker(), aCheckOf(await aLowClient(), { rules: [{ key: 'client', reminder: 1 }] }));
      assert.equal(calls()[0]?.length, 3);
    });

    it('records whom SendGrid refuses by name, and tells the others', async () => {
      const clientId = await aLowClient();
      const errors = [
        { field: 'personalizations.1.to.0.email', message: 'Does not contain a valid address.' },
      ];
      sendGrid.next({ status: 400, body: { errors } });
      const input = aCheckOf(clientId, { rules: [{ key: 'user', reminder: 1 }] });
      const told = await tell(aWorker(), input);
      assert.equal(told.accepted.length, 1);
      assert.deepEqual(
        (await recipientsOf(world.database, clientId)).map(({ address, state }) => [address, state]),
        [
          ['manager@acme.example', 'accepted'],
          ['noc@acme.example', 'refused'],
        ],
      );
      await tell(aWorker(), input);
      assert.equal(sendGrid.asked.length, 2, 'the refused one is not tried again');
    });

    it('sends to more than one call may have, and after a failure only to the rest', async () => {
      const emails = Array.from({ length: 1_499 }, (_, index) => `r${index}@client.example`);
      await writeProfile(world.database, { ...profileFile, clientNotification: { threshold: 50, emails } });
      const clientId = await aLowClient();
      const input = aCheckOf(clientId, { rules: [{ key: 'client', reminder: 1 }] });
      sendGrid.next({ status: 202 }, { status: 503 });
      await failureOf(tell(aWorker(), input));
      await tell(aWorker(), input);
      assert.deepEqual(
        calls().map(({ length }) => length),
        [1_000, 500, 500],
      );
      assert.equal(new Set([...calls()[0]!, ...calls()[2]!]).size, 1_500);
    });

    it('tells nobody where none is left since the check', async () => {
      const told = await tell(
        aWorker(),
        aCheckOf(await aLowClient(null), { rules: [{ key: 'client', reminder: 1 }] }),
      );
      assert.deepEqual(told, { accepted: [], failed: [] });
      assert.equal(sendGrid.asked.length, 0);
    });
  });

  describe('between two attempts of one check', () => {
    async function afterOneFailure(
      change: (clientId: string) => Promise<unknown>,
    ): Promise<readonly (readonly string[])[]> {
      const clientId = await aLowClient('billing@first.example');
      const input = aCheckOf(clientId);
      sendGrid.next({ status: 202 }, { status: 500 });
      await failureOf(tell(aWorker(), input));
      await change(clientId);
      await tell(aWorker(), input);
      return calls().slice(2);
    }

    it('an edited profile changes neither who is told nor what is said (rule 12)', async () => {
      const again = await afterOneFailure(() =>
        writeProfile(world.database, {
          ...profileFile,
          name: 'Renamed',
          clientNotification: { threshold: 1, notify: false, emails: ['other@client.example'] },
        }),
      );
      assert.deepEqual(again, [['billing@first.example']]);
      const [, failed, repeated] = sendGrid.asked;
      assert.deepEqual(repeated?.body, failed?.body);
    });

    it('an address that moves to the other audience is not told twice (rule 9)', async () => {
      const again = await afterOneFailure((clientId) =>
        world.database.query(
          "UPDATE billing_client SET billing_email = 'manager@acme.example' WHERE client_id = ?",
          [clientId],
        ),
      );
      assert.deepEqual(again, [['billing@first.example']]);
    });

    for (const [what, sql] of [
      ['is suspended', "UPDATE billing_client SET status = 'suspended' WHERE client_id = ?"],
      ['is closed', "UPDATE billing_client SET status = 'closed' WHERE client_id = ?"],
      ['loses its profile', 'UPDATE billing_client SET profile_id = NULL WHERE client_id = ?'],
      ['is gone', 'DELETE FROM billing_client WHERE client_id = ?'],
    ] as const) {
      it(`a client that ${what} is told no more`, async () => {
        assert.deepEqual(await afterOneFailure((clientId) => world.database.query(sql, [clientId])), []);
      });
    }
  });

  describe('two workers with one notice', () => {
    it('send it once', async () => {
      const input = aCheckOf(await aLowClient());
      sendGrid.next(...Array.from({ length: 4 }, () => ({ status: 202, delayMs: 100 })));
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => tell(aWorker(), input)));
      assert.equal(sendGrid.asked.length, 2);
      for (const result of results) {
        if (result.status === 'fulfilled') continue;
        assert.equal((result.reason as ApplicationFailure).type, 'mail-busy', String(result.reason));
      }
      assert.equal((await tell(aWorker(), input)).accepted.length, 2);
      assert.equal(sendGrid.asked.length, 2);
    });

    it('withdraw nothing that one of them is sending', async () => {
      const clientId = await aLowClient();
      const input = aCheckOf(clientId);
      sendGrid.next({ status: 202, delayMs: 300 });
      const sending = tell(aWorker(), input);
      while (sendGrid.asked.length === 0) await pause(10);
      await assert.rejects(withdraw(aWorker(), input), { type: 'mail-busy' });
      assert.equal((await sending).accepted.length, 1, 'the client notice, not claimed yet, was withdrawn');
      assert.deepEqual(
        (await withdraw(aWorker(), input)).accepted.map(({ rules }) => rules),
        [['user']],
      );
      assert.equal(sendGrid.asked.length, 1);
    });
  });

  describe('withdrawing (rules 4 and 7)', () => {
    it('answers what was accepted, and sends the rest never', async () => {
      const clientId = await aLowClient();
      const input = aCheckOf(clientId);
      sendGrid.next({ status: 202 }, { status: 500 });
      await failureOf(tell(aWorker(), input));
      const told = await withdraw(aWorker(), input);
      assert.deepEqual(
        told.accepted.map(({ rules }) => rules),
        [['user']],
      );
      assert.deepEqual(await tell(aWorker(), input), told);
      assert.equal(sendGrid.asked.length, 2);
      assert.equal((await recipientsOf(world.database, clientId))[0]?.state, 'withdrawn');
    });

    it('counts a mail as accepted that was under way when it was cancelled, and begins no other', async () => {
      const clientId = await aLowClient();
      const input = aCheckOf(clientId);
      const cancel = new AbortController();
      sendGrid.next({ status: 202, delayMs: 200 });
      const sending = tell(aWorker(), input, cancel.signal);
      while (sendGrid.asked.length === 0) await pause(10);
      cancel.abort();
      await assert.rejects(sending, CancelledFailure);
      const told = await withdraw(aWorker(), input);
      assert.deepEqual(
        told.accepted.map(({ rules }) => rules),
        [['user']],
      );
      assert.equal(sendGrid.asked.length, 1);
    });
  });

  it('leaves the rest to another worker when its own shuts down', async () => {
    const input = aCheckOf(await aLowClient());
    const shutdown = new AbortController();
    sendGrid.next({ status: 202, delayMs: 100 });
    const sending = tell(aWorker(), input, shutdown.signal);
    while (sendGrid.asked.length === 0) await pause(10);
    shutdown.abort(new CancelledFailure('WORKER_SHUTDOWN'));
    assert.equal((await failureOf(sending)).type, 'worker-shutdown');
    assert.equal((await tell(aWorker(), input)).accepted.length, 2);
    assert.equal(sendGrid.asked.length, 2);
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
      assert.equal(sendGrid.asked.length, 2);
    });

    it('for longer: the worker knows what it sent, and sends it not again', async () => {
      const input = aCheckOf(await aLowClient(), { rules: [{ key: 'client', reminder: 1 }] });
      const worker = aWorker();
      await assert.rejects(tell(away(worker, 1_000), input), /ECONNREFUSED/);
      // The claim of the attempt that could not be recorded runs out.
      await world.database.query('UPDATE low_balance_notice SET claimed_until = 0 WHERE client_id = ?', [
        input.clientId,
      ]);
      assert.equal((await tell(worker, input)).accepted.length, 1);
      assert.equal(sendGrid.asked.length, 1);
    });
  });

  describe('the pause before the next attempt', () => {
    async function pauseMs(refusal: MailError, input: NotifyInput): Promise<number> {
      const parts = aWorker({ mailer: { send: () => Promise.reject(refusal) } });
      const { nextRetryDelay } = await failureOf(tell(parts, input));
      return Number(nextRetryDelay);
    }

    it('doubles from 2 s to 5 minutes, with jitter', async () => {
      const checkAt = Date.now();
      const input = aCheckOf(await aLowClient(), { checkAt, deadlineAt: checkAt + 86_400_000 });
      const pauses: number[] = [];
      for (let attempt = 0; attempt < 11; attempt += 1) {
        pauses.push(await pauseMs(new MailError('unavailable', 'down'), input));
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
        new MailError('rate-limited', 'slow down', { retryAfterMs: 60_000 }),
        input,
      );
      assert.ok(pause >= 60_000 && pause <= 66_050, String(pause));
    });

    it('leaves room for a last attempt before the next planned check', async () => {
      const checkAt = Date.now();
      const input = aCheckOf(await aLowClient(), { checkAt, deadlineAt: checkAt + 30_000 });
      const pause = await pauseMs(
        new MailError('rate-limited', 'slow down', { retryAfterMs: 200_000 }),
        input,
      );
      assert.ok(pause > 20_000 && pause <= 25_000, String(pause));
    });
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
