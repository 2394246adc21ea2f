import pThrottle from 'p-throttle';
import { namedProfilesOnly, watchedWith } from '../domain/assignment.js';
import type { ClientIdentity } from '../domain/client.js';
import type { WatchedClient } from '../store/watched-clients.js';
import type { ReconcileCursor, ReconcileInput, ReconcileReason, ReconcileResult } from './contract.js';
import type { Parts } from './parts.js';

const rowsAtOnce = 5_000;
/** Starts and signals of one activity at most, so that an activity is short however many clients change. */
const changesAtOnce = 250;
/** Temporal's usual limit of a namespace is far above; the checks that starts bring about are what costs. */
const changesPerSecond = 200;
/** Reading stops here and goes on in the next activity: about a million clients. */
const longestReadMs = 20_000;
const changesShown = 10;

/** A client is looked after again when it was not seen for two periods, but never sooner than this after its planned check. */
const leastOverdueMs = 120_000;
/** The first checks of a large fleet take a while. */
const startingOverdueMs = 600_000;
/** How far back lost workflows are looked for: many reconciliations. What is older, two periods without a sign find. */
const lostWithinMs = 3_600_000;
/** Clocks of workers and of Temporal differ; starting once more costs nothing. */
const clocksDifferMs = 5_000;

/**
 * A part of a reconciliation: what should be watched, by the billing system, against what is watched, by the rows that
 * checks leave behind. Reads the fleet by primary keys, and does something only for clients that changed:
 * - pass `lost`: workflows that were terminated, cancelled or failed, by Temporal's own list: started again;
 * - pass `assigned`: clients that should be watched and are not, or were not seen for two periods: started, which costs
 *   nothing where they run; clients with another profile or a shorter Period: woken to plan anew;
 * - pass `watched`: clients that are watched and should not be: woken, and their workflows end by themselves.
 *
 * Killed anywhere, it is simply done again: what was started has a row. The two databases may order and compare ids
 * differently, so rows are asked for by id and compared here.
 */
export async function reconcile(
  parts: Parts,
  { from = { pass: 'lost', after: '' } }: ReconcileInput,
  heartbeat: (at: ReconcileCursor) => void,
): Promise<ReconcileResult> {
  const now = await parts.now();
  const readUntil = performance.now() + longestReadMs;
  let examined = 0;
  for (let at: ReconcileCursor | undefined = from; at !== undefined;) {
    heartbeat(at);
    const page = await readPage(parts, at, now);
    const next: ReconcileCursor | undefined =
      page.last === undefined ? nextPass(at) : { pass: at.pass, after: page.last };
    if (page.changes.length > 0) {
      const due = page.changes.slice(0, changesAtOnce);
      const { pass } = at;
      const done = await carryOut(parts, due, now, () => heartbeat({ pass, after: due[0]!.clientId }));
      if (due.length === page.changes.length)
        return { examined: examined + page.ids.length, ...done, ...cursor(next) };
      const after = due.at(-1)!.clientId;
      return { examined: examined + page.ids.indexOf(after) + 1, ...done, next: { pass, after } };
    }
    examined += page.ids.length;
    if (next !== undefined && performance.now() > readUntil) return nothing(examined, next);
    at = next;
  }
  return nothing(examined, undefined);
}

interface Page {
  /** Clients that should be watched, in the order of the page; empty in the other passes. */
  readonly ids: readonly string[];
  /** Where the next page of this pass starts; absent after its last. */
  readonly last?: string | undefined;
  readonly changes: readonly Change[];
}

interface Change {
  readonly clientId: string;
  readonly reason: ReconcileReason;
  /** The profile it should be watched with; absent: it should not be watched. */
  readonly profileId?: string;
}

function readPage(parts: Parts, { pass, after }: ReconcileCursor, now: number): Promise<Page> {
  if (pass === 'lost') return readLost(parts, after, now);
  return pass === 'assigned' ? readAssigned(parts, after, now) : readWatched(parts, after);
}

const passAfter = { lost: 'assigned', assigned: 'watched', watched: undefined } as const;

function nextPass({ pass }: ReconcileCursor): ReconcileCursor | undefined {
  const next = passAfter[pass];
  return next && { pass: next, after: '' };
}

async function readLost(parts: Parts, after: string, now: number): Promise<Page> {
  const lost = new Map<string, number>();
  for await (const { clientId, at } of parts.watchers.lostSince?.(now - lostWithinMs) ?? []) {
    lost.set(clientId, Math.max(at, lost.get(clientId) ?? 0));
    if (lost.size >= rowsAtOnce) break;
  }
  const ids = [...lost.keys()].filter((id) => id > after).sort();
  if (ids.length === 0) return { ids: [], changes: [] };
  const seenAt = new Map((await parts.watched.rowsOf(ids)).map((row) => [row.clientId, row.seenAt]));
  const gone = ids.filter((id) => (seenAt.get(id) ?? 0) < lost.get(id)! + clocksDifferMs);
  const periods = await parts.profiles.periods();
  const assigned = (await assignedOf(parts, await parts.billing.identifyAll(gone))).filter(({ profileId }) =>
    periods.has(profileId),
  );
  // Those that should be watched no more have nobody to wake: their rows are closed in the last pass.
  const changes = assigned.map((each) => ({ ...each, reason: 'lost' as const }));
  return { ids: [], changes: changes.sort((a, b) => (a.clientId < b.clientId ? -1 : 1)) };
}

