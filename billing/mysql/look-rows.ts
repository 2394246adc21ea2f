import type { Queryable } from '../../store/queryable.js';
import { idOf } from '../client-gate.js';
import { glanceColumns, GlancedClient } from '../fleet-glance.js';
import type { LookRows } from '../look-rows.js';
import { askViews } from './ask-views.js';
import { createFleetReader, namedFilter } from './fleet-reader.js';
import { readPageRows } from './page-rows.js';

/** A page must be there before the activity that reads it counts as dead. */
const pageLimitMs = 20_000;

export function createLookRows(database: Queryable): LookRows {
  const views = askViews(database);
  return {
    async page({ after, limit, costly, named }) {
      const { rows, faults, next } = await readPageRows(views, {
        wanted: [...glanceColumns, ...costly],
        after,
        limit,
        filterOf: (columns) => namedFilter(named, columns),
        limitMs: pageLimitMs,
      });
      // For whom the view fails, its own check says so: nobody is woken for it.
      const clients = rows
        .filter((row) => faults.size === 0 || !faults.has(idOf(row.client_id) ?? ''))
        .map((row) => new GlancedClient(row));
      return { clients, ...(next === undefined ? {} : { next }) };
    },
    rates: () => createFleetReader(database).sharedFacts([]),
  };
}
