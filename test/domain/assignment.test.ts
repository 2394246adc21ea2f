import assert from 'node:assert/strict';
import { createAssigner, watchedWith, type AssignableProfile } from '../../domain/assignment.js';
import type { ClientIdentity } from '../../domain/client.js';

function aClient(changes: Partial<ClientIdentity> = {}): ClientIdentity {
  return {
    clientId: 'C-1',
    resellerId: 'acme',
    profileId: null,
    group: null,
    currency: 'USD',
    status: 'active',
    prepaid: true,
    ...changes,
  };
}

function aProfile(id: string, appliesTo?: AssignableProfile['appliesTo'], sortOrder = 10): AssignableProfile {
  return { id, reseller: id.split('/')[0]!, sortOrder, appliesTo };
}

describe('which profile a client has', () => {
  const platform = [{ reseller: 'platform', platform: true }];
  const cases: readonly (readonly [
    name: string,
    profiles: readonly AssignableProfile[],
    client: Partial<ClientIdentity>,
    expected: string | null,
    places?: Parameters<typeof createAssigner>[1],
  ])[] = [
    ['the billing data names it', [aProfile('acme/a', { all: true })], { profileId: 'acme/b' }, 'acme/b'],
    ['none applies to anybody', [aProfile('acme/a')], {}, null],
    ['an empty appliesTo fits nobody', [aProfile('acme/a', {})], {}, null],
    ['one is for all clients of the reseller', [aProfile('acme/a', { all: true })], {}, 'acme/a'],
    ['of another reseller nothing applies', [aProfile('globex/a', { all: true })], {}, null],
    ['the group fits', [aProfile('acme/a', { groups: ['retail', 'vip'] })], { group: 'vip' }, 'acme/a'],
    ['the group is another', [aProfile('acme/a', { groups: ['vip'] })], { group: 'VIP' }, null],
    [
      'every key must fit',
      [aProfile('acme/a', { groups: ['vip'], currencies: ['EUR'] })],
      { group: 'vip' },
      null,
    ],
    ['one entry of a list is enough', [aProfile('acme/a', { currencies: ['EUR', 'USD'] })], {}, 'acme/a'],
    ['a client is named', [aProfile('acme/a', { clients: ['C-2', 'C-1'] })], {}, 'acme/a'],
    [
      'all with another key is as narrow as that',
      [aProfile('acme/a', { all: true, groups: ['vip'] })],
      {},
      null,
    ],
    [
      'the lower sort order comes first',
      [aProfile('acme/a', { all: true }, 20), aProfile('acme/b', { all: true }, 10)],
      {},
      'acme/b',
    ],
    [
      'then the lower id',
      [aProfile('acme/b', { all: true }), aProfile('acme/a', { all: true })],
      {},
      'acme/a',
    ],
    [
      "the reseller's own come before the platform's",
      [aProfile('platform/a', { all: true }, 1), aProfile('acme/a', { all: true }, 99)],
      {},
      'acme/a',
      platform,
    ],
    [
      'the platform serves every reseller',
      [aProfile('platform/a', { all: true })],
      { resellerId: 'initech' },
      'platform/a',
      platform,
    ],
    [
      'and clients without a reseller',
      [aProfile('platform/a', { all: true })],
      { resellerId: null },
      'platform/a',
      platform,
    ],
    ['the platform names resellers', [aProfile('platform/a', { resellers: ['globex'] })], {}, null, platform],
    [
      'a reseller is named by its folder',
      [aProfile('platform/a', { resellers: ['acme'] })],
      { resellerId: '17' },
      'platform/a',
      [...platform, { reseller: 'acme', billingId: '17' }],
    ],
    [
      'or by its id in the billing data',
      [aProfile('platform/a', { resellers: ['17'] })],
      { resellerId: '17' },
      'platform/a',
      [...platform, { reseller: 'acme', billingId: '17' }],
    ],
    [
      'a folder has another id',
      [aProfile('acme/a', { all: true })],
      { resellerId: '17' },
      'acme/a',
      [{ reseller: 'acme', billingId: '17' }],
    ],
    [
      'its name is then no id',
      [aProfile('acme/a', { all: true })],
      {},
      null,
      [{ reseller: 'acme', billingId: '17' }],
    ],
    [
      'a folder is for clients without a reseller',
      [aProfile('own/a', { all: true })],
      { resellerId: null },
      'own/a',
      [{ reseller: 'own', billingId: null }],
    ],
    [
      'a currency that cannot be read moves nobody',
      [aProfile('acme/a', { currencies: ['USD'] })],
      { currency: undefined },
      'acme/a',
    ],
  ];
  for (const [name, profiles, client, expected, places] of cases)
    it(name, () => {
      assert.equal(createAssigner(profiles, places).assign(aClient(client)).profileId, expected);
    });

  it('matters only for clients that are prepaid and not closed; what cannot be read is watched', () => {
    const assigner = createAssigner([aProfile('acme/a', { all: true })]);
    assert.equal(watchedWith(aClient({ status: 'closed' }), assigner), undefined);
    assert.equal(watchedWith(aClient({ prepaid: false }), assigner), undefined);
    assert.equal(watchedWith(aClient({ status: 'suspended' }), assigner), 'acme/a');
    assert.equal(watchedWith(aClient({ status: undefined, prepaid: undefined }), assigner), 'acme/a');
  });
});
