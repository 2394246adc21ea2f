import type { DataFault } from '../../domain/client.js';
import { BillingDataError } from '../billing.js';
import type { ClientColumn } from '../billing-views.js';
import { faultOf, workedOut } from '../data-fault.js';
import type { AskViews } from './ask-views.js';
import { selectStatement } from './client-statements.js';

/** The rows of clients, and for whom the views fail. */
export interface RowsApart<T> {
  readonly rows: readonly T[];
  readonly failed: ReadonlyMap<string, BillingDataError>;
}

/**
 * One row for which a view fails lets the whole statement fail. It is asked for in halves then, until those clients stand alone: the
 * others are read as ever.
 */
export async function readApart<T>(
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<readonly T[]>,
): Promise<RowsApart<T>> {
  const rows: T[] = [];
  const failed = new Map<string, BillingDataError>();
  const readGroup = async (group: readonly string[]): Promise<void> => {
    try {
      for (const row of await read(group)) rows.push(row);
    } catch (error) {
      if (!(error instanceof BillingDataError)) throw error;
      if (group.length === 1) failed.set(group[0]!, error);
      const middle = group.length >> 1;
      if (middle > 0) await readGroup(group.slice(0, middle));
      if (middle > 0) await readGroup(group.slice(middle));
    }
  };
  await readGroup(ids);
  return { rows, failed };
}

/**
 * Which columns the view cannot work out for a client. Of many clients that fail it is mostly the same one: that one is tried first, and
 * is enough.
 */
export function createColumnFaults(
  ask: AskViews,
  wanted: readonly ClientColumn[],
): (clientId: string, limitMs: () => number) => Promise<readonly DataFault[]> {
  let last: ClientColumn | undefined;
  const failureOf = async (column: ClientColumn, id: string, limitMs: number) => {
    try {
      await ask.rows((columns) => selectStatement([column])([id], columns, true), limitMs);
      return [];
    } catch (error) {
      if (!(error instanceof BillingDataError)) throw error;
      last = column;
      return [faultOf('billing_client', column, error.message, workedOut)];
    }
  };
  return async (clientId, limitMs) => {
    const again = last === undefined ? [] : await failureOf(last, clientId, limitMs());
    if (again.length > 0) return again;
    const faults: DataFault[] = [];
    for (const column of (await ask.columns()).readable(wanted))
      faults.push(...(await failureOf(column, clientId, limitMs())));
    return faults;
  };
}
