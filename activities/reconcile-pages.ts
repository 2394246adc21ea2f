import { namedProfilesOnly, watchedWith } from '../domain/assignment.js';
import type { ClientIdentity } from '../domain/client.js';
import { clientIdProblem } from '../domain/client-id.js';
import { described } from '../domain/described.js';
import type { WatchedClient } from '../store/watched-row.js';
import type { ReconcileCursor, ReconcileReason, ReconcileResult } from './contract.js';
import type { Parts } from './parts.js';

const rowsAtOnce = 5_000;

/** A client is looked after again when it was not seen for two periods, but never sooner than this after its planned check. */
const leastOverdueMs = 120_000;
/** The first checks of a large fleet take a while. */
const startingOverdueMs = 600_000;
/** How far back lost workflows are looked for: many reconciliations. What is older, two periods without a sign find. */
const lostWithinMs = 3_600_000;
/** Clocks of workers and of Temporal differ; starting once more costs nothing. */
const clocksDifferMs = 5_000;

export interface Page {
  /** Clients that should be watched, in the order of the page; empty in the other passes. */
  readonly ids: readonly string[];
  /** Where the next page of this pass starts; absent after its last. */
  readonly last?: string | undefined;
  readonly changes: readonly Change[];
  /** Rows that name no client that can be watched. */
  readonly refused: ReconcileResult['refused'];
}

export interface Change {
  readonly clientId: string;
  readonly reason: ReconcileReason;
  /** The profile it should be watched with; absent: it should not be watched. */
  readonly profileId?: string;
}

export function readPage(parts: Parts, { pass, after }: ReconcileCursor, now: number): Promise<Page> {
  if (pass === 'lost') return readLost(parts, after, now);
  return pass === 'assigned' ? readAssigned(parts, after, now) : readWatched(parts, after, now);
}

async function readLost(parts: Parts, after: string, now: number): Promise<Page> {
  const lost = new Map<string, number>();
  for await (const { clientId, at } of parts.watchers.lostSince?.(now - lostWithinMs) ?? []) {
    lost.set(clientId, Math.max(at, lost.get(clientId) ?? 0));
    if (lost.size >= rowsAtOnce) break;
  }
  const ids = [...lost.keys()].filter((id) => id > after).sort();
  if (ids.length === 0) return { ids: [], changes: [], refused: [] };
  const seenAt = new Map((await parts.watched.rowsOf(ids)).map((row) => [row.clientId, row.seenAt]));
  const gone = ids.filter((id) => (seenAt.get(id) ?? 0) < lost.get(id)! + clocksDifferMs);
  const periods = await parts.profiles.periods();
  const { clients } = await assignedOf(parts, await parts.billing.identifyAll(gone));
  // Those that should be watched no more have nobody to wake: their rows are closed in the last pass.
  const changes = clients
    .filter(({ profileId }) => periods.has(profileId))
    .map((each) => ({ ...each, reason: 'lost' as const }));
  return { ids: [], changes: changes.sort((a, b) => (a.clientId < b.clientId ? -1 : 1)), refused: [] };
}

async function readAssigned(parts: Parts, after: string, now: number): Promise<Page> {
  const page = await parts.billing.listClients(after, rowsAtOnce);
  const { clients, refused } = await assignedOf(parts, page);
  const ids = clients.map(({ clientId }) => clientId);
  const [rows, periods] = await Promise.all([parts.watched.rowsOf(ids), parts.profiles.periods()]);
  const byId = new Map(rows.map((row) => [row.clientId, row]));
  return {
    ids,
    last: page.length < rowsAtOnce ? undefined : page.at(-1)?.clientId,
    changes: clients.flatMap((each) => {
      const reason = reasonToChange(each, byId.get(each.clientId), periods.get(each.profileId), now);
      return reason === undefined ? [] : [{ ...each, reason }];
    }),
    refused,
  };
}

function reasonToChange(
  { profileId }: AssignedClient,
  row: WatchedClient | undefined,
  periodMs: number | undefined,
  now: number,
): ReconcileReason | undefined {
  // A profile that does not exist: the last pass ends what watches by it.
  if (periodMs === undefined) return undefined;
  if (!row || row.ended) return 'new';
  if (row.nextCheckAt + patienceMs(row) < now) return 'overdue';
  if (row.starting) return undefined;
  // One that was missing and has its profile again goes on at once.
  if (row.profileId !== profileId || row.missingSince !== undefined) return 'profile';
  return row.periodMs > periodMs ? 'period' : undefined;
}

function patienceMs({ starting, periodMs }: WatchedClient): number {
  return starting ? startingOverdueMs : Math.max(leastOverdueMs, 2 * periodMs);
}

/** It is missing, knows it, and looks again by itself (rule 13): nobody need wake it before it is late. */
function isWaiting({ missingSince, nextCheckAt }: WatchedClient, now: number): boolean {
  return missingSince !== undefined && nextCheckAt + leastOverdueMs >= now;
}

async function readWatched(parts: Parts, after: string, now: number): Promise<Page> {
  const rows = await parts.watched.listWatched(after, rowsAtOnce);
  const [assigned, periods] = await Promise.all([
    assignedOf(parts, await parts.billing.identifyAll(rows.map(({ clientId }) => clientId))),
    parts.profiles.periods(),
  ]);
  const should = new Set(
    assigned.clients.filter(({ profileId }) => periods.has(profileId)).map(({ clientId }) => clientId),
  );
  return {
    ids: [],
    last: rows.length < rowsAtOnce ? undefined : rows.at(-1)?.clientId,
    changes: rows.flatMap((row) =>
      should.has(row.clientId) || isWaiting(row, now)
        ? []
        : [{ clientId: row.clientId, reason: 'unassigned' as const }],
    ),
    refused: [],
  };
}

/** A client that should be watched, and with which profile. */
interface AssignedClient {
  readonly clientId: string;
  readonly profileId: string;
}

interface Assigned {
  readonly clients: readonly AssignedClient[];
  /** Rows that should be watched, and name nobody that can be. */
  readonly refused: ReconcileResult['refused'];
}

/** Each once, also one that the billing data has twice: what is wrong with it its check says. */
async function assignedOf(parts: Parts, clients: readonly ClientIdentity[]): Promise<Assigned> {
  const assigner = clients.some(({ profileId }) => profileId === null)
    ? await parts.profiles.assigner()
    : namedProfilesOnly;
  const assigned = new Map<string, AssignedClient>();
  const refused: ReconcileResult['refused'][number][] = [];
  for (const client of clients) {
    const profileId = watchedWith(client, assigner);
    const { clientId } = client;
    if (profileId === undefined || assigned.has(clientId)) continue;
    const problem = clientIdProblem(clientId);
    if (problem === undefined) assigned.set(clientId, { clientId, profileId });
    else refused.push({ clientId: described(clientId), problem: `client_id: ${problem}` });
  }
  return { clients: [...assigned.values()], refused };
}
