import assert from 'node:assert/strict';
import { DeliveryError } from '../../delivery/delivery-error.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { createHolds } from '../../store/holds.js';
import { watchWorkflowId } from '../../worker/parts.js';
import { examineLooks, lookId, scheduleLooks } from '../../worker/looks.js';
import type { Service } from '../../worker/service.js';
import { lookSignal, profileChangedSignal } from '../../workflows/messages.js';
import type { LookSums } from '../../workflows/look-sums.js';

const checkEveryMs = 3_000;

describe('looks at the fleet between planned checks', function () {
  this.timeout(300_000);
  let servers: RealServers;
  let worker: Service;

  before(async () => {
    servers = await startRealServers();
    worker = await servers.startWorker();
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });
  beforeEach(() => servers.refuse(undefined));
  afterEach(() => schedule().pause('between tests'));

  const schedule = () => servers.client.schedule.getHandle(lookId);
  const balance = (clientId: string, amount: string) =>
    servers.database.query('UPDATE billing_client SET balance = ? WHERE client_id = ?', [amount, clientId]);
  const mailsOf = (clientId: string) => servers.mails.filter((mail) => mail.clientId === clientId);
  const events = async (clientId: string) =>
    (await servers.client.workflow.getHandle(watchWorkflowId(clientId)).describe()).historyLength;
  const rowOf = async (clientId: string) => {
    const [row] = await servers.database.query<{ state: string; planned_at: string; unrecovered: number }[]>(
      'SELECT state, planned_at, unrecovered FROM low_balance_watched_client WHERE client_id = ?',
      [clientId],
    );
    return row;
  };
  const rowAt = async (clientId: string) => {
    const [row] = await servers.database.query<{ checked_at: string }[]>(
      'SELECT checked_at FROM low_balance_watched_client WHERE client_id = ?',
      [clientId],
    );
    return { lastCheckAt: Number(row?.checked_at) };
  };
  const statusOf = async (clientId: string) =>
    (await servers.client.workflow.getHandle(watchWorkflowId(clientId)).describe()).status.name;
  /** Watched, checked once, and asleep. */
  const asleep = async (clientId: string, state: string) => {
    await servers.watch(clientId);
    await eventually(`${clientId} is ${state}`, async () => (await rowOf(clientId))?.state === state);
    // The row is written by the check: the history, a moment later.
    await eventually(`${clientId} sleeps`, async () => {
      const { lastCheckAt, telling } = await servers.status(clientId);
      return lastCheckAt !== null && telling === null;
    });
  };
  /** One look, and what it did. */
  const lookOnce = async (): Promise<LookSums> => {
    const workflowId = `${lookId}:by-hand:${Math.random()}`;
    return (await servers.client.workflow.execute('lookAtClients', {
      workflowId,
      taskQueue: 'low-balance',
      args: [],
    })) as LookSums;
  };
  const notices = async (clientId: string, state: string) =>
    (
      await servers.database.query<unknown[]>(
        'SELECT id FROM low_balance_notice WHERE client_id = ? AND state = ?',
        [clientId, state],
      )
    ).length;
  const settled = (clientId: string) =>
    eventually(`the notices of ${clientId} are settled`, async () => {
      const { telling } = await servers.status(clientId);
      return telling === null;
    });

  it('a fall is notified within checkEvery, and nobody else is woken; the grid stays', async () => {
    await putProfile(servers.database, 'prepaid', { more: { checkEvery: `${checkEveryMs / 1_000}s` } });
    await putProfile(servers.database, 'slow');
    for (const id of ['FALL', 'WELL', 'TOLD'])
      await putClient(servers.database, id, id === 'TOLD' ? '10' : '100');
    await putClient(servers.database, 'SLOW', '100', 'acme/slow');
    for (const [id, state] of [
      ['FALL', 'ok'],
      ['WELL', 'ok'],
      ['TOLD', 'low'],
      ['SLOW', 'ok'],
    ] as const)
      await asleep(id, state);
    await eventually('who was low at first was notified', () =>
      Promise.resolve(mailsOf('TOLD').length === 1),
    );
    const planned = (await rowOf('FALL'))!.planned_at;
    const before = { WELL: await events('WELL'), TOLD: await events('TOLD'), SLOW: await events('SLOW') };
    assert.equal(await scheduleLooks(servers.client, servers.database), checkEveryMs);
    await schedule().unpause();
    await eventually('a look was completed', async () => {
      const { completed } = await examineLooks(servers.client, Date.now());
      return completed !== undefined;
    });
    const fell = Date.now();
    await Promise.all([balance('FALL', '10'), balance('SLOW', '10')]);
    await eventually('the fall is notified', () => Promise.resolve(mailsOf('FALL').length === 1), 60_000);
    const tookMs = Date.now() - fell;
    // Two cores run the servers too: what a look and a check take comes on top.
    assert.ok(tookMs < checkEveryMs + 5_000, `notified after ${tookMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2 * checkEveryMs));
    assert.equal(mailsOf('FALL').length, 1);
    assert.equal((await rowOf('FALL'))!.planned_at, planned);
    assert.deepEqual(
      { WELL: await events('WELL'), TOLD: await events('TOLD'), SLOW: await events('SLOW') },
      before,
    );
    assert.equal(mailsOf('SLOW').length, 0, 'a profile without checkEvery waits for its planned check');
  });

  it('a recovery, and a rule for "above", are notified by a look', async () => {
    await putProfile(servers.database, 'prepaid', {
      more: {
        checkEvery: '10s',
        clientNotification: { threshold: 50, recovered: true },
        advancedRules: [{ name: 'owes', when: 'above', threshold: 1_000, emails: ['noc@acme.example'] }],
      },
    });
    await putClient(servers.database, 'RISES', '10');
    await asleep('RISES', 'low');
    await eventually('it is notified', () => Promise.resolve(mailsOf('RISES').length === 1));
    await eventually('its row says so', async () => (await rowOf('RISES'))?.unrecovered === 1);
    await balance('RISES', '60');
    assert.deepEqual((await lookOnce()).some, ['RISES']);
    await eventually('the recovery is notified', () => Promise.resolve(mailsOf('RISES').length === 2));
    await eventually('its row says so', async () => (await rowOf('RISES'))?.unrecovered === 0);
    assert.equal((await lookOnce()).woken, 0);
    await balance('RISES', '1001');
    assert.deepEqual((await lookOnce()).some, ['RISES']);
    await eventually('what it owes is notified', () => Promise.resolve(mailsOf('RISES').length === 3));
    await settled('RISES');
    assert.equal((await lookOnce()).woken, 0);
  });

  it('a client whose notice is on its way, or was refused for good, is left alone', async () => {
    await putProfile(servers.database, 'prepaid', { more: { checkEvery: '10s' } });
    await putClient(servers.database, 'PENDING', '100');
    await putClient(servers.database, 'REFUSED', '100');
    await asleep('PENDING', 'ok');
    await asleep('REFUSED', 'ok');
    servers.refuse(new DeliveryError('unavailable', 'the provider is away'));
    await balance('PENDING', '10');
    assert.deepEqual((await lookOnce()).some, ['PENDING']);
    await eventually('a notice is on its way', async () => (await notices('PENDING', 'pending')) === 1);
    assert.equal((await lookOnce()).woken, 0);
    servers.refuse(new DeliveryError('rejected', 'the address is refused'));
    await balance('REFUSED', '10');
    assert.deepEqual((await lookOnce()).some, ['REFUSED']);
    await eventually('its notice failed', async () => (await notices('REFUSED', 'failed')) === 1);
    assert.equal((await lookOnce()).woken, 0);
    servers.refuse(undefined);
    await settled('PENDING');
  });

  it('a client that is held is left alone while it would be held again, and is notified by a look once it would not', async () => {
    const holds = createHolds(servers.database);
    await putProfile(servers.database, 'held', { more: { checkEvery: '10s' } });
    const scope = { kind: 'profile', profileId: 'acme/held' } as const;
    await holds.add(scope, null, { by: 'test', why: 'a test', at: Date.now() });
    await putClient(servers.database, 'HELD', '100', 'acme/held');
    await asleep('HELD', 'ok');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await balance('HELD', '10');
    assert.deepEqual((await lookOnce()).some, ['HELD']);
    await eventually('it is held', async () => (await rowOf('HELD'))?.state === 'held');
    assert.equal((await lookOnce()).woken, 0);
    await holds.release(scope, { by: 'test', why: 'a test', at: Date.now() });
    // A worker heeds what is held within a second.
    await eventually('a look wakes it', async () => (await lookOnce()).some.includes('HELD'));
    await eventually('it is notified', () => Promise.resolve(mailsOf('HELD').length === 1));
    await settled('HELD');
    assert.equal((await lookOnce()).woken, 0);
  });

  it('outside of sending hours nobody is woken; once they are open, a look is enough', async () => {
    const hours = (open: boolean) => {
      const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][
        (new Date().getUTCDay() + (open ? 0 : 3)) % 7
      ];
      return { from: '00:00', to: '00:00', days: [day] };
    };
    await putProfile(servers.database, 'hours', { more: { checkEvery: '10s', sendingHours: hours(false) } });
    await putClient(servers.database, 'NIGHT', '100', 'acme/hours');
    await asleep('NIGHT', 'ok');
    await balance('NIGHT', '10');
    const closed = await lookOnce();
    assert.deepEqual([closed.woken, mailsOf('NIGHT').length], [0, 0]);
    await putProfile(servers.database, 'hours', { more: { checkEvery: '10s', sendingHours: hours(true) } });
    assert.deepEqual((await lookOnce()).some, ['NIGHT']);
    await eventually('it is notified', () => Promise.resolve(mailsOf('NIGHT').length === 1));
  });

  it('a woken client that is not low any more stays quiet', async () => {
    await putProfile(servers.database, 'prepaid', { more: { checkEvery: '10s' } });
    await putClient(servers.database, 'BACK', '100');
    await asleep('BACK', 'ok');
    const { lastCheckAt: before } = await servers.status('BACK');
    await servers.client.workflow.getHandle(watchWorkflowId('BACK')).signal(lookSignal);
    await eventually('it was checked', async () => (await servers.status('BACK')).lastCheckAt !== before);
    assert.equal(mailsOf('BACK').length, 0);
    assert.equal((await servers.status('BACK')).state, 'ok');
  });

  it('a wake that comes together with the planned check, as after an outage of the workers, makes one check of both', async () => {
    await putProfile(servers.database, 'quick', { period: '2s' });
    await putClient(servers.database, 'TOGETHER', '100', 'acme/quick');
    await asleep('TOGETHER', 'ok');
    await worker.stop();
    const { lastCheckAt } = await rowAt('TOGETHER');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    for (const signal of [lookSignal, profileChangedSignal])
      await servers.client.workflow.getHandle(watchWorkflowId('TOGETHER')).signal(signal);
    worker = await servers.startWorker();
    await eventually(
      'it is checked again',
      async () => (await rowAt('TOGETHER')).lastCheckAt > lastCheckAt + 4_000,
    );
    assert.equal(await statusOf('TOGETHER'), 'RUNNING');
  });

  it('looks that overlap are skipped, and one that takes longer than its interval says so', async () => {
    await putProfile(servers.database, 'prepaid', { more: { checkEvery: '1s' } });
    await scheduleLooks(servers.client, servers.database);
    await worker.stop();
    await schedule().unpause();
    await eventually('several intervals pass without a worker', async () => {
      const { info } = await schedule().describe();
      return info.numActionsSkippedOverlap >= 2;
    });
    const { problem } = await examineLooks(servers.client, Date.now());
    assert.match(problem ?? '', /goes on since .* Expected less than its interval of 1s/);
    const { info } = await schedule().describe();
    assert.equal(info.runningActions.length, 1);
    worker = await servers.startWorker();
    await eventually('a look that keeps its interval was completed', async () => {
      const found = await examineLooks(servers.client, Date.now());
      return found.problem === undefined && found.completed !== undefined && found.completed.tookMs < 1_000;
    });
  });

  it('the Schedule follows the profiles: the smallest checkEvery, paused where none says one, and as somebody paused it', async () => {
    await servers.database.query('DELETE FROM low_balance_profile');
    await schedule().unpause();
    const stateOf = async () => {
      const { spec, state } = await schedule().describe();
      return { every: spec.intervals?.[0]?.every, paused: state.paused, note: state.note };
    };
    assert.equal(await scheduleLooks(servers.client, servers.database), undefined);
    assert.deepEqual(await stateOf(), { every: 3_600_000, paused: true, note: 'no profile says checkEvery' });
    assert.deepEqual(await examineLooks(servers.client, Date.now()), {});
    await putProfile(servers.database, 'a', { more: { checkEvery: '5m' } });
    await putProfile(servers.database, 'b', { more: { checkEvery: '1m' } });
    await putProfile(servers.database, 'c');
    assert.equal(await scheduleLooks(servers.client, servers.database), 60_000);
    assert.deepEqual(await stateOf(), { every: 60_000, paused: false, note: '' });
    await schedule().pause('maintenance');
    await scheduleLooks(servers.client, servers.database);
    assert.equal((await stateOf()).paused, true);
    assert.match((await examineLooks(servers.client, Date.now())).problem ?? '', /is paused: maintenance/);
  });
});
