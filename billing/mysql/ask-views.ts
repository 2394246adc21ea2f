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

/**
 * SQLSTATE classes: no data, more than one row, a value that is wrong, a stored function that ends without a value, and what one signals:
 * 45, or any class that neither the standard nor the servers use.
 */
const rowStates = /^(?:02|21|22|2F|4[5-9]|[5689I-Z]|7[1-9])/;
/** What has no class of its own, as the servers number it, and depends on a row's value. */
const rowErrors: ReadonlySet<number> = new Set([
  1139, // a pattern of REGEXP
  1172, // a stored function finds several rows where it takes one
  1300, // text that its character set does not know
  1411, // an argument of a function, such as of UUID_TO_BIN
  1456, // a stored routine calls itself too often
  1525, // a text that is compared with a time
  3636, // a recursion without an end
  3685, // and the patterns of REGEXP in MySQL 8, up to 3699
  ...Array.from({ length: 14 }, (_, index) => 3686 + index),
]);

function isOfSomeRow(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { sqlState, errno } = error as { sqlState?: unknown; errno?: unknown };
  return (
    error instanceof Error &&
    ((typeof sqlState === 'string' && rowStates.test(sqlState) && !sqlState.startsWith('XA')) ||
      (typeof errno === 'number' && rowErrors.has(errno)))
  );
}
