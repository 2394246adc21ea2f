import type { ClientState } from '../domain/client-state.js';
import { createBilling } from '../billing/mysql/billing.js';
import { watchedWith } from '../domain/assignment.js';
import type { Queryable } from '../store/queryable.js';
import { readAssigner } from '../store/stored-assigner.js';

/** How a profile's clients are, as of their last checks. */
export interface ProfileCounts {
  readonly clients: number;
  readonly states: Readonly<Partial<Record<ClientState, number>>>;
}

const clientsAtOnce = 10_000;

/**
 * By profile id, also of ids that no profile has. Clients are those that have the profile by the rows of MySQL, prepaid and not closed.
 */
export async function readProfileCounts(
  own: Queryable,
  billing: Queryable,
): Promise<ReadonlyMap<string, ProfileCounts>> {
  const clients = await countClients(own, billing);
  const watched = await own.query<{ profile_id: string; state: ClientState; clients: string | number }[]>(
    `SELECT profile_id, state, COUNT(*) AS clients FROM low_balance_watched_client
     WHERE ended_at IS NULL GROUP BY profile_id, state`,
  );
  const counts = new Map<string, ProfileCounts>(
    [...clients].map(([id, count]) => [id, { clients: count, states: {} }]),
  );
  for (const { profile_id, state, clients: count } of watched) {
    const known = counts.get(profile_id) ?? { clients: 0, states: {} };
    counts.set(profile_id, { ...known, states: { ...known.states, [state]: Number(count) } });
  }
  return counts;
}

async function countClients(own: Queryable, billing: Queryable): Promise<ReadonlyMap<string, number>> {
  const assigner = await readAssigner(own);
  const source = createBilling(billing);
  const counts = new Map<string, number>();
  for (let after = ''; ;) {
    const page = await source.listClients(after, clientsAtOnce);
    for (const client of page) {
      const id = watchedWith(client, assigner);
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const last = page.at(-1);
    if (!last || page.length < clientsAtOnce) return counts;
    after = last.clientId;
  }
}
