import assert from 'node:assert/strict';
import fc from 'fast-check';
import { check } from '../../activities/check.js';
import { notify } from '../../activities/notify.js';
import type { Delivery, DeliveryReport } from '../../delivery/delivery-report.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import type { Channel } from '../../delivery/channel.js';
import { createUnreachedAddresses } from '../../delivery/ledger/unreached-addresses.js';
import { createDeliveryReports, type DeliveryReports } from '../../delivery/ledger/delivery-reports.js';
import { openDatabase } from '../../store/database.js';
import { aCheckOf, addLowClient, createNotifyWorld, notifyParts, type NotifyWorld } from './notify-setup.js';

describe('what became of mails, with real MySQL', () => {
  let world: NotifyWorld;
  let deliveries: DeliveryReports;
  let clients = 0;

  before(async () => {
    world = await createNotifyWorld();
    deliveries = createDeliveryReports(world.database);
  });
  after(() => world?.stop());

  const accepting: Channel = { send: () => Promise.resolve({ messageId: 'm' }) };
  const losing: Channel = { send: () => Promise.reject(new DeliveryError('no-answer', 'lost')) };

  /** A client whose notice was sent to its billing e-mail. */
  async function aToldClient(
    mailer = accepting,
  ): Promise<{ clientId: string; address: string; noticeId: string }> {
    clients += 1;
    const clientId = `d-${clients}`;
    const address = `Billing@${clientId}.example`;
    await addLowClient(world.database, clientId, address);
    const input = aCheckOf(clientId, { checkAt: 1_000, rules: [{ key: 'client', reminder: 1 }] });
    await notify(notifyParts(world.database, mailer), input, new AbortController().signal).catch(() => {});
    const [row] = await world.database.query<{ id: string }[]>(
      'SELECT id FROM low_balance_notice WHERE client_id = ?',
      [clientId],
    );
    return { clientId, address, noticeId: row!.id };
  }

  function event(
    { noticeId, address }: { noticeId: string; address: string },
    delivery: Delivery | 'processed',
    second: number,
  ): DeliveryReport {
    return {
      eventId: `${delivery}-${second}`,
      noticeId,
      messageId: 'm',
      address: address.toLowerCase(),
      delivery,
      reason: `because ${delivery}`,
      at: 1_600_000_000_000 + second * 1_000,
    };
  }

  async function deliveryOf(noticeId: string): Promise<unknown> {
    const [row] = await world.database.query<{ delivery: string; event_id: string }[]>(
      'SELECT delivery, event_id FROM low_balance_notice_recipient WHERE notice_id = ?',
      [noticeId],
    );
    return row?.delivery ?? null;
  }

  async function unreached(address: string): Promise<unknown> {
    const [row] = await world.database.query<{ unreached: number }[]>(
      'SELECT unreached FROM low_balance_address WHERE address = ?',
      [address.toLowerCase()],
    );
    return row?.unreached ?? null;
  }

  it('is kept with the recipient, without regard to case', async () => {
    const told = await aToldClient();
    await deliveries.record([event(told, 'delivered', 1)]);
    assert.equal(await deliveryOf(told.noticeId), 'delivered');
    assert.equal(await unreached(told.address), 0);
  });

  it('does not overwrite a bounce by an older delivery', async () => {
    const told = await aToldClient();
    await deliveries.record([event(told, 'bounced', 5)]);
    await deliveries.record([event(told, 'delivered', 4), event(told, 'deferred', 6)]);
    assert.equal(await deliveryOf(told.noticeId), 'bounced');
    assert.equal(await unreached(told.address), 1);
  });

  it('is the same for the same reports in any order, any number of times', async () => {
    const reports: readonly (readonly [Delivery | 'processed', number])[] = [
      ['processed', 0],
      ['deferred', 1],
      ['deferred', 3],
      ['delivered', 4],
      ['bounced', 4],
      ['delivered', 2],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(reports.concat(reports) as [Delivery, number][], { minLength: 12 }),
        async (order) => {
          const told = await aToldClient();
          for (const [delivery, second] of order) await deliveries.record([event(told, delivery, second)]);
          assert.equal(await deliveryOf(told.noticeId), 'bounced');
          assert.equal(await unreached(told.address), 1);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('reaches an address again after a later delivery', async () => {
    const told = await aToldClient();
    await deliveries.record([event(told, 'bounced', 1)]);
    await deliveries.record([event(told, 'delivered', 2)]);
    assert.equal(await unreached(told.address), 0);
  });

  it('proves that a mail was accepted whose answer was lost, so that it is not sent again', async () => {
    const told = await aToldClient(losing);
    await deliveries.record([event(told, 'processed', 1)]);
    const again = { send: () => assert.fail('it was sent again') };
    const input = aCheckOf(told.clientId, { checkAt: 1_000, rules: [{ key: 'client', reminder: 1 }] });
    const { accepted } = await notify(
      notifyParts(world.database, again),
      input,
      new AbortController().signal,
    );
    assert.equal(accepted.length, 1);
  });

  it('does nothing for a mail of somebody else', async () => {
    const stranger = { noticeId: '', address: 'stranger@else.example' };
    const { noticeId: _, ...report } = event(stranger, 'bounced', 1);
    await deliveries.record([report]);
    assert.equal(await unreached(stranger.address), null);
  });

  it('takes a late bounce that names no mail, for an address that is known', async () => {
    const told = await aToldClient();
    await deliveries.record([event(told, 'delivered', 1)]);
    const { noticeId: _, ...report } = event(told, 'bounced', 90);
    await deliveries.record([report]);
    assert.equal(await unreached(told.address), 1);
  });

  /** As SendGrid reports a bounce that comes long after the mail. */
  function nameless(report: DeliveryReport): DeliveryReport {
    const { noticeId: _, ...rest } = report;
    return rest;
  }

  it('takes a bounce that names no mail together with the first delivery to its address, in the order of time', async () => {
    const told = await aToldClient();
    const bounce = nameless(event(told, 'bounced', 10));
    await deliveries.record([bounce, event(told, 'delivered', 9)]);
    assert.equal(await unreached(told.address), 1);
  });

  it('takes a bounce that names no mail before anything else is known of the address', async () => {
    const told = await aToldClient();
    await deliveries.record([nameless(event(told, 'bounced', 10))]);
    assert.equal(await unreached(told.address), 1);
    await deliveries.record([event(told, 'delivered', 9)]);
    assert.equal(await unreached(told.address), 1, 'the delivery was before');
  });

  it('is the same in any order and any parts, whether or not reports name a mail', async () => {
    const reports: readonly (readonly [Delivery | 'processed', number, boolean])[] = [
      ['processed', 0, true],
      ['deferred', 1, true],
      ['delivered', 2, true],
      ['blocked', 3, false],
      ['delivered', 9, true],
      ['bounced', 10, false],
      ['dropped', 10, false],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...reports, ...reports], { minLength: 14 }),
        fc.array(fc.nat(14), { maxLength: 4 }),
        async (order, cuts) => {
          const told = await aToldClient();
          const all = order.map(([delivery, second, named]) => {
            const report = event(told, delivery, second);
            return named ? report : nameless(report);
          });
          const ends = [...cuts, all.length].sort((a, b) => a - b);
          for (const [index, end] of ends.entries()) {
            const part = all.slice(ends[index - 1] ?? 0, end);
            await deliveries.record(part);
          }
          assert.equal(await deliveryOf(told.noticeId), 'delivered');
          assert.deepEqual(
            await world.database.query(
              'SELECT delivery, unreached FROM low_balance_address WHERE address = ?',
              [told.address.toLowerCase()],
            ),
            [{ delivery: 'dropped', unreached: 1 }],
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  it('keeps the others where one cannot be stored', async () => {
    const unstorable: string[] = [];
    const careful = createDeliveryReports(world.database, {
      onUnstorable: ({ eventId }) => unstorable.push(eventId),
    });
    const told = await aToldClient();
    await careful.record([
      { ...event(told, 'bounced', 5), eventId: 'too long', address: `${'a'.repeat(400)}@else.example` },
      { ...event(told, 'bounced', 5), eventId: 'no instant', at: 1e300 },
      event(told, 'delivered', 4),
    ]);
    assert.deepEqual([...new Set(unstorable)].sort(), ['no instant', 'too long']);
    assert.equal(await deliveryOf(told.noticeId), 'delivered');
    assert.equal(await unreached(told.address), 0);
  });

  it('is refused as a whole while the database is away, and nothing is taken for unstorable', async () => {
    const away = await openDatabase(world.url);
    await away.destroy();
    const told = await aToldClient();
    const report = event(told, 'bounced', 5);
    await assert.rejects(
      createDeliveryReports(away, { onUnstorable: () => assert.fail('given up') }).record([report]),
    );
    await deliveries.record([report]);
    assert.equal(await deliveryOf(told.noticeId), 'bounced');
  });

  it('takes many reports at once, from two receivers at once', async () => {
    const told = await Promise.all(Array.from({ length: 50 }, () => aToldClient()));
    const many = told.flatMap((each) => [event(each, 'processed', 0), event(each, 'delivered', 1)]);
    await Promise.all([deliveries.record(many), deliveries.record(many.toReversed())]);
    for (const { noticeId } of told) assert.equal(await deliveryOf(noticeId), 'delivered');
  });

  it("shows in a check's result which rules name an address that mail does not reach, without a query for each check", async () => {
    const told = await aToldClient();
    const unreached = createUnreachedAddresses(world.database, {
      refreshEveryMs: 0,
      onError: (error) => assert.fail(String(error)),
    });
    const parts = { ...notifyParts(world.database, accepting), unreached };
    const input = {
      clientId: told.clientId,
      watch: { acceptedAt: {} },
      plannedAt: 1_000,
      dueAt: 1_000,
      now: 1_000,
    };
    const before = await check(parts, input);
    assert.ok(before.kind === 'checked' && before.unreached === undefined);
    await deliveries.record([event(told, 'bounced', 1)]);
    const shown = await eventually(async () => {
      const result = await check(parts, input);
      return result.kind === 'checked' ? result.unreached : undefined;
    });
    assert.deepEqual(shown, [{ rule: 'client', delivery: 'bounced' }]);
    await world.database.query(
      "UPDATE billing_client SET billing_email = 'new@client.example' WHERE client_id = ?",
      [told.clientId],
    );
    const corrected = await check(parts, input);
    assert.ok(
      corrected.kind === 'checked' && corrected.unreached === undefined,
      'a corrected address shows no more',
    );
  });

  it('asks once in a while and not for each check', async () => {
    let queries = 0;
    const counting = new Proxy(world.database, {
      get(target, name) {
        if (name === 'query') queries += 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const unreached = createUnreachedAddresses(counting, { onError: (error) => assert.fail(String(error)) });
    for (let each = 0; each < 1_000; each += 1) await unreached.known();
    assert.equal(queries, 2);
  });
});

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return undefined;
}
