import { createFleetReader } from '../billing/mysql/fleet-reader.js';
import { watchedWith, type Assigner } from '../domain/assignment.js';
import type { Queryable } from '../store/queryable.js';

/** An id of the billing data that no profile has, and its clients, prepaid and not closed: nobody watches them. */
export interface UnknownProfile {
  readonly profile: string;
  readonly clients: number;
}

const pageSize = 10_000;

/** By number of clients, most first. Costs one statement where the billing data names only profiles that there are. */
export async function readUnknownProfiles(
  billing: Queryable,
  known: ReadonlySet<string>,
  assigner: Assigner,
): Promise<readonly UnknownProfile[]> {
  const fleet = createFleetReader(billing);
  const unknown = (await fleet.namedProfiles()).filter((id) => !known.has(id.trim()));
  if (unknown.length === 0) return [];
  const counts = new Map<string, number>();
  const named = { profiles: unknown, unnamed: false };
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: Awaited<ReturnType<typeof fleet.page>> = await fleet.page({
      after,
      limit: pageSize,
      costly: [],
      named,
    });
    for (const client of page.clients) {
      const id = watchedWith(client, assigner);
      if (id !== undefined && !known.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    after = page.next;
  }
  return [...counts]
    .map(([profile, clients]) => ({ profile, clients }))
    .sort((a, b) => b.clients - a.clients || (a.profile < b.profile ? -1 : 1));
}

const namesShown = 5;

/** For people: `the billing data names profiles that there are not, by clients: "acme/gone" (3)`. */
export function unknownProfilesText(unknown: readonly UnknownProfile[]): string {
  const named = unknown.slice(0, namesShown).map(({ profile, clients }) => `"${profile}" (${clients})`);
  const more = unknown.length > named.length ? `, and ${unknown.length - named.length} more` : '';
  return `the billing data names profiles that there are not, by clients: ${named.join(', ')}${more}`;
}
