import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import {
  brakeLimit,
  holdOn,
  leftByBrake,
  type BrakePolicy,
  type Hold,
  type HoldSubject,
} from '../domain/brake.js';
import {
  admitCounted,
  countedSince,
  countSince,
  isReleased,
  policyOf,
  readBrake,
  trippedAt,
  type Fleet,
} from './brake-admission.js';
import { createHolds, type ByHand } from './holds.js';
import type { Queryable } from './queryable.js';
import { remembered, slowlyRemembered } from './remembered.js';
import type { Admission, BrakeState } from './brake-state.js';

/** A client whose rules would send. */
export interface Candidate extends HoldSubject {
  readonly clientId: string;
  /** Whether a low balance is the cause: those are counted. A recovery is only subject to holds by hand. */
  readonly low: boolean;
}

/**
 * Rule 23, over all workers together: where more clients than the limit would be notified of a low balance within an hour,
 * further ones are held.
 */
export interface Brake {
  /** Whether this client may be notified now. Those that are asked about within a moment share one transaction. */
  admit(candidate: Candidate): Promise<Admission>;
  /** Whether a notice of a low balance would be held now, by hand or since the brake lets nobody through. Counts nobody. */
  holding(): Promise<(subject: HoldSubject) => boolean>;
  state(): Promise<BrakeState>;
  /** Ends the brake until then; what is notified meanwhile is not counted. */
  release(until: number, byHand: ByHand): Promise<void>;
  /** What `profiles/policy.json` says; null: the default. */
  setPolicy(policy: BrakePolicy | null): Promise<void>;
}

export interface BrakeOptions {
  /** Epoch milliseconds. */
  readonly now: () => Promise<number>;
  /** How long questions are gathered into one transaction, milliseconds. */
  readonly batchMs?: number;
  /** Called once where the brake begins to hold notices. */
  readonly onTripped?: (state: Pick<BrakeState, 'limit' | 'fleet'>) => void;
}

/** A hold by hand acts within this time, milliseconds. */
const holdsFreshMs = 1_000;
/** Counting a fleet reads every row, and it changes slowly. */
const fleetFreshMs = 30_000;

export function createBrake(database: DataSource, options: BrakeOptions): Brake {
  const holds = createHolds(database);
  const fleetNow = slowlyRemembered(fleetFreshMs, () => readFleet(database));
  const holdsNow = remembered(holdsFreshMs, (now) => holds.active(now));
  const questions = new DataLoader<Candidate, Admission, string>(
    async (candidates) => {
      const now = await options.now();
      const active = await holdsNow(now);
      const answers = new Map<string, Admission>();
      const counted = new Set<string>();
      for (const candidate of candidates) {
        const hold = holdOn(active, candidate, now);
        if (hold)
          answers.set(keyOf(candidate), {
            kind: 'held',
            reason: holdReason(hold),
            since: hold.since,
            fleet: (await fleetNow()).clients,
          });
        else if (candidate.low) counted.add(candidate.clientId);
        else answers.set(keyOf(candidate), { kind: 'admitted' });
      }
      const admitted =
        counted.size === 0
          ? new Map<string, Admission>()
          : await admitCounted(database, [...counted], await fleetNow(), now, options.onTripped);
      return candidates.map(
        (candidate) =>
          answers.get(keyOf(candidate)) ?? admitted.get(candidate.clientId) ?? { kind: 'admitted' },
      );
    },
    {
      cache: false,
      cacheKeyFn: keyOf,
      maxBatchSize: 500,
      batchScheduleFn: (run) => setTimeout(run, options.batchMs ?? 20),
    },
  );
  return {
    admit: (candidate) => questions.load(candidate),
    async holding() {
      const now = await options.now();
      const [active, row, fleet] = await Promise.all([holdsNow(now), readBrake(database, false), fleetNow()]);
      const limit = brakeLimit(policyOf(row), fleet.clients);
      const counted = await countSince(database, countedSince(row, now));
      const left = leftByBrake({ limit, counted, held: fleet.held }, trippedAt(row, now) !== null);
      const lets = isReleased(row, now) || left > 0;
      return (subject) => !lets || holdOn(active, subject, now) !== undefined;
    },
    async state() {
      const now = await options.now();
      const [row, fleet, active] = await Promise.all([
        readBrake(database, false),
        readFleet(database),
        holds.active(now),
      ]);
      const policy = policyOf(row);
      const counted = await countSince(database, countedSince(row, now));
      return {
        policy,
        fleet: fleet.clients,
        held: fleet.held,
        limit: brakeLimit(policy, fleet.clients),
        counted,
        trippedAt: trippedAt(row, now),
        released: isReleased(row, now)
          ? {
              until: Number(row.released_until),
              by: row.released_by ?? '',
              why: row.released_why ?? '',
            }
          : null,
        holds: active,
      };
    },
    async release(until, { by, why }) {
      await database.query(
        `UPDATE low_balance_brake SET released_until = ?, counted_from = ?, released_by = ?, released_why = ?, tripped_at = NULL
         WHERE id = 1`,
        [until, until, by, why],
      );
    },
    async setPolicy(policy) {
      await database.query('UPDATE low_balance_brake SET clients = ?, percent_of_fleet = ? WHERE id = 1', [
        policy?.clients ?? null,
        policy?.percentOfFleet ?? null,
      ]);
    },
  };
}

async function readFleet(database: Queryable): Promise<Fleet> {
  const [row] = await database.query<Record<keyof Fleet, string | number | null>[]>(
    `SELECT COUNT(*) AS clients, SUM(state = 'held') AS held FROM low_balance_watched_client WHERE ended_at IS NULL`,
  );
  return { clients: Number(row?.clients ?? 0), held: Number(row?.held ?? 0) };
}

function holdReason({ by, why }: Hold): string {
  return `held by ${by}: ${why}`;
}

function keyOf({ clientId, low }: Candidate): string {
  return `${low ? 'low' : 'recovered'}:${clientId}`;
}
