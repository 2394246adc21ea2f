import type { AssignedClient } from '../store/billing.js';
import type { WatchedClient } from '../store/watched-clients.js';
import type { ReconcileInput, ReconcileResult } from './contract.js';
import type { Parts } from './parts.js';

const pageSize = 5_000;
/** Starts and signals of one activity at most, so that a page is one short activity. */
const changesAtOnce = 250;

/**
 * One page of reconciliation: what the billing system assigns against what is watched, both by client id from SQL.
 * - assigned and not watched, or not seen for two periods: started (costs nothing where it runs);
 * - watched with another profile or a longer Period than the profile has now: woken to plan anew;
 * - watched and assigned no more: woken, and its workflow ends by itself.
 */
export async function reconcile(
  parts: Parts,
  { after }: ReconcileInput,
  heartbeat: (after: string) => void,
): Promise<ReconcileResult> {
  const now = await parts.now();
  const assigned = await parts.billing.listAssigned(after, pageSize);
  const upTo = assigned.length < pageSize ? undefined : assigned.at(-1)?.clientId;
  const watched = await allWatched(parts, after, upTo);
  const changes = changesBetween(assigned, watched, await parts.profiles.periods(), now);
  const due = changes.slice(0, changesAtOnce);
  for (const { clientId, profileId } of due) {
    if (profileId !== undefined) await start(parts, clientId, profileId, now);
    else if (!(await parts.watchers.wake(clientId))) await parts.watched.ended(clientId, 'not-found', now);
    heartbeat(clientId);
  }
  const next = changes.length > due.length ? due.at(-1)?.clientId : upTo;
  return {
    examined: assigned.length,
    started: due.filter(({ profileId }) => profileId !== undefined).length,
    woken: due.filter(({ profileId }) => profileId === undefined).length,
    next: next ?? null,
  };
}

interface Change {
  readonly clientId: string;
  /** To start with this profile; absent: to wake. */
  readonly profileId?: string;
}

function changesBetween(
  assigned: readonly AssignedClient[],
  watched: readonly WatchedClient[],
  periods: ReadonlyMap<string, number>,
  now: number,
): readonly Change[] {
  const byId = new Map(watched.map((row) => [row.clientId, row]));
  const changes: Change[] = [];
  for (const { clientId, profileId } of assigned) {
    const row = byId.get(clientId);
    byId.delete(clientId);
    const periodMs = periods.get(profileId);
    if (periodMs === undefined) {
      if (row && !row.ended) changes.push({ clientId });
    } else if (!row || row.ended || row.nextCheckAt + 2 * row.periodMs < now) {
      changes.push({ clientId, profileId });
    } else if (row.profileId !== profileId || row.periodMs > periodMs) {
      changes.push({ clientId });
    }
  }
  for (const row of byId.values()) if (!row.ended) changes.push({ clientId: row.clientId });
  return changes.sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
}

async function start(parts: Parts, clientId: string, profileId: string, now: number): Promise<void> {
  await parts.watchers.start(clientId, profileId);
  // Until its first check the client counts as seen just now; the check then writes what it finds.
  await parts.watched.started(clientId, profileId, now);
}

async function allWatched(
  parts: Parts,
  after: string,
  upTo: string | undefined,
): Promise<readonly WatchedClient[]> {
  const rows: WatchedClient[] = [];
  for (let from = after; ; from = rows.at(-1)?.clientId ?? from) {
    const page = await parts.watched.list(from, upTo, pageSize);
    rows.push(...page);
    if (page.length < pageSize) return rows;
  }
}
