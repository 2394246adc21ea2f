import type { ClientImpact } from './impact.js';

/** Clients that get another profile by a sync, from one to the other. */
export interface Move {
  /** Null: they have none. */
  readonly from: string | null;
  /** Null: they have none any more, and are watched no more. */
  readonly to: string | null;
  readonly clients: number;
  /** Notified at their next check by a rule that would not have notified them. */
  readonly newlyTold: number;
  /** Some of their ids, sorted. */
  readonly some: readonly string[];
}

const someIds = 10;

/** Adds up who moves between profiles, client by client. */
export interface MoveSums {
  add(clientId: string, from: string | null, to: string | null, impact: ClientImpact): void;
  moves(): readonly Move[];
}

export function createMoveSums(): MoveSums {
  const moves = new Map<string, Move>();
  return {
    add(clientId, from, to, { sendingNow, sendingBefore }) {
      const key = JSON.stringify([from, to]);
      const known = moves.get(key) ?? { from, to, clients: 0, newlyTold: 0, some: [] };
      const newly = sendingNow.some((rule) => !sendingBefore.includes(rule));
      moves.set(key, {
        ...known,
        clients: known.clients + 1,
        newlyTold: known.newlyTold + (newly ? 1 : 0),
        some: known.some.length < someIds ? [...known.some, clientId] : known.some,
      });
    },
    moves: () =>
      [...moves.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, move]) => ({ ...move, some: move.some.toSorted() })),
  };
}

/** Clients that lose the profile they have, to another one or to none: their counters start afresh, or end. */
export function movedClients(moves: readonly Move[]): number {
  return moves.reduce((sum, { from, clients }) => sum + (from === null ? 0 : clients), 0);
}
