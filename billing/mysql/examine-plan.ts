import { ok, warning, type Finding } from '../../domain/finding.js';
import type { ProfileNeeds } from '../../domain/profile-needs.js';
import type { Queryable } from '../../store/queryable.js';
import { readStatement } from './client-statements.js';
import { readViewColumns } from './view-columns.js';

/** A table of fewer rows may be scanned for each client. */
const smallTable = 1_000;

interface ExplainRow {
  readonly table: string | null;
  readonly type: string | null;
  readonly rows: string | number | null;
}

/** Whether a check's read of one client scans a table, as the server itself explains it; which index would help. */
export async function examinePlan(
  billing: Queryable,
  ids: readonly string[],
  needs: ProfileNeeds,
): Promise<readonly Finding[]> {
  if (ids.length === 0) return [];
  const { sql, values } = readStatement(ids, needs, await readViewColumns(billing), true);
  let rows: readonly ExplainRow[];
  let tree: string;
  try {
    // MySQL has a variable by which another format is the default.
    rows = await billing.query<ExplainRow[]>(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, values);
    const [json] = await billing.query<Readonly<Record<string, string>>[]>(
      `EXPLAIN FORMAT=JSON ${sql}`,
      values,
    );
    tree = Object.values(json ?? {})[0] ?? '';
  } catch {
    return [
      warning(
        'indexes',
        'the user may not EXPLAIN the views, which takes SHOW VIEW and SELECT on the tables below them: run doctor once as a user who may, by BILLING_MYSQL_URL',
      ),
    ];
  }
  const names = await tablesBehind(billing);
  const scans = onePerTable(rows).filter(
    ({ type, table, rows: read }) =>
      (type === 'ALL' || type === 'index') &&
      !/^<|^lb_[rxu]$/.test(table ?? '<') &&
      Number(read) > smallTable,
  );
  if (scans.length === 0) return [ok('indexes', 'the read of one client scans no large table')];
  return scans.map(({ table, rows: read }) => {
    const alias = table ?? '';
    const name = names.get(alias) ?? alias;
    const columns = joinedColumns(tree, alias);
    const index =
      columns.length === 0
        ? 'an index on what the view joins it by'
        : `CREATE INDEX low_balance ON ${name} (${columns.join(', ')})`;
    return {
      ...warning(
        'indexes',
        `each read of one client scans ${name}, about ${read} rows. What helps: ${index}`,
      ),
      figures: { table: name, rows: Number(read), columns },
    };
  });
}

/** A table that several columns of a view look into is named once. */
function onePerTable(rows: readonly ExplainRow[]): readonly ExplainRow[] {
  return [...new Map(rows.map((row) => [`${row.table} ${row.type}`, row])).values()];
}

/** Alias → table of what the views are made of; empty where the user may not see their text. */
async function tablesBehind(billing: Queryable): Promise<ReadonlyMap<string, string>> {
  const views = await billing.query<{ text: string }[]>(
    "SELECT view_definition AS text FROM information_schema.views WHERE table_schema = DATABASE() AND table_name LIKE 'billing\\_%'",
  );
  const found = new Map<string, string>();
  for (const { text } of views)
    for (const [, table, alias] of text.matchAll(/`[^`]+`\.`([^`]+)` (?:AS )?`([^`]+)`/g))
      if (table !== undefined && alias !== undefined) found.set(alias, table);
  return found;
}

/** The columns by which a table is joined, out of the conditions that the server attached to it. */
function joinedColumns(tree: string, alias: string): readonly string[] {
  const plain = tree.replaceAll('`', '').replaceAll('\\"', '"');
  const conditions = [...plain.matchAll(/"attached_condition"\s*:\s*"([^"]*)"/g)].map(
    ([, text]) => text ?? '',
  );
  const name = alias.replaceAll(/[^\w]/g, '');
  const columns = conditions.flatMap((condition) =>
    [
      ...condition.matchAll(
        new RegExp(
          `(?:^|[^\\w.])(?:\\w+\\.)?${name}\\.(\\w+)\\s*(?:=|<=>)|(?:=|<=>)\\s*(?:\\w+\\.)?${name}\\.(\\w+)`,
          'g',
        ),
      ),
    ].flatMap(([, left, right]) => left ?? right ?? []),
  );
  return [...new Set(columns)];
}
