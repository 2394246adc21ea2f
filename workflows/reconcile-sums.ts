import type { ReconcileReason, ReconcileResult } from '../activities/contract.js';

/** What a reconciliation did, over all its parts. */
export interface ReconcileSums {
  /** Clients that should be watched. */
  readonly examined: number;
  readonly started: number;
  readonly woken: number;
  readonly reasons: Readonly<Partial<Record<ReconcileReason, number>>>;
  /** The first of the changed clients. */
  readonly some: ReconcileResult['some'];
  readonly refused: ReconcileResult['refused'];
  /** How many clients were passed over; absent in sums of older versions. */
  readonly refusedCount?: number;
}
