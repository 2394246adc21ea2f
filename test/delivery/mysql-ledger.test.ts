import assert from 'node:assert/strict';
import { createMysqlLedger } from '../../delivery/ledger/mysql-ledger.js';
import { createWatchedClients } from '../../store/watched-clients.js';
import { createNotifyWorld, type NotifyWorld } from '../activities/notify-setup.js';
import { aLedgerNotice } from './a-ledger-notice.js';

const now = { at: 1_000, scheduledAt: 1_000 };

describe('the ledger in MySQL', () => {
  let world: NotifyWorld;
  before(async () => {
    world = await createNotifyWorld();
  });
  after(() => world.stop());

  it('fails for one row that cannot be read alone', async () => {
    const ledger = createMysqlLedger(world.database, 20);
    const [good, badContent, badRules] = ['good', 'bad-content', 'bad-rules'].map((clientId) =>
      aLedgerNotice({ clientId }),
    );
    await Promise.all([good!, badContent!, badRules!].map((notice) => ledger.open([notice], now)));
    await world.database.query(`UPDATE low_balance_notice SET content = '{"lan' WHERE id = ?`, [
      badContent!.id,
    ]);
    await world.database.query(`UPDATE low_balance_notice SET rules = '["cl' WHERE id = ?`, [badRules!.id]);
    const claims = await Promise.allSettled([good!, badContent!].map(({ id }) => ledger.claim(id, 1_000)));
    assert.deepEqual(
      claims.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    assert.match(
      String((claims[1] as PromiseRejectedResult).reason),
      /notice [-0-9a-f]{36}: its content is no JSON/,
    );
    const found = await Promise.allSettled(
      [good!, badRules!].map(({ clientId, checkAt }) => ledger.find(clientId, checkAt)),
    );
    assert.deepEqual(
      found.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
  });

  it('takes ids and addresses of all sorts that come at once for what they are', async () => {
    const ledger = createMysqlLedger(world.database);
    const watched = createWatchedClients(world.database, (error) => assert.fail(String(error)));
    const ids = ['abc', 'ABC', 'ábc', 'абв', "o'x", '100%', '😀1', '007', '7', 'back\\slash', '?'];
    const recipients = ['A@x.example', 'a@x.example', 'á@x.example'];
    const content = { text: "😀 ' \\ ?" };
    const openAt = (id: string, scheduledAt: number) =>
      ledger.open([aLedgerNotice({ clientId: id, recipients, content })], { at: 1_000, scheduledAt });
    await Promise.all(ids.map((id) => watched.started(id, 'acme/prepaid', 1)));
    await Promise.all(ids.map((id, i) => ledger.fence(id, 5_000 + i)));
    const early = await Promise.all(ids.map((id, i) => openAt(id, 4_999 + i)));
    assert.deepEqual(new Set(early.map(({ kind }) => kind)), new Set(['fenced']));
    const late = await Promise.all(ids.map((id, i) => openAt(id, 5_000 + i)));
    assert.deepEqual(new Set(late.map(({ kind }) => kind)), new Set(['opened']));
    const found = await Promise.all(ids.map((id) => ledger.find(id, 1_000)));
    assert.deepEqual(
      found.map((entries) => entries.map(({ clientId }) => clientId)),
      ids.map((id) => [id]),
    );
    const claims = await Promise.all(found.map(([entry]) => ledger.claim(entry!.id, 60_000)));
    for (const claim of claims) {
      assert.ok(claim.kind === 'claimed');
      assert.deepEqual([claim.recipients, claim.content], [recipients, content]);
    }
  });

  it('opens, finds and claims more than one statement takes', async () => {
    const ledger = createMysqlLedger(world.database);
    const ids = Array.from({ length: 700 }, (_, i) => `many-${i}`);
    const openings = await Promise.all(
      ids.map((clientId) => ledger.open([aLedgerNotice({ clientId })], now)),
    );
    assert.ok(openings.every(({ kind }) => kind === 'opened'));
    const found = await Promise.all(ids.map((id) => ledger.find(id, 1_000)));
    assert.ok(found.every((entries) => entries.length === 1));
    const claims = await Promise.all(found.map(([entry]) => ledger.claim(entry!.id, 60_000)));
    assert.ok(claims.every(({ kind }) => kind === 'claimed'));
  });
});
