import type { Hold, HoldScope } from '../domain/brake.js';
import type { Queryable } from './queryable.js';

/** Who does something by hand, and why. */
export interface ByHand {
  readonly by: string;
  readonly why: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Holds by hand (rule 23). None is ever deleted: they are the history of who stopped what, and why. */
export interface Holds {
  /** Answers the hold's id. `until`: epoch milliseconds, null until it is released. */
  add(scope: HoldScope, until: number | null, byHand: ByHand): Promise<string>;
  /** Releases the active holds of exactly this scope; answers how many. */
  release(scope: HoldScope, byHand: ByHand): Promise<number>;
  /** Holds that are neither released nor over. */
  active(now: number): Promise<readonly Hold[]>;
  /** All holds, the newest first. */
  history(limit: number): Promise<readonly Hold[]>;
}

export function createHolds(database: Queryable): Holds {
  return {
    async add(scope, until, { by, why, at }) {
      const { insertId } = await database.query<{ insertId: number | string }>(
        'INSERT INTO low_balance_hold (scope, name, held_until, held_by, why, held_at) VALUES (?, ?, ?, ?, ?, ?)',
        [scope.kind, nameOf(scope), until, by, why, at],
      );
      return String(insertId);
    },
    async release(scope, { by, why, at }) {
      const { affectedRows } = await database.query<{ affectedRows: number }>(
        `UPDATE low_balance_hold SET released_at = ?, released_by = ?, released_why = ?
         WHERE scope = ? AND name = ? AND released_at IS NULL AND (held_until IS NULL OR held_until > ?)`,
        [at, by, why, scope.kind, nameOf(scope), at],
      );
      return affectedRows;
    },
    async active(now) {
      const rows = await database.query<HoldRow[]>(
        'SELECT * FROM low_balance_hold WHERE released_at IS NULL AND (held_until IS NULL OR held_until > ?) ORDER BY id',
        [now],
      );
      return rows.map(holdOf);
    },
    async history(limit) {
      const rows = await database.query<HoldRow[]>(
        `SELECT * FROM low_balance_hold ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
      );
      return rows.map(holdOf);
    },
  };
}

interface HoldRow {
  id: string;
  scope: string;
  name: string;
  held_until: string | null;
  held_by: string;
  why: string;
  held_at: string;
  released_at: string | null;
  released_by: string | null;
  released_why: string | null;
}

function nameOf(scope: HoldScope): string {
  if (scope.kind === 'all') return '';
  return scope.kind === 'reseller' ? scope.reseller : scope.profileId;
}

function holdOf(row: HoldRow): Hold {
  return {
    id: row.id,
    scope: scopeOf(row),
    until: row.held_until === null ? null : Number(row.held_until),
    by: row.held_by,
    why: row.why,
    since: Number(row.held_at),
    released:
      row.released_at === null
        ? null
        : { at: Number(row.released_at), by: row.released_by ?? '', why: row.released_why ?? '' },
  };
}

function scopeOf({ scope, name }: HoldRow): HoldScope {
  if (scope === 'reseller') return { kind: 'reseller', reseller: name };
  return scope === 'profile' ? { kind: 'profile', profileId: name } : { kind: 'all' };
}
