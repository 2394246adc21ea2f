import type { BrakePolicy, Hold } from '../domain/brake.js';

export type Admission =
  | { readonly kind: 'admitted' }
  /** `since`: epoch milliseconds from which notices are held. `fleet`: how many clients are watched. */
  | { readonly kind: 'held'; readonly reason: string; readonly since: number; readonly fleet: number };

/** The brake as it is now. Instants are epoch milliseconds. */
export interface BrakeState {
  readonly policy: BrakePolicy;
  readonly limit: number;
  readonly fleet: number;
  /** Clients of which notices are held, by the brake or by hand. */
  readonly held: number;
  /** Clients notified of a low balance within the window. */
  readonly counted: number;
  /** When the brake began to hold notices; null where it holds none. */
  readonly trippedAt: number | null;
  readonly released: { readonly until: number; readonly by: string; readonly why: string } | null;
  readonly holds: readonly Hold[];
}
