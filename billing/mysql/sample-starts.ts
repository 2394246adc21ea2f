import type { Queryable } from '../../store/queryable.js';
import { rawText } from '../values/raw-text.js';

/** Fleets up to this are read whole. */
const readWhole = 10_000;
const pagesOfSample = 20;

export interface Sample {
  readonly total: number;
  /** What each page comes after; one start alone means every page from there on. */
  readonly starts: readonly string[];
  readonly pageSize: number;
}

/** Where to read a fleet: all of it, or 20 pages evenly spread over its ids. */
export async function sampleStarts(billing: Queryable, all: boolean): Promise<Sample> {
  const [count] = await billing.query<{ total: string | number }[]>(
    'SELECT COUNT(*) AS total FROM billing_client',
  );
  const total = Number(count?.total ?? 0);
  if (all || total <= readWhole) return { total, starts: [''], pageSize: readWhole };
  const ids = await billing.query<{ client_id: unknown }[]>(
    'SELECT client_id FROM billing_client ORDER BY client_id',
  );
  const step = Math.floor(ids.length / pagesOfSample);
  const starts = Array.from({ length: pagesOfSample }, (_, page) =>
    page === 0 ? '' : (rawText(ids[page * step - 1]?.client_id) ?? ''),
  );
  return { total, starts, pageSize: readWhole / pagesOfSample };
}
