import DataLoader from 'dataloader';
import type { Billing, ReadFor } from '../billing.js';
import type { Assigner } from '../../domain/assignment.js';
import type { ClientIdentity } from '../../domain/client.js';
import { pacedReads, type Found, type PacedReads } from './paced-reads.js';
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
  const paced = pacedReads((ids, needed) => billing.readClients(ids, needed));
  const read = (keys: readonly Key[]) => Promise.resolve(readInGroups(paced, keys));
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
    async readClient(clientId, needed) {
      const reading = await (needed.currency === null ? gathered : together).load({ clientId, needed });
      const found = await reading.found;
      if (found instanceof Error) throw found;
      return found;
    },
    identify: (clientId) => identities.load(clientId),
  };
}

/** What one client's read will have found. A loader answers all its keys at once, and no client is to wait for another one. */
interface Reading {
  readonly found: Promise<Found>;
}

/** A query for each currency and list of users. */
function readInGroups(paced: PacedReads, keys: readonly Key[]): readonly Reading[] {
  const groups = new Map<string, number[]>();
  for (const [index, { needed }] of keys.entries()) {
    const group = groups.get(groupOf(needed));
    if (group) group.push(index);
    else groups.set(groupOf(needed), [index]);
  }
  const readings = new Map<number, Reading>();
  for (const indexes of groups.values()) {
    const ids = indexes.map((index) => keys[index]!.clientId);
    const reads = paced(ids, keys[indexes[0]!]!.needed);
    indexes.forEach((index, i) => readings.set(index, { found: reads[i]! }));
  }
  return keys.map((_, index) => readings.get(index)!);
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
