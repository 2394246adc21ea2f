import DataLoader from 'dataloader';
import type { Billing, ClientRead, ReadFor } from '../billing.js';
import type { Assigner } from '../../domain/assignment.js';
import type { ClientIdentity } from '../../domain/client.js';
import { pacedReads } from './paced-reads.js';
import type { Profiles, StoredProfile } from '../../store/profiles.js';

/** Clients of one query at most. */
const mostAtOnce = 500;

interface Key {
  readonly clientId: string;
  readonly needed: ReadFor;
}

/**
 * What checks read of clients, gathered: those that come together share one query. Checks whose profile was read together
 * come together, at once; those that know no profile yet are gathered over `windowMs`. Nothing is kept, so each check reads
 * what is there when it comes.
 */
export function batchedBilling(billing: Billing, windowMs: number): Billing {
  const paced = { readClients: pacedReads((ids, needed) => billing.readClients(ids, needed)) };
  const read = (keys: readonly Key[]) => readInGroups(paced, keys);
  const bounds = { cache: false, maxBatchSize: mostAtOnce } as const;
  const together = new DataLoader(read, bounds);
  const gathered = new DataLoader(read, { ...bounds, batchScheduleFn: after(windowMs) });
  const identities = new DataLoader<string, ClientIdentity | undefined>(
    async (ids) => {
      const found = new Map(
        (await billing.identifyAll(ids)).map((identity) => [identity.clientId, identity]),
      );
      return ids.map((id) => found.get(id));
    },
    { ...bounds, batchScheduleFn: after(windowMs) },
  );
  return {
    ...billing,
    readClient: (clientId, needed) =>
      (needed.currency === null ? gathered : together).load({ clientId, needed }),
    identify: (clientId) => identities.load(clientId),
  };
}

/** A query for each currency and list of users. */
async function readInGroups(
  billing: Pick<Billing, 'readClients'>,
  keys: readonly Key[],
): Promise<(ClientRead | Error | undefined)[]> {
  const groups = new Map<string, number[]>();
  for (const [index, { needed }] of keys.entries()) {
    const group = groups.get(groupOf(needed));
    if (group) group.push(index);
    else groups.set(groupOf(needed), [index]);
  }
  const found: (ClientRead | Error | undefined)[] = keys.map(() => undefined);
  await Promise.all(
    [...groups.values()].map(async (indexes) => {
      const ids = indexes.map((index) => keys[index]!.clientId);
      const read = await billing
        .readClients(ids, keys[indexes[0]!]!.needed)
        .catch((error: unknown) => ids.map(() => error as Error));
      indexes.forEach((index, i) => (found[index] = read[i]));
    }),
  );
  return found;
}

/** A profile that many clients have is read and parsed once for all whose checks come within `windowMs`. */
export function batchedProfiles(profiles: Profiles, windowMs: number): Profiles {
  const loader = new DataLoader<string, StoredProfile | undefined>(
    async (ids) => {
      const reads = new Map([...new Set(ids)].map((id) => [id, profiles.read(id)]));
      return await Promise.all(ids.map((id) => reads.get(id)!.catch((error: unknown) => error as Error)));
    },
    { cache: false, maxBatchSize: mostAtOnce, batchScheduleFn: after(windowMs) },
  );
  // Checks whose clients were read together ask together.
  const assigners = new DataLoader<'now', Assigner>(
    async (asked) => {
      const assigner = await profiles.assigner();
      return asked.map(() => assigner);
    },
    { cache: false },
  );
  return { ...profiles, read: (id) => loader.load(id), assigner: () => assigners.load('now') };
}

function groupOf({ currency, logins, costly, withinMs }: ReadFor): string {
  return JSON.stringify([currency, logins, costly, withinMs]);
}

function after(windowMs: number): (callback: () => void) => void {
  return (callback) => void setTimeout(callback, windowMs);
}
