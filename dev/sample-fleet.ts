import { sampleClients, sampleResellers, type SampleClient } from './sample-clients.js';

/** A profile of the repository that the local stack runs in. */
export interface OwnProfile {
  readonly id: string;
  readonly currency: string;
  /** Of its reseller in the billing data. */
  readonly resellerId: string;
}

export interface SampleFleet {
  readonly clients: readonly SampleClient[];
  readonly resellers: readonly SampleReseller[];
}

export interface SampleReseller {
  readonly id: string;
  readonly name: string;
  readonly manager: string;
}

/**
 * The sample clients for the profiles of any repository. Where it lacks a profile that they name, they get one of its own that has none
 * yet, with its reseller and currency, by id; where none is left, they have no profile.
 */
export function sampleFleetOf(profiles: readonly OwnProfile[]): SampleFleet {
  const there = new Set(profiles.map(({ id }) => id));
  const named = [...new Set(sampleClients.flatMap(({ profile }) => profile ?? []))];
  const free = profiles.filter(({ id }) => !named.includes(id)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const lacking = named.filter((id) => !there.has(id));
  const instead = new Map(lacking.map((id, i) => [id, free[i]]));
  const clients = sampleClients.map((client): SampleClient => {
    if (client.profile === null || there.has(client.profile)) return client;
    const own = instead.get(client.profile);
    if (!own) return { ...client, profile: null };
    return { ...client, profile: own.id, reseller: own.resellerId, currency: own.currency };
  });
  const known = new Set<string>(sampleResellers.map(({ id }) => id));
  const others = [...new Set(clients.map(({ reseller }) => reseller))].filter((id) => !known.has(id));
  return {
    clients,
    resellers: [
      ...sampleResellers,
      ...others.map((id) => ({ id, name: id, manager: `manager@${id.toLowerCase()}.example` })),
    ],
  };
}
