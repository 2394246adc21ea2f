import type { DataSource } from 'typeorm';
import {
  brakeLimit,
  brakeWindowMs,
  defaultBrakePolicy,
  leftByBrake,
  type BrakePolicy,
} from '../domain/brake.js';
import type { Admission, BrakeState } from './brake-state.js';
import type { Queryable } from './queryable.js';

/** A brake that held nobody for this long is no longer tripped, milliseconds. */
const calmMs = brakeWindowMs;

/** The watched clients, and those of them of which notices are held. */
export interface Fleet {
  readonly clients: number;
  readonly held: number;
}

/**
 * Admits as many as the limit leaves, in the order asked. One row is locked meanwhile, so that workers take turns.
 * A client that was admitted within the window is admitted again and counted once.
 */
export async function admitCounted(
  database: DataSource,
  clientIds: readonly string[],
  { clients: fleet, held: heldClients }: Fleet,
  now: number,
  onTripped: ((state: Pick<BrakeState, 'limit' | 'fleet'>) => void) | undefined,
): Promise<ReadonlyMap<string, Admission>> {
  const answers = new Map<string, Admission>();
  const runner = database.createQueryRunner();
  await runner.connect();
  try {
    await runner.startTransaction('READ COMMITTED');
    const row = await readBrake(runner, true);
    const from = countedSince(row, now);
    if (isReleased(row, now)) {
      await runner.commitTransaction();
      return new Map(clientIds.map((id) => [id, { kind: 'admitted' }]));
    }
    const known = await admittedAmong(runner, clientIds, from);
    const limit = brakeLimit(policyOf(row), fleet);
    const tripped = trippedAt(row, now);
    const counted = await countSince(runner, from);
    const free = leftByBrake({ limit, counted, held: heldClients }, tripped !== null);
    const fresh = clientIds.filter((id) => !known.has(id));
    const admitted = new Set([...known, ...fresh.slice(0, free)]);
    const held = fresh.slice(free);
    if (held.length < fresh.length) await count(runner, fresh.slice(0, free), now);
    if (held.length > 0) {
      await runner.query('UPDATE low_balance_brake SET tripped_at = ?, last_held_at = ? WHERE id = 1', [
        tripped ?? now,
        now,
      ]);
    }
    await runner.commitTransaction();
    if (held.length > 0 && tripped === null) onTripped?.({ limit, fleet });
    for (const id of clientIds) {
      answers.set(
        id,
        admitted.has(id)
          ? { kind: 'admitted' }
          : { kind: 'held', reason: brakeReason(limit), since: tripped ?? now, fleet },
      );
    }
    return answers;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => {});
    throw error;
  } finally {
    await runner.release();
  }
}

export interface BrakeRow {
  clients: number | null;
  percent_of_fleet: number | null;
  counted_from: string;
  tripped_at: string | null;
  last_held_at: string | null;
  released_until: string | null;
  released_by: string | null;
  released_why: string | null;
}

export async function readBrake(queryable: Queryable, lock: boolean): Promise<BrakeRow> {
  const [row] = await queryable.query<BrakeRow[]>(
    `SELECT * FROM low_balance_brake WHERE id = 1${lock ? ' FOR UPDATE' : ''}`,
  );
  if (!row) throw new Error('the row of low_balance_brake is missing; run: low-balance setup');
  return row;
}

export function policyOf({ clients, percent_of_fleet: percentOfFleet }: BrakeRow): BrakePolicy {
  return clients === null || percentOfFleet === null ? defaultBrakePolicy : { clients, percentOfFleet };
}

export function countedSince(row: BrakeRow, now: number): number {
  return Math.max(now - brakeWindowMs, Number(row.counted_from));
}

export function isReleased({ released_until: until }: BrakeRow, now: number): boolean {
  return until !== null && now < Number(until);
}

export function trippedAt(
  { tripped_at: at, last_held_at: lastHeldAt }: BrakeRow,
  now: number,
): number | null {
  return at === null || now - Number(lastHeldAt) > calmMs ? null : Number(at);
}

async function admittedAmong(
  runner: Queryable,
  clientIds: readonly string[],
  from: number,
): Promise<ReadonlySet<string>> {
  const rows = await runner.query<{ client_id: string }[]>(
    'SELECT client_id FROM low_balance_brake_client WHERE client_id IN (?) AND admitted_at >= ?',
    [clientIds, from],
  );
  return new Set(rows.map(({ client_id: id }) => id));
}

export async function countSince(runner: Queryable, from: number): Promise<number> {
  const [row] = await runner.query<{ clients: string | number }[]>(
    'SELECT COUNT(*) AS clients FROM low_balance_brake_client WHERE admitted_at >= ?',
    [from],
  );
  return Number(row?.clients ?? 0);
}

async function count(runner: Queryable, clientIds: readonly string[], now: number): Promise<void> {
  await runner.query(
    `INSERT INTO low_balance_brake_client (client_id, admitted_at) VALUES ?
     ON DUPLICATE KEY UPDATE admitted_at = VALUES(admitted_at)`,
    [clientIds.map((id) => [id, now])],
  );
  // What is older never counts again; a few at a time, so that nobody waits for it.
  await runner.query('DELETE FROM low_balance_brake_client WHERE admitted_at < ? LIMIT 500', [
    now - 2 * brakeWindowMs,
  ]);
}

function brakeReason(limit: number): string {
  return `the brake holds it: more than ${limit} clients would be notified within an hour`;
}
