import assert from 'node:assert/strict';
import { check } from '../../activities/check.js';
import { createBilling } from '../../billing/mysql/billing.js';
import { useNotifyBench } from './notify-bench.js';
import { aCheckOf, profileFile, recipientsOf, writeProfile } from './notify-setup.js';

describe('telling whom a check decided to tell, with real MySQL', () => {
  const bench = useNotifyBench();
  const { aLowClient, aWorker, tell, failureOf, calls } = bench;

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
    const [row] = await bench.world.database.query<object[]>(
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
        channels: {
          email: {
            async send(mail, options) {
              seen.push((await recipientsOf(bench.world.database, clientId)).map(({ state }) => state));
              return parts.channels.email.send(mail, options);
            },
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
    assert.equal(bench.sendGrid.asked.length, 2);
  });

  it('sends only the client notice again where only that one was not accepted', async () => {
    const clientId = await aLowClient();
    const input = aCheckOf(clientId);
    bench.sendGrid.next({ status: 202 }, { status: 500 });
    const failure = await failureOf(tell(aWorker(), input));
    assert.equal(failure.type, 'notice-unavailable');
    const told = await tell(aWorker(), input);
    assert.equal(told.accepted.length, 2);
    assert.deepEqual(calls().slice(2), [[`billing@${clientId}.example`]]);
  });

  it('still tells the client where the staff notice fails', async () => {
    const clientId = await aLowClient();
    bench.sendGrid.next({ status: 500 });
    await failureOf(tell(aWorker(), aCheckOf(clientId)));
    const states = await recipientsOf(bench.world.database, clientId);
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
    bench.sendGrid.next(
      { status: 202 },
      { status: 413, body: { errors: [{ field: null, message: 'too large' }] } },
    );
    const told = await tell(aWorker(), input);
    assert.deepEqual(told.failed, [{ rules: ['client'], reason: 'SendGrid answered 413; too large' }]);
    await tell(aWorker(), input);
    assert.equal(bench.sendGrid.asked.length, 2);
  });

  it('sends again under the same notice id where the answer was lost', async () => {
    const input = aCheckOf(await aLowClient(), { rules: [{ key: 'client', reminder: 1 }] });
    bench.sendGrid.next('cut');
    assert.equal((await failureOf(tell(aWorker(), input))).type, 'notice-no-answer');
    await tell(aWorker(), input);
    const ids = bench.sendGrid.asked.map(({ body }) => body.custom_args['notice_id']);
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1]);
  });

  describe('recipients', () => {
    it('leaves out what is no address and a login without one, records why, and tells the others', async () => {
      await writeProfile(bench.world.database, {
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
      const left = (await recipientsOf(bench.world.database, clientId)).filter(
        ({ state }) => state === 'left-out',
      );
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
      await writeProfile(bench.world.database, {
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
      bench.sendGrid.next({ status: 400, body: { errors } });
      const input = aCheckOf(clientId, { rules: [{ key: 'user', reminder: 1 }] });
      const told = await tell(aWorker(), input);
      assert.equal(told.accepted.length, 1);
      assert.deepEqual(
        (await recipientsOf(bench.world.database, clientId)).map(({ address, state }) => [address, state]),
        [
          ['manager@acme.example', 'accepted'],
          ['noc@acme.example', 'refused'],
        ],
      );
      await tell(aWorker(), input);
      assert.equal(bench.sendGrid.asked.length, 2, 'the refused one is not tried again');
    });

    it('sends to more than one call may have, and after a failure only to the rest', async () => {
      const emails = Array.from({ length: 1_499 }, (_, index) => `r${index}@client.example`);
      await writeProfile(bench.world.database, {
        ...profileFile,
        clientNotification: { threshold: 50, emails },
      });
      const clientId = await aLowClient();
      const input = aCheckOf(clientId, { rules: [{ key: 'client', reminder: 1 }] });
      bench.sendGrid.next({ status: 202 }, { status: 503 });
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
      assert.equal(bench.sendGrid.asked.length, 0);
    });
  });

  describe('between two attempts of one check', () => {
    async function afterOneFailure(
      change: (clientId: string) => Promise<unknown>,
    ): Promise<readonly (readonly string[])[]> {
      const clientId = await aLowClient('billing@first.example');
      const input = aCheckOf(clientId);
      bench.sendGrid.next({ status: 202 }, { status: 500 });
      await failureOf(tell(aWorker(), input));
      await change(clientId);
      await tell(aWorker(), input);
      return calls().slice(2);
    }

    it('an edited profile changes neither who is told nor what is said (rule 12)', async () => {
      const again = await afterOneFailure(() =>
        writeProfile(bench.world.database, {
          ...profileFile,
          name: 'Renamed',
          clientNotification: { threshold: 1, notify: false, emails: ['other@client.example'] },
        }),
      );
      assert.deepEqual(again, [['billing@first.example']]);
      const [, failed, repeated] = bench.sendGrid.asked;
      assert.deepEqual(repeated?.body, failed?.body);
    });

    it('an address that moves to the other audience is not told twice (rule 9)', async () => {
      const again = await afterOneFailure((clientId) =>
        bench.world.database.query(
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
        assert.deepEqual(
          await afterOneFailure((clientId) => bench.world.database.query(sql, [clientId])),
          [],
        );
      });
    }
  });

  it('a quiet check reads its client by one statement, whatever kinds of rules its profile has', async () => {
    const clientId = await aLowClient();
    await writeProfile(bench.world.database, {
      ...profileFile,
      currency: 'EUR',
      checkEvery: '5m',
      sendingHours: { from: '08:00', to: '20:00' },
      userNotification: { threshold: { lasts: '3d' }, users: ['j.doe'], recovered: true },
      clientNotification: { threshold: { own: true, otherwise: -5 } },
      advancedRules: [
        { name: 'fifth', threshold: { percentOfCreditLimit: 20 } },
        { name: 'tenth', threshold: { percentOfLastRefill: 10 }, inactivity: '30d' },
        { name: 'owes', threshold: 1_000, when: 'above' },
      ],
    });
    const statements: string[] = [];
    const billing = createBilling({
      query(sql: string, values?: unknown[]) {
        statements.push(sql);
        return bench.world.database.query(sql, values);
      },
    });
    const parts = aWorker({ billing });
    const now = Date.now();
    const input = {
      clientId,
      watch: { profileId: 'acme/prepaid', acceptedAt: {} },
      plannedAt: now,
      dueAt: now,
      now,
    };
    await check(parts, input);
    statements.length = 0;
    const result = await check(parts, input);
    assert.ok(result.kind === 'checked' && result.decisions.every(({ decision }) => decision === 'quiet'));
    assert.equal(result.decisions.length, 5);
    assert.equal(statements.length, 1, statements.join('\n'));
  });
});
