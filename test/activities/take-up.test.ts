import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from '../../activities/check.js';
import { notify } from '../../activities/notify.js';
import type { Parts } from '../../activities/parts.js';
import { remember, takeUpEarlier } from '../../activities/take-up.js';
import { countsOf } from '../../domain/cycle/counters.js';
import { unrecoveredCheck } from '../../domain/cycle/told.js';
import { freshWatch, isMuted, mute, unmute, type WatchState } from '../../domain/cycle/watch-state.js';
import { beginWatching } from '../../domain/watching/carried.js';
import type { CheckInput } from '../../domain/watching/check.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import { noteCheck, startCheck } from '../../domain/watching/watching.js';
import type { Unsent } from '../../domain/watching/unsent.js';
import { createWatchedClients } from '../../store/watched-clients.js';
import { addLowClient, aCheckOf, createNotifyWorld, notifyParts, type NotifyWorld } from './notify-setup.js';

const profileId = 'acme/prepaid';
const hourMs = 3_600_000;

describe('what a workflow that starts again finds in MySQL (rule 25)', function () {
  this.timeout(120_000);
  let world: NotifyWorld;
  let parts: Parts;
  let away = false;
  let clients = 0;

  before(async () => {
    world = await createNotifyWorld();
    parts = notifyParts(world.database, {
      send({ noticeId }) {
        if (away) throw new DeliveryError('unavailable', 'the provider is away');
        return Promise.resolve({ messageId: noticeId });
      },
    });
  });
  after(() => world?.stop());

  async function aWatchedClient(checkAt: number, unsent?: Unsent): Promise<string> {
    clients += 1;
    const clientId = `again-${clients}`;
    away = false;
    await addLowClient(world.database, clientId);
    await parts.watched.seen({
      clientId,
      profileId,
      state: 'low',
      periodMs: 24 * hourMs,
      plannedAt: checkAt,
      nextCheckAt: checkAt + 24 * hourMs,
      seenAt: checkAt,
      watch: { profileId, acceptedAt: { client: [checkAt - 24 * hourMs] }, mutedUntil: checkAt + hourMs },
      ...(unsent ? { unsent } : {}),
    });
    return clientId;
  }

  const notified = (clientId: string, checkAt: number) =>
    notify(parts, aCheckOf(clientId, { checkAt, instant: checkAt - 5 }), new AbortController().signal);
  const takenUp = (clientId: string, now: number) =>
    takeUpEarlier(parts, { clientId, watch: freshWatch, now }, profileId, now);

  it("is each one's own where many start together", async () => {
    const at = Date.now() - hourMs;
    const ids = [await aWatchedClient(at), await aWatchedClient(at + 1), await aWatchedClient(at + 2)];
    await notified(ids[1]!, at + 1);
    const otherCase = ids[0]!.toUpperCase();
    const found = await Promise.all([...ids, otherCase].map((id) => takenUp(id, Date.now())));
    assert.deepEqual(
      found.map((each) => each && { plannedAt: each.plannedAt, ...countsOf(each.watch) }),
      [
        { plannedAt: at, client: 1 },
        { plannedAt: at + 1, client: 2, user: 1 },
        { plannedAt: at + 2, client: 1 },
        undefined,
      ],
    );
  });

  it('has a row for each that was started, though MySQL refuses one of them', async () => {
    const ids = ['started-1', 'x'.repeat(70), 'started-2'];
    const all = await Promise.allSettled(ids.map((id) => parts.watched.started(id, profileId, Date.now())));
    assert.deepEqual(
      all.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    const rows = await parts.watched.rowsOf(ids);
    const starting = rows.filter((row) => row.starting).map(({ clientId }) => clientId);
    assert.deepEqual(new Set(starting), new Set(['started-1', 'started-2']));
  });

  it('has a row for each that was checked, though MySQL refuses one of them', async () => {
    const errors: unknown[] = [];
    const watched = createWatchedClients(world.database, (error) => void errors.push(error));
    const ids = ['checked-1', 'x'.repeat(70), 'checked-2'];
    const row = {
      profileId,
      state: 'low',
      periodMs: hourMs,
      plannedAt: 1,
      nextCheckAt: 2,
      seenAt: 1,
    } as const;
    await Promise.all(ids.map((clientId) => watched.seen({ ...row, clientId, watch: freshWatch })));
    const rows = await watched.rowsOf(ids);
    assert.deepEqual(new Set(rows.map(({ clientId }) => clientId)), new Set(['checked-1', 'checked-2']));
    assert.match(String(errors), /client_id/);
    assert.equal(errors.length, 1);
  });

  it('is nothing where the client never had one', async () => {
    assert.equal(await takenUp('never-watched', Date.now()), undefined);
  });

  it('names no profile where reconciliation alone wrote the row: the first check is still to come (rule 22)', async () => {
    await parts.watched.started('never-checked', profileId, Date.now());
    const found = await takenUp('never-checked', Date.now());
    assert.deepEqual(found, { watch: { acceptedAt: {} } });
  });

  it('is what the ledger knows, where the row was lost', async () => {
    const checkAt = Date.now() - hourMs;
    const clientId = await aWatchedClient(checkAt);
    await notified(clientId, checkAt);
    await world.database.query('DELETE FROM low_balance_watched_client WHERE client_id = ?', [clientId]);
    await parts.watched.started(clientId, profileId, Date.now());
    const { watch } = (await takenUp(clientId, Date.now()))!;
    assert.deepEqual([watch.profileId, countsOf(watch)], [profileId, { client: 1, user: 1 }]);
  });

  it('is the row of the last check, and what was accepted since', async () => {
    const checkAt = Date.now() - hourMs;
    const clientId = await aWatchedClient(checkAt);
    await notified(clientId, checkAt);
    const found = await takenUp(clientId, Date.now());
    assert.deepEqual(countsOf(found!.watch), { client: 2, user: 1 });
    assert.equal(found?.watch.lastTold?.['client']?.instant, checkAt - 5);
    assert.equal(found?.watch.mutedUntil, checkAt + hourMs);
    assert.deepEqual([found?.plannedAt, found?.checkedFor], [checkAt, checkAt]);
  });

  it('is also what was accepted before a refill that came since: a recovery is due, and a rule for above counts on', async () => {
    const checkAt = Date.now() - hourMs;
    const clientId = await aWatchedClient(checkAt);
    await parts.watched.remember(clientId, { profileId, acceptedAt: {}, aboveRules: ['user'] });
    await notified(clientId, checkAt);
    const now = Date.now() + 1_000;
    const watch = { ...freshWatch, lastRefillAt: now };
    const found = await takeUpEarlier(parts, { clientId, watch, now }, profileId, now);
    assert.deepEqual(countsOf(found!.watch), { user: 1 });
    assert.equal(unrecoveredCheck(found!.watch, 'client'), checkAt);
  });

  it('is what operators changed between two checks', async () => {
    const checkAt = Date.now() - hourMs;
    const clientId = await aWatchedClient(checkAt);
    await parts.watched.remember(clientId, { profileId, acceptedAt: {}, mutedUntil: checkAt + 9 * hourMs });
    const found = await takenUp(clientId, Date.now());
    assert.deepEqual(found?.watch, { profileId, acceptedAt: {}, mutedUntil: checkAt + 9 * hourMs });
  });

  it('is added to by what operators change before a workflow has taken it up', async () => {
    const checkAt = Date.now() - hourMs;
    const until = checkAt + 9 * hourMs;
    const muted = await aWatchedClient(checkAt);
    await remember(parts, { clientId: muted, watch: mute(freshWatch, until) });
    const found = await takenUp(muted, Date.now());
    assert.deepEqual([countsOf(found!.watch), found?.watch.mutedUntil], [{ client: 1 }, until]);
    const unmuted = await aWatchedClient(checkAt);
    await remember(parts, { clientId: unmuted, watch: unmute(freshWatch) });
    const again = await takenUp(unmuted, Date.now());
    assert.deepEqual(countsOf(again!.watch), { client: 1 });
    assert.equal(isMuted(again!.watch, checkAt), false);
  });

  it('stays when the workflow ended and when it was started', async () => {
    const checkAt = Date.now() - hourMs;
    const clientId = await aWatchedClient(checkAt);
    await parts.watched.ended(clientId, 'no-profile', Date.now());
    await parts.watched.started(clientId, profileId, Date.now());
    const found = await takenUp(clientId, Date.now());
    assert.deepEqual([countsOf(found!.watch), found?.plannedAt], [{ client: 1 }, checkAt]);
  });

  it('withdraws what was left unsent, which is then decided again', async () => {
    const checkAt = Date.now() - hourMs;
    const clientId = await aWatchedClient(checkAt);
    away = true;
    await assert.rejects(notified(clientId, checkAt), /away/);
    const found = await takenUp(clientId, Date.now());
    assert.equal(found?.checkedFor, undefined);
    assert.deepEqual(
      (await parts.ledger.find(clientId, checkAt)).map(({ state }) => state),
      ['withdrawn', 'withdrawn'],
    );
  });

  it('decides afresh what a check wanted to send, where its workflow did not live to hand it over', async () => {
    const checkAt = Date.now() - hourMs;
    for (const unsent of ['notices', 'waits'] as const) {
      const found = await takenUp(await aWatchedClient(checkAt, unsent), Date.now());
      assert.deepEqual([found?.plannedAt, found?.checkedFor], [checkAt, undefined], unsent);
    }
    const sent = await aWatchedClient(checkAt, 'notices');
    await notified(sent, checkAt);
    assert.equal((await takenUp(sent, Date.now()))?.checkedFor, checkAt, 'a channel has accepted it');
  });

  it('lets no earlier workflow open a notice any more, also where a stalled worker takes it up late', async () => {
    const checkAt = Date.now() - 1_000;
    const clientId = await aWatchedClient(checkAt);
    const scheduledAt = (at: number): Parts => ({ ...parts, attemptedAt: () => Promise.resolve(at) });
    const notifies = (at: number) =>
      notify(scheduledAt(at), aCheckOf(clientId, { checkAt }), new AbortController().signal);
    await takenUp(clientId, checkAt + 500);
    // Of a worker that stalled before it came to this.
    await takenUp(clientId, checkAt + 100);
    await assert.rejects(notifies(checkAt + 499), /withdrawn before it was opened/);
    assert.deepEqual(await parts.ledger.find(clientId, checkAt), []);
    assert.equal((await notifies(checkAt + 500)).accepted.length, 2);
    await takenUp(clientId, checkAt + 900);
    assert.equal((await notifies(checkAt + 500)).accepted.length, 2, 'what was sent is reported');
  });

  it('is no reason for silence where a check is tried again, because its answer was lost with its worker', async () => {
    const clientId = `again-${(clients += 1)}`;
    await addLowClient(world.database, clientId);
    const startedAt = Date.now() - 2_000;
    const timed = { ...parts, attemptedAt: () => Promise.resolve(0) };
    const sends = async (input: Partial<CheckInput>) => {
      const from = { clientId, watch: freshWatch, plannedAt: startedAt, dueAt: startedAt, now: startedAt };
      const result = await check(timed, { ...from, ...input });
      assert.ok(result.kind === 'checked');
      await parts.watched.flush();
      return result.decisions.map(({ decision }) => decision);
    };
    assert.deepEqual(await sends({}), ['send', 'send']);
    assert.deepEqual(await sends({ now: startedAt + 1_000 }), ['send', 'send'], 'the first check');
    const next = {
      watch: { ...freshWatch, profileId },
      checkedAt: startedAt,
      dueAt: startedAt + 24 * hourMs,
    };
    assert.deepEqual(await sends({ ...next, now: next.dueAt }), ['send', 'send']);
    assert.deepEqual(await sends({ ...next, now: next.dueAt + 1_000 }), ['send', 'send'], 'a later one');
  });

  it('waits while somebody may still be sending', async () => {
    const checkAt = Date.now() - hourMs;
    const clientId = await aWatchedClient(checkAt);
    away = true;
    await assert.rejects(notified(clientId, checkAt), /away/);
    const [entry] = await parts.ledger.find(clientId, checkAt);
    assert.equal((await parts.ledger.claim(entry!.id, 60_000)).kind, 'claimed');
    await assert.rejects(takenUp(clientId, Date.now()), /earlier workflow is being sent/);
  });

  it('leaves what another worker sends that made the check, while this one stood still amid it', async () => {
    const [begunAt, now] = [Date.now() - 40_000, Date.now()];
    const clientId = await aWatchedClient(begunAt - hourMs);
    away = true;
    await assert.rejects(notified(clientId, now - 20_000), /away/);
    await takeUpEarlier(parts, { clientId, watch: freshWatch, now: begunAt }, profileId, now);
    const states = async () => (await parts.ledger.find(clientId, now - 20_000)).map(({ state }) => state);
    assert.ok((await states()).every((state) => state === 'pending'));
    await takenUp(clientId, now);
    assert.ok((await states()).every((state) => state === 'withdrawn'));
  });

  it('counts in the cycle in which it was accepted, though the client was refilled while this check still read', async () => {
    const checkAt = Date.now() - hourMs;
    const clientId = await aWatchedClient(checkAt);
    let refilledAt = 0;
    const meanwhile = async () => {
      await sleep(5);
      await notified(clientId, checkAt);
      await sleep(5);
      refilledAt = Date.now();
      await refillOf(clientId, refilledAt);
    };
    const billing: Parts['billing'] = {
      ...parts.billing,
      async readClient(...what) {
        await meanwhile();
        return await parts.billing.readClient(...what);
      },
    };
    for (const watch of await checkedFirst(clientId, Date.now(), { billing }))
      assert.deepEqual([watch.lastRefillAt, countsOf(watch)], [refilledAt, {}]);
  });

  it('knows a refill of the future, though the clock of MySQL is far ahead', async () => {
    const now = Date.now();
    const clientId = await aWatchedClient(now - hourMs);
    await refillOf(clientId, now + hourMs);
    const clock = () => Promise.resolve(now + 2 * hourMs);
    for (const watch of await checkedFirst(clientId, now, { now: clock }))
      assert.deepEqual(watch.lastRefillAt, now + 10_000);
  });

  /** What a workflow that starts, and the row, know of a client after its first check. */
  async function checkedFirst(
    clientId: string,
    now: number,
    changes: Partial<Parts>,
  ): Promise<readonly WatchState[]> {
    const begun = startCheck(beginWatching(clientId, undefined, {}, now), now);
    const input = { ...begun.input, clientId };
    const result = await check({ ...parts, ...changes, attemptedAt: () => Promise.resolve(now) }, input);
    await parts.watched.flush();
    assert.ok(result.kind === 'checked');
    const row = await parts.watched.earlier(clientId);
    return [noteCheck(begun.watching, result, now).watch, row!.watch];
  }

  async function refillOf(clientId: string, at: number): Promise<void> {
    await world.database.query('UPDATE billing_client SET last_refill_at = ? WHERE client_id = ?', [
      new Date(at).toISOString().slice(0, -1),
      clientId,
    ]);
  }

  it('counts for the profile alone under which it was sent', async () => {
    const checkAt = Date.now() - hourMs;
    const clientId = await aWatchedClient(checkAt);
    const now = Date.now();
    const found = await takeUpEarlier(parts, { clientId, watch: freshWatch, now }, 'acme/other', now);
    assert.equal(found?.watch.profileId, profileId, 'so that the check starts its counters afresh');
    assert.equal(found.checkedFor, undefined);
  });
});
