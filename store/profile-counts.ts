import type { Queryable } from './queryable.js';

/** How a profile's clients are, as of their last checks. */
export interface ProfileCounts {
  readonly clients: number;
  readonly low: number;
  readonly exhausted: number;
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
  const states = await own.query<
    { profile_id: string; state: 'low' | 'exhausted'; clients: string | number }[]
  >(
    `SELECT profile_id, state, COUNT(*) AS clients FROM low_balance_watched_client
     WHERE ended_at IS NULL AND state IN ('low', 'exhausted') GROUP BY profile_id, state`,
  );
  const counts = new Map<string, ProfileCounts>(
    assigned.map(({ profile_id, clients }) => [
      profile_id,
      { clients: Number(clients), low: 0, exhausted: 0 },
    ]),
  );
  for (const { profile_id, state, clients } of states) {
    const known = counts.get(profile_id) ?? { clients: 0, low: 0, exhausted: 0 };
    counts.set(profile_id, { ...known, [state]: Number(clients) });
  }
  return counts;
}
