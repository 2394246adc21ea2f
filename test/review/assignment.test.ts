import assert from 'node:assert/strict';
import { createStoredAssigner } from '../../store/stored-assigner.js';
import { createBilling } from '../../billing/mysql/billing.js';
import { useWorld, type Ran, type World } from './world.js';

interface PlanOfMoves {
  readonly changes: readonly {
    readonly profile: string;
    readonly clients: {
      readonly assigned: number;
      readonly newlyTold: readonly string[];
      readonly leftWithoutProfile: number;
    };
  }[];
  readonly resellers: readonly unknown[];
  readonly unknownProfiles: readonly { readonly profile: string; readonly clients: number }[];
  readonly moves: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly clients: number;
    readonly newlyTold: number;
  }[];
  readonly guards: readonly { readonly name: string; readonly value: number; readonly ok: boolean }[];
}

describe('who moves between profiles by a sync', function () {
  this.timeout(60_000);
  let world: World;
  useWorld((given) => (world = given));

  const planOf = ({ out }: Ran) => JSON.parse(out) as PlanOfMoves;
  const movesOf = (ran: Ran) =>
    planOf(ran).moves.map(({ from, to, clients, newlyTold }) => [from, to, clients, newlyTold]);
  async function profileOf(id: string): Promise<string | null> {
    const identity = await createBilling(world.database).identify(id);
    assert.ok(identity);
    return (await createStoredAssigner(world.database)()).assign(identity).profileId;
  }

  it('says whom a new appliesTo gives a profile, decides for them, and the sync carries it out', async () => {
    await world.write('acme/vip', { sortOrder: 1, appliesTo: { groups: ['vip'] } });
    await world.write('acme/rest', { sortOrder: 2, appliesTo: { all: true } });
    await world.addClient({ id: 'c-1', profile: null, group: 'vip' });
    await world.addClient({ id: 'c-2', profile: null, balance: 500 });
    await world.addClient({ id: 'c-3', profile: null, reseller: 'globex' });
    await world.addClient({ id: 'c-4', profile: null, status: 'CLOSED' });
    const planned = planOf(await world.plan());
    assert.deepEqual(
      planned.moves.map(({ from, to, clients, newlyTold }) => [from, to, clients, newlyTold]),
      [
        [null, 'acme/rest', 1, 0],
        [null, 'acme/vip', 1, 1],
      ],
    );
    const vip = planned.changes.find(({ profile }) => profile === 'acme/vip');
    assert.deepEqual([vip?.clients.assigned, vip?.clients.newlyTold], [1, ['c-1']]);
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(
      [await profileOf('c-1'), await profileOf('c-2'), await profileOf('c-3')],
      ['acme/vip', 'acme/rest', null],
    );
    assert.equal((await world.plan()).code, 0, 'nothing is left to do');
  });

  it('counts those who lose the profile they have, also to one that does not change', async () => {
    await world.write('acme/a', {
      sortOrder: 1,
      appliesTo: { all: true },
      clientNotification: { threshold: 1 },
    });
    await world.write('acme/b', { sortOrder: 2, appliesTo: { all: true } });
    for (const id of ['c-1', 'c-2']) await world.addClient({ id, profile: null });
    await world.addClient({ id: 'named', profile: 'acme/a' });
    await world.sync();
    await world.write('acme/a', {
      sortOrder: 3,
      appliesTo: { all: true },
      clientNotification: { threshold: 1 },
    });
    await world.writeText('policy.json', '{ "maxMovedClients": 1 }');
    const planned = await world.plan();
    assert.deepEqual(movesOf(planned), [['acme/a', 'acme/b', 2, 2]]);
    const guardOf = (name: string) => planOf(planned).guards.find((guard) => guard.name === name);
    assert.deepEqual([guardOf('maxMovedClients')?.value, guardOf('maxMovedClients')?.ok], [2, false]);
    assert.equal(guardOf('maxNewlyTold')?.value, 2, 'those who move are newly told too');
    assert.equal((await world.sync()).code, 3);
    await world.writeText('policy.json', '{ "maxMovedClients": 2 }');
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual([await profileOf('c-1'), await profileOf('named')], ['acme/b', 'acme/a']);
    await world.write('acme/b', { sortOrder: 2 });
    assert.deepEqual(movesOf(await world.plan()), [['acme/b', 'acme/a', 2, 0]]);
    await world.write('acme/a', { sortOrder: 3, clientNotification: { threshold: 1 } });
    const left = planOf(await world.plan());
    assert.deepEqual(
      left.moves.map(({ from, to, clients }) => [from, to, clients]),
      [['acme/b', null, 2]],
    );
    const of = (profile: string) => left.changes.find((change) => change.profile === profile)?.clients;
    assert.deepEqual([of('acme/b')?.leftWithoutProfile, of('acme/a')?.leftWithoutProfile], [2, 0]);
  });

  it('names what the billing data calls a profile and is none, also where nothing changes', async () => {
    await world.write('acme/prepaid', {});
    await world.addClient({ id: 'c-1', profile: 'acme/prepaid' });
    await world.addClient({ id: 'c-2', profile: 'Acme/prepaid' });
    await world.addClient({ id: 'c-3', profile: ' acme/gone' });
    await world.addClient({ id: 'c-4', profile: 'acme/gone ' });
    await world.addClient({ id: 'c-5', profile: 'acme/gone', status: 'closed' });
    await world.addClient({ id: 'c-6', profile: ' ' });
    const expected = [
      { profile: 'acme/gone', clients: 2 },
      { profile: 'Acme/prepaid', clients: 1 },
    ];
    assert.deepEqual(planOf(await world.plan()).unknownProfiles, expected);
    assert.equal((await world.sync()).code, 0);
    const nothing = await world.plan({ format: 'human' });
    assert.match(nothing.out, /^No changes/);
    assert.match(
      nothing.out,
      /Warning: the billing data names profiles that there are not, by clients: "acme\/gone" \(2\), "Acme\/prepaid" \(1\)/,
    );
    assert.match(
      (await world.plan({ format: 'markdown' })).out,
      /> Warning: the billing data names profiles/,
    );
  });

  it('moves clients by resellers’ settings alone: ids of the billing data, and the platform', async () => {
    await world.write('platform/all', { appliesTo: { resellers: ['acme'] } });
    await world.write('acme/a', { appliesTo: { all: true } });
    await world.writeText('platform/reseller.json', '{ "platform": true } // for everybody');
    await world.addClient({ id: 'c-1', profile: null, reseller: '17' });
    assert.equal((await world.sync()).code, 0);
    assert.equal(await profileOf('c-1'), null);
    await world.writeText('acme/reseller.json', '{ "billingId": "17" }');
    const planned = await world.plan();
    assert.equal(planned.code, 2);
    assert.deepEqual(movesOf(planned), [[null, 'acme/a', 1, 1]]);
    assert.deepEqual(planOf(planned).resellers, [
      {
        action: 'create',
        reseller: 'acme',
        fields: [{ path: 'billingId', from: null, to: '17' }],
        profiles: 1,
        clients: 1,
      },
    ]);
    assert.equal((await world.sync()).code, 0);
    assert.equal(await profileOf('c-1'), 'acme/a');
    await world.write('acme/a');
    assert.deepEqual(movesOf(await world.plan()), [['acme/a', 'platform/all', 1, 0]]);
    await world.remove('platform/reseller.json');
    assert.match((await world.plan()).out + (await world.plan()).err, /not-a-platform/);
  });

  it('refuses two folders of one id, and what is no setting', async () => {
    await world.write('acme/a');
    await world.write('globex/a');
    await world.writeText('globex/reseller.json', '{ "billingId": "acme" }');
    const twice = await world.plan();
    assert.match(twice.out + twice.err, /billing-id-twice/);
    await world.writeText('globex/reseller.json', '{ "billingID": "7" }');
    const wrong = await world.plan();
    assert.equal(wrong.code, 1);
    assert.match(wrong.out + wrong.err, /globex\/reseller\.json/);
  });
});
