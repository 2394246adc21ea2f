import assert from 'node:assert/strict';
import { notify, withdraw } from '../../activities/notify.js';
import type { Io } from '../../cli/shared/io.js';
import { notices, type NoticesOptions } from '../../cli/operate/notices.js';
import type { Delivery } from '../../delivery/delivery-report.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import type { Channel } from '../../delivery/channel.js';
import { createDeliveryReports } from '../../delivery/ledger/delivery-reports.js';
import {
  aCheckOf,
  addLowClient,
  createNotifyWorld,
  notifyParts,
  type NotifyWorld,
} from '../activities/notify-setup.js';

describe('low-balance notices', () => {
  let world: NotifyWorld;
  before(async () => {
    world = await createNotifyWorld();
    const { database } = world;
    for (const id of ['n-1', 'n-2', 'n-3']) await addLowClient(database, id, `billing@${id}.example`);
    const accepting: Channel = {
      send: ({ noticeId }) => Promise.resolve({ messageId: `m-${noticeId.slice(0, 4)}` }),
    };
    const down: Channel = {
      send: () => Promise.reject(new DeliveryError('unavailable', 'SendGrid answered 503')),
    };
    const { signal } = new AbortController();
    await notify(notifyParts(database, accepting), aCheckOf('n-1'), signal);
    const failing = aCheckOf('n-2', { rules: [{ key: 'client', reminder: 1 }] });
    await notify(notifyParts(database, down), failing, signal).catch(() => {});
    await withdraw(notifyParts(database, down), failing);
    await notify(notifyParts(database, accepting), aCheckOf('n-3'), signal);
    await database.query(
      "UPDATE low_balance_notice SET created_at = created_at - 86400000 WHERE client_id = 'n-3'",
    );
    const [row] = await database.query<{ id: string }[]>(
      "SELECT id FROM low_balance_notice WHERE client_id = 'n-1' AND audience = 'client'",
    );
    await report(row!.id, 'billing@n-1.example', 'bounced');
  });
  after(() => world?.stop());

  async function report(noticeId: string, address: string, delivery: Delivery): Promise<void> {
    await createDeliveryReports(world.database).record([
      {
        eventId: 'e',
        noticeId,
        address,
        delivery,
        reason: `550 <${address}>\u202e\u001b[31m: user unknown`,
        at: Date.UTC(2026, 0, 1),
      },
    ]);
  }

  async function run(
    options: Partial<NoticesOptions> = {},
  ): Promise<{ out: string; err: string; code: number }> {
    let out = '';
    let err = '';
    const io: Io = {
      out: (text) => void (out += text),
      err: (line) => void (err += `${line}\n`),
      env: { MYSQL_URL: world.url },
      cwd: process.cwd(),
      interactive: false,
      colour: false,
    };
    const code = await notices({ limit: 50, format: 'human', ...options }, io);
    return { out, err, code };
  }

  async function clientsOf(options: Partial<NoticesOptions>): Promise<readonly string[]> {
    const { out } = await run({ ...options, format: 'json' });
    const parsed = JSON.parse(out) as { notices: { clientId: string; audience: string }[] };
    return parsed.notices.map(({ clientId, audience }) => `${clientId} ${audience}`);
  }

  it('lists the newest first', async () => {
    assert.deepEqual(await clientsOf({}), [
      'n-2 client',
      'n-1 staff',
      'n-1 client',
      'n-3 staff',
      'n-3 client',
    ]);
  });

  for (const [name, options, expected] of [
    ['of one client', { client: 'n-1' }, ['n-1 staff', 'n-1 client']],
    ['of one state', { state: 'withdrawn' }, ['n-2 client']],
    ['of which a mail bounced', { state: 'bounced' }, ['n-1 client']],
    ['since an hour ago', { since: Date.now() - 3_600_000 }, ['n-2 client', 'n-1 staff', 'n-1 client']],
    ['since a time', { since: Date.UTC(2020, 0, 1), client: 'n-3' }, ['n-3 staff', 'n-3 client']],
    ['of a client that is not there', { client: "n-1' OR '1'='1" }, []],
  ] as const) {
    it(`lists those ${name}`, async () => assert.deepEqual(await clientsOf(options), expected));
  }

  it('masks addresses, also in what receivers said, unless asked', async () => {
    for (const format of ['human', 'json'] as const) {
      const { out } = await run({ format });
      assert.match(out, /b\*\*\*@n-1\.example/);
      assert.doesNotMatch(out, /billing@/);
      assert.match((await run({ format, showAddresses: true })).out, /billing@n-1\.example/);
    }
  });

  it('says what happened in words, and lets no text of others act on the terminal', async () => {
    const { out } = await run();
    assert.match(out, /withdrawn.*\n.*SendGrid answered 503/);
    assert.match(out, /b\*\*\*@n-1\.example bounced: 550/);
    assert.match(out, /5 notices: 1 withdrawn, 4 accepted/);
    for (const acting of ['\u001b', '\u202e']) assert.ok(!out.includes(acting));
  });

  it('names the rules that a recovery is about', async () => {
    const { database } = world;
    await addLowClient(database, 'n-4', 'billing@n-4.example');
    const accepting: Channel = { send: ({ noticeId }) => Promise.resolve({ messageId: noticeId }) };
    const { signal } = new AbortController();
    const low = aCheckOf('n-4', { rules: [{ key: 'client', reminder: 1 }] });
    await notify(notifyParts(database, accepting), low, signal);
    const later = aCheckOf('n-4', {
      checkAt: low.checkAt + 1,
      rules: [],
      recovered: [{ key: 'client', toldAt: low.checkAt }],
    });
    await notify(notifyParts(database, accepting), later, signal);
    assert.match((await run({ client: 'n-4' })).out, /│ client recovered +│ accepted/);
    const { out } = await run({ client: 'n-4', format: 'json' });
    const { notices: found } = JSON.parse(out) as { notices: { rules: string[]; recovered: string[] }[] };
    assert.deepEqual(
      new Set(found.map(({ rules, recovered }) => `${rules.join()} / ${recovered.join()}`)),
      new Set(['client / ', ' / client']),
    );
  });

  it('says that there are more than are shown', async () => {
    const { out, err } = await run({ limit: 2 });
    assert.match(out, /2 notices/);
    assert.match(err, /Only the latest 2/);
  });

  it('says that there is none', async () =>
    assert.equal((await run({ client: 'none' })).out, 'No notice.\n'));
});
