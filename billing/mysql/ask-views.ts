import type { Queryable } from '../../store/queryable.js';
import { BillingDataError, BillingTimeoutError } from '../billing.js';
import type { Statement } from './client-statements.js';
import { createViewColumns } from './known-view-columns.js';
import { isStatementTimeout, withLimit } from './statement-limit.js';
import type { ViewColumns } from './view-columns.js';

/** Sends statements over the billing views, made of the columns that these have. */
export interface AskViews {
  /** Throws a BillingTimeoutError where the server stopped the statement, and a BillingDataError where it fails for some row. */
  rows<T>(statementOf: (columns: ViewColumns) => Statement, limitMs: number): Promise<readonly T[]>;
  columns(): Promise<ViewColumns>;
}

export function askViews(database: Queryable): AskViews {
  const known = createViewColumns(database);
  return {
    rows: (statementOf, limitMs) =>
      known.use(async (columns) => {
        const { sql, values } = statementOf(columns);
        try {
          return await database.query(withLimit(sql, limitMs, columns.server), values);
        } catch (error) {
          throw viewError(error, limitMs);
        }
      }),
    columns: () => known.use((columns) => Promise.resolve(columns)),
  };
}

function viewError(error: unknown, limitMs: number): unknown {
  if (isStatementTimeout(error))
    return new BillingTimeoutError(
      `the billing views took longer than ${Math.ceil(limitMs)} ms to answer; docs/billing-views.md says how to make them fast`,
      { cause: error },
    );
  return isOfSomeRow(error) ? new BillingDataError((error as Error).message, { cause: error }) : error;
}

/** SQLSTATE classes: no data, more than one row, a value that is wrong, and what a stored function signals. */
const rowStates = /^(?:02|21|22|45)/;
/** A stored function that finds several rows where it takes one. */
const tooManyRows = 1172;

function isOfSomeRow(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { sqlState, errno } = error as { sqlState?: unknown; errno?: unknown };
  return (
    error instanceof Error &&
    ((typeof sqlState === 'string' && rowStates.test(sqlState)) || errno === tooManyRows)
  );
}
