import type { Queryable } from '../../store/queryable.js';
import { bytesOfText } from '../values/raw-text.js';
import { billingViews, clientColumns, type BillingView, type ClientColumn } from '../billing-views.js';
import { serverKindOf, type ServerKind } from './statement-limit.js';

/** A column as the server describes it. */
export interface FoundColumn {
  /** In lower case, such as `varchar`. */
  readonly type: string;
  /** Null for what is no text. */
  readonly collation: string | null;
  /** Of BINARY columns, in bytes. */
  readonly length: number | null;
}

/** What the views are made of, as far as statements depend on it. */
export interface ViewColumns {
  readonly server: ServerKind;
  /** Undefined where the view lacks the column. */
  of(view: BillingView, column: string): FoundColumn | undefined;
  /** The columns of `billing_client` to read, out of those wanted: all but those that are optional and not there. */
  readable(wanted: readonly ClientColumn[]): readonly ClientColumn[];
}

/** Asks the server. Views that it does not show count as having what every read needs: a read then says what is wrong with them. */
export async function readViewColumns(database: Queryable): Promise<ViewColumns> {
  const rows = await database.query<
    {
      view: string;
      name: string;
      type: string;
      collation: string | null;
      length: string | number | null;
      version: string;
    }[]
  >(
    `SELECT VERSION() AS version, table_name AS view, column_name AS name, data_type AS type, collation_name AS collation,
       character_maximum_length AS length
     FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN (?)`,
    [Object.keys(billingViews)],
  );
  const found = new Map(
    rows.map(({ view, name, type, collation, length }) => [
      `${view.toLowerCase()}.${name.toLowerCase()}`,
      { type: type.toLowerCase(), collation, length: length === null ? null : Number(length) },
    ]),
  );
  const known = rows.some(({ view }) => view.toLowerCase() === 'billing_client');
  const version = rows[0]?.version ?? (await versionOf(database));
  return {
    server: serverKindOf(version),
    of: (view, column) => found.get(`${view}.${column}`),
    readable: (wanted) =>
      clientColumns.filter(
        (column) =>
          wanted.includes(column) &&
          (!('optional' in billingViews.billing_client[column]) ||
            (known && found.has(`billing_client.${column}`))),
      ),
  };
}

async function versionOf(database: Queryable): Promise<string> {
  const [row] = await database.query<{ version: string }[]>('SELECT VERSION() AS version');
  return row?.version ?? '';
}

const numeric = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal']);

/**
 * Whether the server finds equal what is equal here, when it compares the two as they are. Otherwise collations differ ("illegal mix"), or
 * a trailing blank counts.
 */
export function comparable(a: FoundColumn | undefined, b: FoundColumn | undefined): boolean {
  if (!a || !b) return true;
  if (numeric.has(a.type) && numeric.has(b.type)) return true;
  if (a.type === 'binary' && b.type === 'binary' && a.length === b.length) return true;
  return a.collation !== null && a.collation === b.collation && padsBlanks(a.collation);
}

export function padsBlanks(collation: string): boolean {
  return !/_0900_|nopad/.test(collation) && collation !== 'binary';
}

/** A column as text that compares bytewise, whatever its type, character set and collation are. */
export function asText(expression: string, column: FoundColumn | undefined): string {
  const bytes = column?.type === 'binary' ? `TRIM(TRAILING '\\0' FROM ${expression})` : expression;
  return `RTRIM(CONVERT(${bytes} USING utf8mb4)) COLLATE utf8mb4_bin`;
}

/** `a = b` for two columns of the views, whatever their types and collations are. */
export function equal(
  a: readonly [expression: string, column: FoundColumn | undefined],
  b: readonly [expression: string, column: FoundColumn | undefined],
): string {
  return comparable(a[1], b[1]) ? `${a[0]} = ${b[0]}` : `${asText(...a)} = ${asText(...b)}`;
}

/** An id as a value to compare the column with, so that its index serves. */
export function keyValue(id: string, column: FoundColumn | undefined): string | Buffer {
  if (column?.type !== 'binary' && column?.type !== 'varbinary') return id;
  const bytes = bytesOfText(id) ?? Buffer.from(id);
  const missing = column.type === 'binary' ? (column.length ?? 0) - bytes.length : 0;
  return missing > 0 ? Buffer.concat([bytes, Buffer.alloc(missing)]) : bytes;
}

/**
 * `expression IN (…)` for texts of any alphabet. A server refuses to compare a column with a text that its character set does not know,
 * and so the whole statement: such a text is converted first, and is then equal to no id that is looked for.
 */
export function isOneOf(
  expression: string,
  texts: readonly string[],
  column: FoundColumn | undefined,
): { readonly sql: string; readonly values: unknown[] } {
  const collation = column?.collation ?? null;
  const charset = /^([a-z\d]+)_\w+$/.exec(collation ?? '')?.[1];
  const values = texts.map((text) => keyValue(text, column));
  if (charset === undefined || charset === 'utf8mb4' || texts.every(isAscii))
    return { sql: `${expression} IN (?)`, values: [values] };
  const marks = texts.map((text) =>
    isAscii(text) ? '?' : `CONVERT(? USING ${charset}) COLLATE ${collation}`,
  );
  return { sql: `${expression} IN (${marks.join(', ')})`, values };
}

export function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}
