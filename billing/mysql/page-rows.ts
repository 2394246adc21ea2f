import type { DataFault } from '../../domain/client.js';
import { BillingDataError } from '../billing.js';
import { identityColumns, type ClientColumn } from '../billing-views.js';
import { idOf, type ClientRow } from '../client-gate.js';
import type { AskViews } from './ask-views.js';
import {
  endStatement,
  pageStatement,
  selectStatement,
  type PageOf,
  type Statement,
} from './client-statements.js';
import { createColumnFaults, readApart } from './rows-apart.js';
import type { ViewColumns } from './view-columns.js';

export interface RowPage {
  readonly rows: readonly ClientRow[];
  /** Clients for which the view fails; `rows` has no more of them than who they are. */
  readonly faults: ReadonlyMap<string, readonly DataFault[]>;
  /** What the next page comes after; absent at the end. */
  readonly next?: string;
}

export interface PageRequest extends Pick<PageOf, 'after' | 'limit'> {
  readonly wanted: readonly ClientColumn[];
  readonly filterOf?: ((columns: ViewColumns) => Statement | undefined) | undefined;
  readonly limitMs: number;
}

const noFaults: RowPage['faults'] = new Map();

/**
 * A page of the fleet. All rows of a client are on one page: a client that has two, or ids that the database takes for the same, would
 * else be read as if there were one. A row for which the view fails takes none of the others with it.
 */
export async function readPageRows(ask: AskViews, request: PageRequest): Promise<RowPage> {
  const { wanted, limitMs } = request;
  try {
    return { ...(await wholePage(ask, request, wanted)), faults: noFaults };
  } catch (error) {
    if (!(error instanceof BillingDataError)) throw error;
  }
  const page = await wholePage(ask, request, identityColumns);
  const ids = page.rows.flatMap((row) => idOf(row.client_id) ?? []);
  const read = (some: readonly string[]) =>
    ask.rows<ClientRow>((columns) => selectStatement(wanted)(some, columns, true), limitMs);
  const { rows, failed } = await readApart([...new Set(ids)], read);
  const columnFaults = createColumnFaults(ask, wanted);
  const faults = new Map<string, readonly DataFault[]>();
  for (const id of failed.keys()) faults.set(id, await columnFaults(id, () => limitMs));
  const identities = page.rows.filter((row) => failed.has(idOf(row.client_id) ?? ''));
  return { ...page, rows: inOrder([...rows, ...identities], ids), faults };
}

async function wholePage(
  ask: AskViews,
  { after, limit, filterOf, limitMs }: PageRequest,
  wanted: readonly ClientColumn[],
): Promise<Omit<RowPage, 'faults'>> {
  const pageOf = (columns: ViewColumns): PageOf => ({ after, limit, filter: filterOf?.(columns) });
  const rows = await ask.rows<ClientRow>(
    (columns) => pageStatement(wanted, pageOf(columns), columns),
    limitMs,
  );
  const end = rows.at(-1)?.client_id;
  const next = cursorOf(end);
  if (rows.length < limit || next === undefined || next === after) return { rows };
  const same = await ask.rows<ClientRow>(
    (columns) => endStatement(wanted, end, pageOf(columns), columns),
    limitMs,
  );
  // The client may be gone by now.
  if (same.length === 0) return { rows, next };
  const ids = new Set(same.map((row) => idOf(row.client_id)));
  return { rows: [...rows.filter((row) => !ids.has(idOf(row.client_id))), ...same], next };
}

/** With its trailing blanks, where these count for the database. */
function cursorOf(id: unknown): string | undefined {
  return (typeof id === 'string' ? id : idOf(id)) ?? undefined;
}

function inOrder(rows: readonly ClientRow[], ids: readonly string[]): readonly ClientRow[] {
  const place = new Map(ids.map((id, index) => [id, index]));
  const placeOf = (row: ClientRow) => place.get(idOf(row.client_id) ?? '') ?? ids.length;
  return [...rows].sort((a, b) => placeOf(a) - placeOf(b));
}
