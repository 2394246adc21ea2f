import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { BillingTimeoutError, type ClientRead } from '../../billing/billing.js';
import { pacedReads } from '../../billing/mysql/paced-reads.js';
import { aClient } from '../domain/builders.js';

const needed = { currency: 'USD', logins: [] };
const idsOf = (count: number) => Array.from({ length: count }, (_, i) => `C-${i}`);

/** Views that take so long for each client, and a server that stops a statement at its limit. */
function views(msPerClient: (id: string) => number) {
  const asked: number[] = [];
  let [running, most] = [0, 0];
  const reads = pacedReads(async (ids, { withinMs = 0 }) => {
    asked.push(ids.length);
    running += 1;
    most = Math.max(most, running);
    const ms = ids.reduce((sum, id) => sum + msPerClient(id), 0);
    try {
      await sleep(Math.min(ms, withinMs));
    } finally {
      running -= 1;
    }
    if (ms > withinMs) throw new BillingTimeoutError('stopped');
    return ids.map((clientId): ClientRead => aClient({ clientId }));
  });
  const read = (...asking: Parameters<typeof reads>) => Promise.all(reads(...asking));
  return { asked, read, reads, most: () => most };
}

describe('reads of many clients, paced by how fast the views are', () => {
  it('ask for more at once where they are fast', async () => {
    const { asked, read } = views(() => 0.01);
    for (let round = 0; round < 3; round += 1) await read(idsOf(1_000), needed);
    assert.ok(Math.max(...asked) > 300, String(asked));
    assert.ok(Math.max(...asked) <= 500);
  });

  it('ask for fewer where they are slow, a few statements at a time, and answer everyone in order', async () => {
    const { asked, read, most } = views(() => 15);
    const found = await read(idsOf(200), { ...needed, withinMs: 20_000 });
    assert.deepEqual(
      found.map((client) => (client instanceof Error ? client.message : client?.clientId)),
      idsOf(200),
    );
    assert.ok(asked.at(-1)! < 70, String(asked));
    assert.ok(most() <= 4, String(most()));
  }).timeout(30_000);

  it('give up what nobody waits for any more, without another statement', async () => {
    const { asked, read } = views(() => 300);
    const from = performance.now();
    const found = await read(idsOf(50), { ...needed, withinMs: 2_000 });
    assert.ok(performance.now() - from < 3_000);
    const late = found.filter((client) => client instanceof BillingTimeoutError);
    assert.ok(late.length > 10 && late.length < 50, `${late.length} of 50 were late`);
    const statements = asked.length;
    await sleep(500);
    assert.equal(asked.length, statements);
  }).timeout(20_000);

  it('let one client that cannot be read fail alone', async () => {
    const { reads } = views((id) => (id === 'C-3' ? 60_000 : 1));
    const from = performance.now();
    const reading = reads(idsOf(8), { ...needed, withinMs: 3_000 });
    await Promise.all(reading.filter((_, i) => i !== 3));
    assert.ok(performance.now() - from < 2_900, 'the others wait for it');
    const found = await Promise.all(reading);
    assert.deepEqual(
      found.flatMap((client, i) => (client instanceof Error ? [i] : [])),
      [3],
    );
  }).timeout(10_000);

  it('do not wait for clients that others read with more patience', async () => {
    const { read } = views((id) => (id === 'fast' ? 1 : 60_000));
    const patient = Promise.all(idsOf(8).map((id) => read([id], { ...needed, withinMs: 6_000 })));
    const [fast] = await read(['fast'], { ...needed, withinMs: 500 });
    assert.ok(fast && !(fast instanceof Error), 'it waited for them');
    assert.ok((await patient).flat().every((each) => each instanceof BillingTimeoutError));
  }).timeout(20_000);

  it('fail together where the database fails', async () => {
    const reads = pacedReads(() => Promise.reject(new Error('gone')));
    const found = await Promise.all(reads(idsOf(3), needed));
    assert.ok(found.every((each) => each instanceof Error && each.message === 'gone'));
  });
});
