import assert from 'node:assert/strict';
import { reconcile } from '../../activities/reconcile.js';
import type { ReconcileCursor, ReconcileResult } from '../../activities/contract.js';
import type { Counted, Parts } from '../../activities/parts.js';
import type { ClientIdentity } from '../../domain/client.js';
import type { WatchedClient } from '../../store/watched-row.js';

const now = Date.parse('2026-11-24T09:00:00Z');
const dayMs = 86_400_000;

/** A fleet in the hands of a test: what the billing data shows, what is watched, and what may go wrong. */
function aFleet(assigned: readonly string[]) {
  const rows = new Map<string, WatchedClient>();
  const running = new Set<string>();
  const checked: string[] = [];
  const counted: Counted[] = [];
  const faults: {
    start?: (clientId: string) => Error | undefined;
    write?: (clientId: string) => Error | undefined;
  } = {};
  const clients = assigned.map(
    (clientId) =>
      ({ clientId, profileId: 'acme/prepaid', status: 'active', prepaid: true }) as ClientIdentity,
  );
  const parts = {
    now: () => Promise.resolve(now),
    count: (what: Counted) => void counted.push(what),
    profiles: { periods: () => Promise.resolve(new Map([['acme/prepaid', dayMs]])) },
    billing: {
      listClients: (after: string, limit: number) =>
        Promise.resolve(clients.filter(({ clientId }) => clientId > after).slice(0, limit)),
      identifyAll: (ids: readonly string[]) =>
        Promise.resolve(clients.filter(({ clientId }) => ids.includes(clientId))),
    },
    watched: {
      rowsOf: (ids: readonly string[]) => Promise.resolve(ids.flatMap((id) => rows.get(id) ?? [])),
      listWatched: (after: string) =>
        Promise.resolve([...rows.values()].filter(({ clientId }) => clientId > after)),
      ended: () => Promise.resolve(),
      started(clientId: string, profileId: string) {
        const fault = faults.write?.(clientId);
        if (fault) return Promise.reject(fault);
        rows.set(clientId, {
          clientId,
          profileId,
          periodMs: dayMs,
          nextCheckAt: now,
          seenAt: now,
          starting: true,
          ended: false,
        });
        return Promise.resolve();
      },
    },
    watchers: {
      start(clientId: string) {
        const fault = faults.start?.(clientId);
        if (fault) return Promise.reject(fault);
        if (running.has(clientId)) return Promise.resolve(false);
        running.add(clientId);
        return Promise.resolve(true);
      },
      wakeForLook(clientId: string) {
        checked.push(clientId);
        return Promise.resolve(true);
      },
      wake: (clientId: string) => Promise.resolve(running.has(clientId)),
    },
  } as unknown as Parts;
  return { parts, rows, running, checked, faults, counted };
}

/** All parts of a reconciliation, as the workflow asks for them. */
async function reconcileAll({ parts }: ReturnType<typeof aFleet>): Promise<readonly ReconcileResult[]> {
  const results: ReconcileResult[] = [];
  for (let from: ReconcileCursor | undefined = { pass: 'lost', after: '' }; from;) {
    const result: ReconcileResult = await reconcile(parts, { from }, () => {});
    results.push(result);
    from = result.next;
    assert.ok(results.length < 50, 'it ends');
  }
  return results;
}

const refusedOf = (results: readonly ReconcileResult[]) => results.flatMap(({ refused }) => refused);

describe('a reconciliation', () => {
  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['of 70 characters', 'x'.repeat(70), /^client_id: expected at most 64 characters, found 70/],
    ['with a blank at its beginning', ' C-9', /^client_id: expected no blank at its beginning or end/],
    ['with a line break within', 'C\n9', /^client_id: expected no control character/],
    ['of blanks', '   ', /^client_id: expected 1 to 64 characters/],
  ];
  for (const [name, id, problem] of bad) {
    it(`names an id ${name}, passes it over, and watches the others`, async () => {
      const fleet = aFleet(['A-1', id, 'Z-1']);
      const results = await reconcileAll(fleet);
      assert.deepEqual([...fleet.running], ['A-1', 'Z-1']);
      const refused = refusedOf(results);
      assert.equal(refused.length, 1);
      assert.match(refused[0]!.problem, problem);
      assert.deepEqual(
        fleet.counted.map((each) => (each.what === 'reconciled' ? each.passedOver : 0)),
        [1, 0].slice(0, results.length),
      );
    });
  }

  const ofOne: readonly (readonly [string, Error])[] = [
    ['Temporal refuses', Object.assign(new Error('workflow id too long'), { code: 3 })],
    [
      'MySQL refuses as too long',
      Object.assign(new Error('Data too long for column'), { code: 'ER_DATA_TOO_LONG', sqlState: '22001' }),
    ],
    ['brings out a defect', new TypeError('undefined is not a function')],
  ];
  for (const [name, error] of ofOne) {
    it(`passes over a client that ${name}, and names it`, async () => {
      const fleet = aFleet(['A-1', 'BAD', 'Z-1']);
      fleet.faults.write = (clientId) => (clientId === 'BAD' ? error : undefined);
      const refused = refusedOf(await reconcileAll(fleet));
      assert.deepEqual(refused, [{ clientId: 'BAD', problem: error.message }]);
      assert.deepEqual([...fleet.rows.keys()], ['A-1', 'Z-1']);
    });
  }

  it('has a client checked at once whose row somebody deleted while its workflow runs', async () => {
    const fleet = aFleet(['A-1', 'B-2']);
    fleet.running.add('B-2');
    await reconcileAll(fleet);
    assert.deepEqual(fleet.checked, ['B-2']);
    await reconcileAll(fleet);
    assert.deepEqual(fleet.checked, ['B-2'], 'once');
  });

  it('is tried again where Temporal or MySQL is away, once every other client was tried', async () => {
    for (const error of [
      Object.assign(new Error('14 UNAVAILABLE'), { code: 14 }),
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      Object.assign(new Error('Deadlock found'), { code: 'ER_LOCK_DEADLOCK', sqlState: '40001' }),
    ]) {
      const fleet = aFleet(['A-1', 'B-1', 'Z-1']);
      fleet.faults.start = (clientId) => (clientId === 'B-1' ? error : undefined);
      await assert.rejects(reconcileAll(fleet), error);
      assert.deepEqual([...fleet.running], ['A-1', 'Z-1']);
    }
  });

  it('counts all that it passed over, and names the first of them', async () => {
    const fleet = aFleet(Array.from({ length: 30 }, (_, i) => `${'x'.repeat(70)}${i}`));
    const [result] = await reconcileAll(fleet);
    assert.equal(result?.refused.length, 10);
    assert.equal(result?.refusedCount, 30);
  });

  it('does not read a page for ever that ends where it began', async () => {
    const fleet = aFleet(['A-1']);
    const page = Array.from({ length: 5_000 }, () => ({ clientId: 'A-1', status: 'closed' }));
    Object.assign(fleet.parts.billing, { listClients: () => Promise.resolve(page) });
    assert.equal((await reconcileAll(fleet)).at(-1)?.next, undefined);
  });
});
