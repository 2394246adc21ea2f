import type { Queryable } from '../../store/queryable.js';
import { BillingTimeoutError } from '../billing.js';
import type { ClientRow } from '../client-gate.js';
import { idOf } from '../client-gate.js';
import { glanceColumns, GlancedClient } from '../fleet-glance.js';
import type { LookRows } from '../look-rows.js';
import { pageStatement } from './client-statements.js';
import { createFleetReader, namedFilter } from './fleet-reader.js';
import { createViewColumns } from './known-view-columns.js';
import { isStatementTimeout, withLimit } from './statement-limit.js';

/** A page must be there before the activity that reads it counts as dead. */
const pageLimitMs = 20_000;

export function createLookRows(database: Queryable): LookRows {
  const known = createViewColumns(database);
  return {
    async page({ after, limit, costly, named }) {
      const rows = await known.use(async (columns) => {
        const filter = namedFilter(named, columns);
        const { sql, values } = pageStatement([...glanceColumns, ...costly], after, limit, columns, filter);
        try {
          return await database.query<ClientRow[]>(withLimit(sql, pageLimitMs, columns.server), values);
        } catch (error) {
          if (!isStatementTimeout(error)) throw error;
          throw new BillingTimeoutError(
            `the billing views took longer than ${pageLimitMs} ms for ${limit} clients at a look; docs/billing-views.md says how to make them fast`,
            { cause: error },
          );
        }
      });
      const last = idOf(rows.at(-1)?.client_id);
      const clients = rows.map((row) => new GlancedClient(row));
      return { clients, ...(last !== null && last !== after && rows.length >= limit ? { next: last } : {}) };
    },
    rates: () => createFleetReader(database).sharedFacts([]),
  };
}
