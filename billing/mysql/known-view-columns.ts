import type { Queryable } from '../../store/queryable.js';
import { readViewColumns, type ViewColumns } from './view-columns.js';

/** A view that gains a column is noticed within this time; one that loses a column, by the next statement. */
const knownForMs = 60_000;

/** The columns of the views, asked for once and kept for a while. */
export interface KnownViewColumns {
  /** Runs statements made of them. Where the views have other columns by now, they are made anew, once. */
  use<T>(work: (columns: ViewColumns) => Promise<T>): Promise<T>;
}

export function createViewColumns(database: Queryable): KnownViewColumns {
  let known: Promise<ViewColumns> | undefined;
  let until = 0;
  const columns = (): Promise<ViewColumns> => {
    if (!known || performance.now() > until) {
      until = performance.now() + knownForMs;
      known = readViewColumns(database);
      known.catch(() => (until = 0));
    }
    return known;
  };
  return {
    async use(work) {
      const before = columns();
      try {
        return await work(await before);
      } catch (error) {
        if (!isUnknownColumn(error)) throw error;
        if (known === before) until = 0;
        return await work(await columns());
      }
    },
  };
}

function isUnknownColumn(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ER_BAD_FIELD_ERROR'
  );
}