async function readAssigned(parts: Parts, after: string, now: number): Promise<Page> {
  const page = await parts.billing.listClients(after, rowsAtOnce);
  const assigned = await assignedOf(parts, page);
  const [rows, periods] = await Promise.all([
    parts.watched.rowsOf(assigned.map(({ clientId }) => clientId)),
    parts.profiles.periods(),
  ]);
  const byId = new Map(rows.map((row) => [row.clientId, row]));
  return {
    ids: assigned.map(({ clientId }) => clientId),
    last: page.length < rowsAtOnce ? undefined : page.at(-1)?.clientId,
    changes: assigned.flatMap((each) => {
      const reason = reasonToChange(each, byId.get(each.clientId), periods.get(each.profileId), now);
      return reason === undefined ? [] : [{ ...each, reason }];
    }),
  };
}

/** A client that should be watched, and with which profile. */
interface AssignedClient {
  readonly clientId: string;
  readonly profileId: string;
}

/** Each once, also one that the billing data has twice: what is wrong with it its check says. */
async function assignedOf(
  parts: Parts,
  clients: readonly ClientIdentity[],
): Promise<readonly AssignedClient[]> {
  const assigner = clients.some(({ profileId }) => profileId === null)
    ? await parts.profiles.assigner()
    : namedProfilesOnly;
  const assigned = new Map<string, AssignedClient>();
  for (const client of clients) {
    const profileId = watchedWith(client, assigner);
    const { clientId } = client;
    if (profileId !== undefined && canBeWatched(clientId) && !assigned.has(clientId))
      assigned.set(clientId, { clientId, profileId });
  }
  return [...assigned.values()];
}

/** Our tables have room for 64 characters, and a workflow needs an id. */
function canBeWatched(clientId: string): boolean {
  return clientId !== '' && clientId.length <= 64;
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
  if (row.profileId !== profileId) return 'profile';
  return row.periodMs > periodMs ? 'period' : undefined;
}

function patienceMs({ starting, periodMs }: WatchedClient): number {
  return starting ? startingOverdueMs : Math.max(leastOverdueMs, 2 * periodMs);
}

async function readWatched(parts: Parts, after: string): Promise<Page> {
  const rows = await parts.watched.listWatched(after, rowsAtOnce);
  const [assigned, periods] = await Promise.all([
    assignedOf(parts, await parts.billing.identifyAll(rows.map(({ clientId }) => clientId))),
    parts.profiles.periods(),
  ]);
  const should = new Set(
    assigned.filter(({ profileId }) => periods.has(profileId)).map(({ clientId }) => clientId),
  );
  return {
    ids: [],
    last: rows.length < rowsAtOnce ? undefined : rows.at(-1)?.clientId,
    changes: rows.flatMap(({ clientId }) =>
      should.has(clientId) ? [] : [{ clientId, reason: 'unassigned' as const }],
    ),
  };
}

type Done = Pick<ReconcileResult, 'started' | 'woken' | 'reasons' | 'some' | 'refused'>;

/** Starts and wakes, in order and at a pace. Throws where Temporal cannot be reached: the activity is then tried again. */
async function carryOut(
  parts: Parts,
  changes: readonly Change[],
  now: number,
  heartbeat: () => void,
): Promise<Done> {
  const reasons: Partial<Record<ReconcileReason, number>> = {};
  const some: Change[] = [];
  const refused: { clientId: string; problem: string }[] = [];
  let started = 0;
  let woken = 0;
  const paced = pThrottle({ limit: changesPerSecond / 20, interval: 1_000 / 20 });
  const change = paced(async (each: Change) => {
    try {
      const done = await carryOutOne(parts, each, now);
      if (done === 'started') started += 1;
      if (done === 'woken') woken += 1;
      // The list of lost workflows names those too that were started again since.
      if (done === 'running' && each.reason === 'lost') return;
      reasons[each.reason] = (reasons[each.reason] ?? 0) + 1;
      if (some.length < changesShown) some.push(each);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused.push({ clientId: each.clientId, problem: (error as Error).message });
    }
    heartbeat();
  });
  await Promise.all(changes.map((each) => change(each)));
  parts.count({ what: 'reconciled', started, woken });
  return {
    started,
    woken,
    reasons,
    some: some.map(({ clientId, reason }) => ({ clientId, reason })),
    refused: refused.slice(0, changesShown),
  };
}

async function carryOutOne(
  parts: Parts,
  { clientId, profileId, reason }: Change,
  now: number,
): Promise<'started' | 'woken' | 'running'> {
  if (profileId === undefined) {
    // Where nothing runs there is nobody to write that it ended.
    if (!(await parts.watchers.wake(clientId))) await parts.watched.ended(clientId, 'no-profile', now);
    return 'woken';
  }
  const replans = reason === 'profile' || reason === 'period';
  if (replans && (await parts.watchers.wake(clientId))) return 'woken';
  const started = await parts.watchers.start(clientId, profileId);
  await parts.watched.started(clientId, profileId, now);
  return started ? 'started' : 'running';
}

/** gRPC's INVALID_ARGUMENT: no retry mends it, and it must not hold up the clients after it. */
const invalidArgument = 3;

function isRefusal(error: unknown): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if ('code' in each && each.code === invalidArgument) return true;
  }
  return false;
}

function cursor(next: ReconcileCursor | undefined): { readonly next?: ReconcileCursor } {
  return next === undefined ? {} : { next };
}

function nothing(examined: number, next: ReconcileCursor | undefined): ReconcileResult {
  return { examined, started: 0, woken: 0, reasons: {}, some: [], refused: [], ...cursor(next) };
}
