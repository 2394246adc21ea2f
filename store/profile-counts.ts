import type { ClientState } from '../domain/client-state.js';
import type { Queryable } from './queryable.js';

/** How a profile's clients are, as of their last checks. */
export interface ProfileCounts {
  readonly clients: number;
  readonly states: Readonly<Partial<Record<ClientState, number>>>;
}

/** By profile id. Clients are those that the billing system assigns, prepaid and not closed. */
export async function readProfileCounts(
  own: Queryable,
  billing: Queryable,
): Promise<ReadonlyMap<string, ProfileCounts>> {
  const assigned = await billing.query<{ profile_id: string; clients: string | number }[]>(
    `SELECT profile_id, COUNT(*) AS clients FROM billing_client
     WHERE profile_id IS NOT NULL AND prepaid = 1 AND status <> 'closed' GROUP BY profile_id`,
  );
  const watched = await own.query<{ profile_id: string; state: ClientState; clients: string | number }[]>(
    `SELECT profile_id, state, COUNT(*) AS clients FROM low_balance_watched_client
     WHERE ended_at IS NULL GROUP BY profile_id, state`,
  );
  const counts = new Map<string, ProfileCounts>(
    assigned.map(({ profile_id, clients }) => [profile_id, { clients: Number(clients), states: {} }]),
  );
  for (const { profile_id, state, clients } of watched) {
    const { clients: known = 0, states = {} } = counts.get(profile_id) ?? {};
    counts.set(profile_id, { clients: known, states: { ...states, [state]: Number(clients) } });
  }
  return counts;
}
