import assert from 'node:assert/strict';
import { sampleClients } from '../../dev/sample-clients.js';
import { sampleFleetOf, type OwnProfile } from '../../dev/sample-fleet.js';

const samples = [...new Set(sampleClients.flatMap(({ profile }) => profile ?? []))];
const aProfile = (id: string, changes: Partial<OwnProfile> = {}): OwnProfile => ({
  id,
  currency: 'EUR',
  resellerId: id.split('/')[0]!,
  ...changes,
});
const idsOf = (clients: typeof sampleClients, profile: string | null) =>
  clients.filter((each) => each.profile === profile).map(({ id }) => id);

describe('the sample clients of the local stack', () => {
  it('are as they are where the profiles that they name are there', () => {
    const { clients, resellers } = sampleFleetOf(samples.map((id) => aProfile(id)));
    assert.deepEqual(clients, sampleClients);
    assert.deepEqual(
      resellers.map(({ id }) => id),
      ['acme', 'globex'],
    );
  });

  it('are of the profiles of a team that has others, with their reseller and currency', () => {
    const own = [aProfile('northwind/b'), aProfile('northwind/a', { resellerId: '17' })];
    const { clients, resellers } = sampleFleetOf(own);
    assert.deepEqual(idsOf(clients, 'northwind/a'), idsOf(sampleClients, samples[0]!));
    assert.deepEqual(idsOf(clients, 'northwind/b'), idsOf(sampleClients, samples[1]!));
    const [first] = clients;
    assert.deepEqual([first?.reseller, first?.currency], ['17', 'EUR']);
    assert.deepEqual(
      resellers.map(({ id }) => id),
      ['acme', 'globex', '17', 'northwind'],
    );
  });

  it('name no profile that is not there', () => {
    const own = [aProfile(samples[0]!), aProfile('northwind/a')];
    const { clients } = sampleFleetOf(own);
    assert.deepEqual(idsOf(clients, samples[0]!), idsOf(sampleClients, samples[0]!));
    assert.deepEqual(
      new Set(clients.map(({ profile }) => profile)),
      new Set([samples[0], 'northwind/a', null]),
    );
    assert.deepEqual(new Set(sampleFleetOf([]).clients.map(({ profile }) => profile)), new Set([null]));
  });
});
