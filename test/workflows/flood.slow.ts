import assert from 'node:assert/strict';
import { DeliveryError } from '../../delivery/delivery-error.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';
import { json, payloadOf, rawMessages } from './raw-messages.js';

/** Temporal's own limits hold here: a run takes 10,000 signals, and then refuses them. */
const signals = 10_500;
const suggestedAfter = 4_096;

describe('a flood of more signals than a run may take, on the real Temporal', function () {
  this.timeout(600_000);
  let servers: RealServers;
  let worker: Service;

  before(async () => {
    servers = await startRealServers();
    worker = await servers.startWorker();
    await putProfile(servers.database, 'prepaid');
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  /**
   * Sends them twenty at a time, and in the midst of them `amid`. Where so many came that Temporal refuses one until a new run
   * begins, its sender hears of it and sends it again.
   */
  async function flood(clientId: string, amid: () => Promise<void>, count = signals): Promise<void> {
    const raw = rawMessages(servers.client, servers.namespace);
    const junk = payloadOf('json/plain', `"${'x'.repeat(500)}"`);
    let sent = 0;
    const send = async () => {
      while (sent < count) {
        const i = sent++;
        if (i === count / 2) await amid();
        await eventually('it is taken', async () => {
          await raw.signal(clientId, i % 2 === 0 ? 'refill' : `unknown-${i}`, [junk]);
          return true;
        });
      }
    };
    await Promise.all(Array.from({ length: 20 }, send));
  }

  async function allAreNoted(clientId: string, count = signals): Promise<void> {
    const handle = servers.client.workflow.getHandle(watchWorkflowId(clientId));
    await eventually('all are noted', async () => {
      const page = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
      return page.currentDetails.includes(`last of ${count} since`);
    });
  }

  const describeOf = (clientId: string) =>
    servers.client.workflow.getHandle(watchWorkflowId(clientId)).describe();
  const mailsTo = (clientId: string) => servers.mails.filter((mail) => mail.clientId === clientId);

  it('while the client sleeps: it goes on, a refill amid them counts, and nobody is told again', async () => {
    await putClient(servers.database, 'SLEEPS', '40');
    await servers.watch('SLEEPS');
    await eventually('told', async () => (await servers.status('SLEEPS')).rules['client']?.count === 1);
    const at = new Date().toISOString();
    const raw = rawMessages(servers.client, servers.namespace);
    await flood('SLEEPS', () => raw.signal('SLEEPS', 'refill', [json({ refillId: 'r', at })]));
    await allAreNoted('SLEEPS');
    await eventually(
      'a new run began',
      async () => (await describeOf('SLEEPS')).historyLength < suggestedAfter,
    );
    assert.equal((await describeOf('SLEEPS')).status.name, 'RUNNING');
    const { lastRefillAt, rules } = await servers.status('SLEEPS');
    assert.deepEqual([lastRefillAt, rules['client']?.count], [at, 0]);
    assert.equal(mailsTo('SLEEPS').length, 1);
  });

  it('while no worker runs: the next worker takes them all, also of a client that it starts', async () => {
    await putClient(servers.database, 'WAITS', '40');
    await servers.watch('WAITS');
    await eventually('told', async () => (await servers.status('WAITS')).rules['client']?.count === 1);
    await worker.stop();
    const at = new Date().toISOString();
    const raw = rawMessages(servers.client, servers.namespace);
    await putClient(servers.database, 'STARTS', '40');
    await raw.signalWithStart(watchWorkflowId('STARTS'), [json({ clientId: 'STARTS' })]);
    // As many as a run takes: with none of them done, the next one is refused.
    const waiting = ['WAITS', 'STARTS'];
    await Promise.all(
      waiting.map((id) => flood(id, () => raw.signal(id, 'refill', [json({ refillId: 'r', at })]), 9_900)),
    );
    worker = await servers.startWorker();
    for (const id of waiting) await allAreNoted(id, 9_900);
    await eventually('told', async () => (await servers.status('STARTS')).rules['client']?.count === 1);
    const { lastRefillAt, rules } = await servers.status('WAITS');
    assert.deepEqual([lastRefillAt, rules['client']?.count], [at, 0]);
    assert.equal((await servers.status('STARTS')).lastRefillAt, at);
    for (const id of waiting) assert.equal(mailsTo(id).length, 1);
  });

  it('while a notice is on its way: it goes on, and it is told once the provider takes it, and once only', async () => {
    servers.refuse(new DeliveryError('unavailable', 'the provider is away'));
    await putClient(servers.database, 'TELLING', '40');
    await servers.watch('TELLING');
    await eventually(
      'a notice is on its way',
      async () => (await servers.status('TELLING')).telling !== null,
    );
    await flood('TELLING', () => Promise.resolve());
    await allAreNoted('TELLING');
    await eventually(
      'a new run began',
      async () => (await describeOf('TELLING')).historyLength < suggestedAfter,
    );
    assert.equal((await describeOf('TELLING')).status.name, 'RUNNING');
    servers.refuse(undefined);
    await eventually(
      'told',
      async () => (await servers.status('TELLING')).rules['client']?.count === 1,
      400_000,
    );
    assert.equal(mailsTo('TELLING').length, 1);
  });
});
