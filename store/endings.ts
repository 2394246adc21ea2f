import { endingWindowMs, heldEndings, type LostClients } from '../domain/endings.js';
import { isReleased, policyOf, readBrake } from './brake-admission.js';
import type { Queryable } from './queryable.js';

/** The clients that are missing, and why their ends are held; absent where they are not. */
export interface EndingsState {
  readonly lost: LostClients;
  readonly held?: string;
}

/** Rule 13: whether clients that are missing in the billing data may end now, over all workers together. */
export interface Endings {
  /** What is known for some seconds is enough: a grace of an hour came before. */
  state(now: number): Promise<EndingsState>;
}

const freshMs = 5_000;

/** `onChange` hears once that ends are held, and once that they are not any more. */
export function createEndings(
  database: Queryable,
  onChange: (held: string | undefined) => void = () => {},
): Endings {
  let known: { readonly at: number; readonly state: Promise<EndingsState> } | undefined;
  let told = false;
  async function read(now: number): Promise<EndingsState> {
    const [lost, brake] = await Promise.all([lostClients(database, now), readBrake(database, false)]);
    // Who released the brake has looked at what is going on.
    const held = isReleased(brake, now) ? undefined : heldEndings(policyOf(brake), lost);
    if ((held !== undefined) !== told) onChange(held);
    told = held !== undefined;
    return { lost, ...(held === undefined ? {} : { held }) };
  }
  return {
    state(now) {
      if (!known || Math.abs(now - known.at) > freshMs) {
        const state = read(now);
        known = { at: now, state };
        state.catch(() => (known = undefined));
      }
      return known.state;
    },
  };
}

export async function lostClients(database: Queryable, now: number): Promise<LostClients> {
  const [row] = await database.query<Record<keyof LostClients, string | number | null>[]>(
    `SELECT SUM(ended_at IS NULL) AS fleet, SUM(ended_at IS NULL AND missing_since IS NOT NULL) AS missing,
       SUM(ended_at IS NOT NULL) AS ended
     FROM low_balance_watched_client
     WHERE ended_at IS NULL OR (ended_at >= ? AND end_reason IN ('no-profile', 'not-found'))`,
    [now - endingWindowMs],
  );
  return {
    fleet: Number(row?.fleet ?? 0),
    missing: Number(row?.missing ?? 0),
    ended: Number(row?.ended ?? 0),
  };
}
