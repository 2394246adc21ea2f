import assert from 'node:assert/strict';
import { namedProfilesOnly } from '../../domain/assignment.js';
import type { Client } from '../../domain/reading.js';
import { batchedBilling, batchedProfiles } from '../../billing/mysql/batched-reads.js';
import { BillingTimeoutError, type Billing } from '../../billing/billing.js';
import type { StoredProfile } from '../../store/profiles.js';

const needed = { currency: 'USD', logins: [] };

describe('reads of checks that come together', () => {
  function counting(answer: (id: string) => Client | Error) {
    const asked: (readonly string[])[] = [];
    const billing = {
      readClients(ids: readonly string[]) {
        asked.push(ids);
        return Promise.resolve(ids.map(answer));
      },
    } as unknown as Billing;
    return { asked, billing };
  }
  const aClient = (clientId: string) => ({ clientId }) as Client;

  it('share one query for each currency and list of users, and get their own answers', async () => {
    const { asked, billing } = counting(aClient);
    const batched = batchedBilling(billing, 5);
    const found = await Promise.all([
      batched.readClient('A', needed),
      batched.readClient('B', needed),
      batched.readClient('C', { currency: 'EUR', logins: ['j.doe'] }),
    ]);
    assert.deepEqual(found, [aClient('A'), aClient('B'), aClient('C')]);
    assert.deepEqual(asked, [['A', 'B'], ['C']]);
  });

  it('of clients wait no longer than those of their profile', async () => {
    const { asked, billing } = counting(aClient);
    const batched = batchedBilling(billing, 3_600_000);
    const profiles = batchedProfiles(
      {
        read: () => Promise.resolve({ version: 1 } as StoredProfile),
        periods: () => Promise.resolve(new Map()),
        assigner: () => Promise.resolve(namedProfilesOnly),
      },
      5,
    );
    await Promise.all(
      ['A', 'B', 'C'].map(async (id) => {
        await profiles.read('acme/a');
        return await batched.readClient(id, needed);
      }),
    );
    assert.deepEqual(asked, [['A', 'B', 'C']]);
  });

  it('of clients without a known profile are gathered for a while', async () => {
    const { asked, billing } = counting(aClient);
    const batched = batchedBilling(billing, 50);
    const unknown = { currency: null, logins: [] };
    const first = batched.readClient('A', unknown);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([first, batched.readClient('B', unknown)]);
    assert.deepEqual(asked, [['A', 'B']]);
  });

  it('are read anew each time', async () => {
    const { asked, billing } = counting(aClient);
    const batched = batchedBilling(billing, 1);
    await batched.readClient('A', needed);
    await batched.readClient('A', needed);
    assert.equal(asked.length, 2);
  });

  it('fail alone where the data of one is wrong, and together where the database does not answer', async () => {
    const { billing } = counting((id) => (id === 'BAD' ? new RangeError('not a time') : aClient(id)));
    const batched = batchedBilling(billing, 5);
    const [good, bad] = await Promise.allSettled([
      batched.readClient('GOOD', needed),
      batched.readClient('BAD', needed),
    ]);
    assert.equal(good.status, 'fulfilled');
    assert.ok(bad.status === 'rejected' && bad.reason instanceof RangeError);
    const down = batchedBilling(
      { readClients: () => Promise.reject(new Error('gone')) } as unknown as Billing,
      5,
    );
    const both = await Promise.allSettled([down.readClient('A', needed), down.readClient('B', needed)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
  });

  it('of a client that is read slowly keep nobody else of its batch waiting', async () => {
    const { billing } = counting(aClient);
    const readClients = billing.readClients.bind(billing);
    const batched = batchedBilling(
      {
        ...billing,
        async readClients(ids: readonly string[], read: typeof needed & { withinMs?: number }) {
          if (ids.includes('SLOW')) {
            await new Promise((resolve) => setTimeout(resolve, read.withinMs));
            throw new BillingTimeoutError('stopped');
          }
          return await readClients(ids, read);
        },
      },
      5,
    );
    const within = { ...needed, withinMs: 2_000 };
    const from = performance.now();
    const slow = batched.readClient('SLOW', within);
    const failed = assert.rejects(slow, BillingTimeoutError);
    assert.deepEqual(await batched.readClient('FAST', within), aClient('FAST'));
    assert.ok(performance.now() - from < 1_800, 'it waited for the slow one');
    await failed;
  });

  it('read a profile that many have once', async () => {
    let reads = 0;
    const profiles = batchedProfiles(
      {
        read: () => Promise.resolve({ version: (reads += 1) } as StoredProfile),
        periods: () => Promise.resolve(new Map()),
        assigner: () => Promise.resolve(namedProfilesOnly),
      },
      5,
    );
    const found = await Promise.all(['acme/a', 'acme/a', 'acme/a'].map((id) => profiles.read(id)));
    assert.deepEqual(
      found.map((each) => each?.version),
      [1, 1, 1],
    );
  });

  it('ask once who has which profile, and again at the next check', async () => {
    let asked = 0;
    const profiles = batchedProfiles(
      {
        read: () => Promise.resolve({ version: 1 } as StoredProfile),
        periods: () => Promise.resolve(new Map()),
        assigner: () => Promise.resolve({ ...namedProfilesOnly, appliesToAny: (asked += 1) > 0 }),
      },
      5,
    );
    await Promise.all([profiles.assigner(), profiles.assigner(), profiles.assigner()]);
    assert.equal(asked, 1);
    await profiles.assigner();
    assert.equal(asked, 2);
  });
});
