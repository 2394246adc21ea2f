import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, Ledger, LedgerNotice } from '../../delivery/ledger/ledger.js';
import { createMemoryLedger } from '../../delivery/ledger/memory-ledger.js';
import { createMysqlLedger } from '../../delivery/ledger/mysql-ledger.js';
import { createNotifyWorld, type NotifyWorld } from '../activities/notify-setup.js';
import { aLedgerNotice } from './a-ledger-notice.js';

interface OpenLedger {
  readonly ledger: Ledger;
  /** As the first check of a client does. */
  readonly watch: (clientId: string) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** Every ledger, with what it needs. */
const implementations: readonly {
  readonly name: string;
  readonly open: () => Promise<OpenLedger>;
}[] = [
  {
    name: 'in memory',
    open: () =>
      Promise.resolve({
        ledger: createMemoryLedger(),
        watch: () => Promise.resolve(),
        stop: () => Promise.resolve(),
      }),
  },
  {
    name: 'in MySQL',
    async open() {
      const world: NotifyWorld = await createNotifyWorld();
      return {
        ledger: createMysqlLedger(world.database),
        watch: (clientId) =>
          world.database.query(
            `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch)
             VALUES (?, 'acme/prepaid', 'low', 1, 1, 1, '{}')`,
            [clientId],
          ),
        stop: () => world.stop(),
      };
    },
  },
];

let clients = 0;

const now = { at: 1_000, scheduledAt: 1_000 };

/** Of the test's client, where nothing else is said. */
const aNotice = (changes: Partial<LedgerNotice> = {}) =>
  aLedgerNotice({ clientId: `l-${clients}`, ...changes });

for (const { name, open } of implementations) {
  describe(`a ledger ${name}`, function () {
    this.timeout(120_000);
    let ledger: Ledger;
    let watch: OpenLedger['watch'];
    let stop = () => Promise.resolve();
    before(async () => {
      ({ ledger, watch, stop } = await open());
    });
    after(() => stop());
    beforeEach(() => void (clients += 1));

    async function opened(changes: Partial<LedgerNotice> = {}): Promise<LedgerNotice> {
      const notice = aNotice(changes);
      assert.equal((await ledger.open([notice], now)).kind, 'opened');
      return notice;
    }

    async function claimed(id: string, forMs = 60_000): Promise<Extract<Claim, { kind: 'claimed' }>> {
      const claim = await ledger.claim(id, forMs);
      assert.ok(claim.kind === 'claimed', claim.kind);
      return claim;
    }

    const accept = (id: string, recipients: readonly string[], at = 2_000, refused: readonly string[] = []) =>
      ledger.accepted(
        id,
        { messageId: `m-${at}`, recipients, refused: refused.map((address) => ({ address, reason: 'no' })) },
        at,
      );

    async function entry({ clientId, checkAt, id }: LedgerNotice) {
      return (await ledger.find(clientId, checkAt)).find((each) => each.id === id);
    }

    it('finds what was opened, the notices of that check alone, the staff first', async () => {
      const clientId = `l-${clients}`;
      const client = aNotice();
      const staff = aNotice({ audience: 'staff', rules: ['user'], recovered: ['client'], instant: null });
      const webhook = aNotice({ channel: 'webhook:crm' });
      await ledger.open([webhook, client, staff], now);
      await opened({ checkAt: 5_000 });
      const found = await ledger.find(clientId, 1_000);
      assert.deepEqual(
        found.map(({ id }) => id),
        [staff.id, client.id, webhook.id],
      );
      assert.deepEqual(found[0], {
        id: staff.id,
        clientId,
        checkAt: 1_000,
        instant: null,
        kind: 'low',
        channel: 'email',
        audience: 'staff',
        profileId: 'acme/prepaid',
        rules: ['user'],
        recovered: ['client'],
        state: 'pending',
        messageId: null,
        acceptedAt: null,
        lastError: null,
        attempts: 0,
      });
    });

    it('opens nothing a second time, and nothing beside it', async () => {
      const first = await opened();
      const other = aNotice({ audience: 'staff' });
      assert.deepEqual(await ledger.open([other, { ...first, recipients: ['c@client.example'] }], now), {
        kind: 'known',
      });
      assert.deepEqual(
        (await ledger.find(first.clientId, first.checkAt)).map(({ id }) => id),
        [first.id],
      );
      assert.deepEqual((await claimed(first.id)).recipients, ['a@client.example', 'b@client.example']);
    });

    it('opens nothing of nothing', async () =>
      assert.deepEqual(await ledger.open([], now), { kind: 'opened', entries: [] }));

    it('answers an opening as it finds it', async () => {
      const clientId = `l-${clients}`;
      const notices = [
        aNotice({ channel: 'webhook:crm' }),
        aNotice({ kind: 'recovered', rules: [], recovered: ['client'] }),
        aNotice(),
        aNotice({ audience: 'staff' }),
      ];
      assert.deepEqual(await ledger.open(notices, now), {
        kind: 'opened',
        entries: await ledger.find(clientId, 1_000),
      });
    });

    it('opens checks that come at once, but those it has', async () => {
      const ids = ['one', 'known', 'other'].map((name) => `l-${clients}-${name}`);
      const known = await opened({ clientId: ids[1]!, recipients: ['first@client.example'] });
      const again = { ...known, recipients: ['again@client.example'] };
      const answers = await Promise.all([
        ledger.open([aNotice({ clientId: ids[0]! }), aNotice({ clientId: ids[0]!, audience: 'staff' })], now),
        ledger.open([aNotice({ clientId: ids[1]!, audience: 'staff' }), again], now),
        ledger.open([aNotice({ clientId: ids[2]! })], now),
      ]);
      assert.deepEqual(
        answers.map((each) => (each.kind === 'opened' ? each.entries.length : each.kind)),
        [2, 'known', 1],
      );
      const found = await Promise.all(ids.map((id) => ledger.find(id, 1_000)));
      assert.deepEqual(
        found.map((each) => each.map(({ audience }) => audience)),
        [['staff', 'client'], ['client'], ['client']],
      );
      assert.deepEqual((await claimed(known.id)).recipients, ['first@client.example']);
    });

    it('opens the same check once where two ask at once', async () => {
      const notice = aNotice();
      const answers = await Promise.all([ledger.open([notice], now), ledger.open([notice], now)]);
      assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['known', 'opened']);
      assert.equal((await ledger.find(notice.clientId, 1_000)).length, 1);
    });

    it('opens nothing that was scheduled before its client was fenced (rules 4, 7 and 25)', async () => {
      const [clientId, other] = [`l-${clients}`, `l-${clients}-b`];
      await Promise.all([watch(clientId), watch(other)]);
      await Promise.all([
        ledger.fence(clientId, 3_000),
        ledger.fence(clientId, 5_000),
        ledger.fence(other, 4_000),
      ]);
      // A worker that stalled.
      await ledger.fence(clientId, 2_000);
      const openAt = async (id: string, scheduledAt: number) =>
        (await ledger.open([aNotice({ clientId: id })], { at: 9_000, scheduledAt })).kind;
      assert.deepEqual(await Promise.all([openAt(clientId, 4_999), openAt(other, 4_999)]), [
        'fenced',
        'opened',
      ]);
      assert.deepEqual(await ledger.find(clientId, 1_000), []);
      assert.equal(await openAt(clientId, 5_000), 'opened');
    });

    it('opens a notice, and it is withdrawn by who fences the client, or does not open it', async () => {
      const openings: string[] = [];
      for (let round = 0; round < 40; round += 1) {
        const clientId = `l-${clients}-${round}`;
        await watch(clientId);
        const withdrawn = async () => {
          await ledger.fence(clientId, 5_000);
          return await ledger.withdrawAll(clientId, 9_000, 6_000);
        };
        const notice = aNotice({ clientId });
        const [opening, { notices }] = await Promise.all([
          ledger.open([notice], { at: 1_000, scheduledAt: 4_000 }),
          withdrawn(),
        ]);
        openings.push(opening.kind);
        assert.equal(notices, opening.kind === 'opened' ? 1 : 0, opening.kind);
        assert.equal((await entry(notice))?.state, opening.kind === 'opened' ? 'withdrawn' : undefined);
      }
      assert.deepEqual(
        [...new Set(openings)].filter((kind) => kind !== 'opened' && kind !== 'fenced'),
        [],
      );
    });

    it('finds the checks that are asked for at once, each by its client and instant', async () => {
      const clientId = `l-${clients}`;
      const one = await opened({ checkAt: 1_000 });
      const other = await opened({ clientId: `${clientId}-b`, checkAt: 2_000 });
      // Of that client and of that instant, but not asked for.
      await opened({ checkAt: 2_000 });
      const found = await Promise.all([
        ledger.find(clientId, 1_000),
        ledger.find(`${clientId}-b`, 2_000),
        ledger.find(clientId, 1_000),
        ledger.find(`${clientId}-b`, 1_000),
      ]);
      assert.deepEqual(
        found.map((each) => each.map(({ id }) => id)),
        [[one.id], [other.id], [one.id], []],
      );
    });

    it('hands a claim to one at a time, with what is to be said and to whom', async () => {
      const { id, content, recipients } = await opened();
      const claim = await claimed(id);
      assert.deepEqual(claim.content, content);
      assert.deepEqual(claim.recipients, recipients);
      const second = await ledger.claim(id, 60_000);
      assert.ok(second.kind === 'busy' && second.forMs > 30_000 && second.forMs <= 61_000);
    });

    it('hands a notice to one of those who ask at once', async () => {
      const [first, other] = [
        await opened(),
        await opened({ clientId: `l-${clients}-b`, recipients: ['c@client.example'] }),
      ];
      const unknown = randomUUID();
      const claims = await Promise.all(
        [first.id, other.id, first.id, unknown, first.id].map((id, i) => ledger.claim(id, 60_000 + i)),
      );
      assert.deepEqual(
        claims.map(({ kind }) => kind),
        ['claimed', 'claimed', 'busy', 'settled', 'busy'],
      );
      assert.deepEqual(
        claims.map((claim) => (claim.kind === 'claimed' ? claim.recipients : [])),
        [first.recipients, other.recipients, [], [], []],
      );
      // Each by its own claim: a failure of one leaves the other's as it is.
      const [claim] = claims;
      assert.ok(claim?.kind === 'claimed');
      await ledger.failed(first.id, { token: claim.token, reason: 'busy', final: false }, 3_000);
      await claimed(first.id);
      assert.equal((await ledger.claim(other.id, 60_000)).kind, 'busy');
    });

    it('hands it to another when the first one took too long', async () => {
      const { id } = await opened();
      await claimed(id, 1);
      await sleep(1_100);
      await claimed(id);
    });

    it('knows no notice that was not opened', async () => {
      assert.deepEqual(await ledger.claim(randomUUID(), 1_000), { kind: 'settled' });
      await accept(randomUUID(), ['a@client.example']);
      assert.equal(await ledger.withdraw('nobody', 1, 1), 0);
    });

    it('is tried once for two of four recipients, and its claim goes on for the others', async () => {
      const recipients = ['a', 'b', 'c', 'd'].map((name) => `${name}@client.example`);
      const notice = await opened({ recipients });
      const { token } = await claimed(notice.id);
      await accept(notice.id, recipients.slice(0, 2), 2_000);
      const { state, attempts, acceptedAt, messageId } = (await entry(notice))!;
      assert.deepEqual([state, attempts, acceptedAt, messageId], ['pending', 1, 2_000, 'm-2000']);
      assert.equal((await ledger.claim(notice.id, 60_000)).kind, 'busy');
      await ledger.failed(notice.id, { token, reason: 'busy', final: false }, 3_000);
      assert.deepEqual((await claimed(notice.id)).recipients, recipients.slice(2));
      await accept(notice.id, ['c@client.example'], 4_000, ['d@client.example']);
      assert.equal((await entry(notice))?.state, 'accepted');
      assert.equal((await entry(notice))?.attempts, 3);
    });

    it('is accepted when nobody is left to send to, at the first acceptance', async () => {
      const notice = await opened();
      await claimed(notice.id);
      await accept(notice.id, ['a@client.example'], 2_000);
      assert.equal((await entry(notice))?.state, 'pending');
      await accept(notice.id, ['b@client.example'], 3_000);
      const found = await entry(notice);
      assert.deepEqual(
        [found?.state, found?.acceptedAt, found?.messageId, found?.attempts],
        ['accepted', 2_000, 'm-2000', 2],
      );
      assert.deepEqual(await ledger.claim(notice.id, 1_000), { kind: 'settled' });
    });

    it('waits for nobody whom the provider refused', async () => {
      const notice = await opened();
      await claimed(notice.id);
      await accept(notice.id, ['a@client.example'], 2_000, ['b@client.example']);
      assert.equal((await entry(notice))?.state, 'accepted');
    });

    it('is tried again after a failure, by anybody, for those who are left', async () => {
      const notice = await opened();
      const { token } = await claimed(notice.id);
      await accept(notice.id, ['a@client.example']);
      await ledger.failed(notice.id, { token, reason: 'answered 503', final: false }, 3_000);
      const found = await entry(notice);
      assert.deepEqual([found?.state, found?.lastError, found?.attempts], ['pending', 'answered 503', 2]);
      assert.deepEqual((await claimed(notice.id)).recipients, ['b@client.example']);
    });

    it("keeps another's claim where a late failure is noted", async () => {
      const notice = await opened();
      const { token } = await claimed(notice.id, 1);
      await sleep(1_100);
      await claimed(notice.id);
      await ledger.failed(notice.id, { token, reason: 'late', final: false }, 3_000);
      assert.equal((await ledger.claim(notice.id, 1_000)).kind, 'busy');
    });

    it('has failed where it will never be accepted, and is accepted where it was for some', async () => {
      const refused = await opened();
      const some = await opened({ id: randomUUID(), audience: 'staff' });
      for (const { id } of [refused, some]) await claimed(id);
      await accept(some.id, ['a@client.example']);
      for (const { id } of [refused, some])
        await ledger.failed(id, { token: 'x', reason: 'answered 400', final: true }, 3_000);
      assert.deepEqual([(await entry(refused))?.state, (await entry(refused))?.acceptedAt], ['failed', null]);
      assert.deepEqual([(await entry(some))?.state, (await entry(some))?.acceptedAt], ['accepted', 2_000]);
      assert.equal((await ledger.claim(refused.id, 1_000)).kind, 'settled');
    });

    it('changes nothing by a failure of what is settled', async () => {
      const notice = await opened();
      const { token } = await claimed(notice.id);
      await accept(notice.id, notice.recipients);
      await ledger.failed(notice.id, { token, reason: 'late', final: true }, 3_000);
      const found = await entry(notice);
      assert.deepEqual([found?.state, found?.lastError], ['accepted', null]);
    });

    it('withdraws what was not accepted, and says for how long somebody may still be sending', async () => {
      const notice = await opened();
      const busy = await opened({ id: randomUUID(), audience: 'staff' });
      const { token } = await claimed(busy.id);
      const busyMs = await ledger.withdraw(notice.clientId, notice.checkAt, 2_000);
      assert.ok(busyMs > 30_000 && busyMs <= 61_000, String(busyMs));
      assert.equal((await entry(notice))?.state, 'withdrawn');
      assert.equal((await entry(busy))?.state, 'pending');
      await ledger.failed(busy.id, { token, reason: 'x', final: false }, 2_500);
      assert.equal(await ledger.withdraw(notice.clientId, notice.checkAt, 3_000), 0);
      assert.equal((await entry(busy))?.state, 'withdrawn');
      assert.deepEqual(await ledger.claim(busy.id, 1_000), { kind: 'settled' });
    });

    it('is accepted where some were notified before it was withdrawn', async () => {
      const notice = await opened();
      const { token } = await claimed(notice.id);
      await accept(notice.id, ['a@client.example']);
      await ledger.failed(notice.id, { token, reason: 'x', final: false }, 2_500);
      assert.equal(await ledger.withdraw(notice.clientId, notice.checkAt, 3_000), 0);
      assert.equal((await entry(notice))?.state, 'accepted');
    });

    it('is accepted where the provider accepts it after it was withdrawn', async () => {
      const notice = await opened();
      await ledger.withdraw(notice.clientId, notice.checkAt, 2_000);
      await accept(notice.id, ['a@client.example'], 3_000);
      const found = await entry(notice);
      assert.deepEqual([found?.state, found?.acceptedAt], ['accepted', 3_000]);
    });

    it('withdraws everything of a client, whatever the check, and says whether there was anything', async () => {
      const first = await opened();
      const second = await opened({ id: randomUUID(), checkAt: 5_000 });
      const nothing = { busyMs: 0, withdrawn: false };
      await ledger.withdrawAll(first.clientId, first.checkAt, 9_000);
      assert.deepEqual(
        [(await entry(first))?.state, (await entry(second))?.state],
        ['pending', 'pending'],
        'they are of later checks',
      );
      assert.deepEqual(await ledger.withdrawAll(randomUUID(), 9_000, 9_000), { ...nothing, notices: 0 });
      assert.deepEqual(await ledger.withdrawAll(first.clientId, 5_001, 9_000), {
        busyMs: 0,
        withdrawn: true,
        notices: 2,
      });
      assert.deepEqual(
        [(await entry(first))?.state, (await entry(second))?.state],
        ['withdrawn', 'withdrawn'],
      );
      assert.deepEqual(await ledger.withdrawAll(first.clientId, 5_001, 9_000), { ...nothing, notices: 2 });
    });

    it('tells what was accepted since the last refill, of the checks since then, in order', async () => {
      const before = await opened({ checkAt: 100 });
      const late = await opened({ id: randomUUID(), checkAt: 2_000, recovered: ['user'] });
      const early = await opened({ id: randomUUID(), checkAt: 1_500, instant: null });
      const other = await opened({ id: randomUUID(), checkAt: 2_000, profileId: 'acme/other' });
      await opened({ id: randomUUID(), checkAt: 2_500 });
      await accept(before.id, before.recipients, 500);
      await accept(late.id, late.recipients, 2_200);
      await accept(early.id, early.recipients, 1_600);
      await accept(other.id, other.recipients, 2_100);
      const { clientId, profileId } = before;
      assert.deepEqual(await ledger.acceptedSince({ clientId, profileId, refillAt: 1_000, checkAt: 1_000 }), [
        { rules: ['client'], at: 1_600, checkAt: 1_500 },
        { rules: ['client'], recovered: ['user'], at: 2_200, checkAt: 2_000, instant: 900 },
      ]);
    });

    it('says whether a channel settled a notice of a check since then', async () => {
      const { clientId, id, recipients } = await opened({ checkAt: 1_000 });
      const settled = (checkAt: number) => ledger.settledSince(clientId, checkAt);
      assert.equal(await settled(1_000), false, 'it is pending');
      await accept(id, recipients);
      assert.deepEqual([await settled(1_000), await settled(1_001)], [true, false]);
      const refused = await opened({ id: randomUUID(), checkAt: 2_000 });
      const claim = await ledger.claim(refused.id, 60_000);
      assert.ok(claim.kind === 'claimed');
      await ledger.failed(refused.id, { token: claim.token, reason: 'refused', final: true }, 2_500);
      assert.equal(await settled(2_000), true);
      await opened({ id: randomUUID(), checkAt: 3_000 });
      await ledger.withdrawAll(clientId, 3_500, 3_500);
      assert.equal(await settled(3_000), false, 'it was withdrawn');
    });

    it('tells whom a rule reached at a check, and not who was refused, left out or still waits', async () => {
      const client = await opened({ recipients: ['b@x.example', 'a@x.example', 'c@x.example'] });
      const staff = await opened({
        id: randomUUID(),
        audience: 'staff',
        rules: ['user'],
        recipients: ['s@x.example'],
      });
      await accept(client.id, ['b@x.example', 'a@x.example'], 2_000, ['c@x.example']);
      await accept(staff.id, ['s@x.example']);
      assert.deepEqual(await ledger.reached(client.clientId, client.checkAt, 'client'), [
        { address: 'a@x.example', audience: 'client', channel: 'email' },
        { address: 'b@x.example', audience: 'client', channel: 'email' },
      ]);
      assert.deepEqual(await ledger.reached(client.clientId, 7, 'client'), []);
    });
  });
}
