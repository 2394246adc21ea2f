import { ok, warning, type Finding } from '../../domain/finding.js';
import type { Queryable } from '../../store/queryable.js';

/** Tables below the views that no transaction covers: a plan's snapshot sees them at many instants. */
export async function examineEngines(billing: Queryable): Promise<readonly Finding[]> {
  const rows = await billing.query<{ name: string; engine: string }[]>(
    `SELECT t.table_name AS name, t.engine AS engine FROM information_schema.tables t
     WHERE t.table_type = 'BASE TABLE' AND t.engine IN ('MyISAM', 'Aria', 'MEMORY', 'CSV') AND t.table_schema NOT IN ('mysql', 'sys')
       AND (t.table_schema = DATABASE() OR EXISTS (SELECT 1 FROM information_schema.views v WHERE v.table_schema = DATABASE()
         AND v.table_name LIKE 'billing\\_%' AND v.view_definition LIKE CONCAT('%\`', t.table_schema, '\`.\`', t.table_name, '\`%')))`,
  );
  if (rows.length === 0) return [];
  const named = rows.slice(0, 5).map(({ name, engine }) => `${name} (${engine})`);
  const more = rows.length > named.length ? ` and ${rows.length - named.length} more` : '';
  return [
    warning(
      'engines',
      `${named.join(', ')}${more} know no transactions: a plan sees them while they change, and not at one instant. InnoDB does`,
    ),
  ];
}

/** A view that converts times by a zone's name, on a server that knows no names: it would answer NULL for each time. */
export async function examineZones(billing: Queryable): Promise<readonly Finding[]> {
  const views = await billing.query<{ name: string; text: string }[]>(
    `SELECT table_name AS name, view_definition AS text FROM information_schema.views
     WHERE table_schema = DATABASE() AND table_name LIKE 'billing\\_%' AND view_definition LIKE '%convert_tz(%'`,
  );
  const named = views.filter(({ text }) => /convert_tz\(.*'[a-z_]+(?:\/[a-z_]+)+'/i.test(text));
  if (named.length === 0) return [];
  const [row] = await billing.query<{ at: string | null }[]>(
    "SELECT CONVERT_TZ('2026-01-01 12:00:00', 'Europe/Vienna', '+00:00') AS at",
  );
  return row?.at
    ? []
    : [
        warning(
          'zones',
          `${named.map(({ name }) => name).join(', ')}: CONVERT_TZ answers NULL, which reads as never, because the server knows no zone by its name. Load them (mysql_tzinfo_to_sql), or write offsets such as '-05:00'`,
        ),
      ];
}

const enough = new Set(['USAGE', 'SELECT', 'SHOW VIEW']);

/** Whether the user of the views may do more than read them. */
export async function examineGrants(billing: Queryable): Promise<readonly Finding[]> {
  const rows = await billing.query<Readonly<Record<string, string>>[]>('SHOW GRANTS');
  const more = new Set<string>();
  for (const row of rows) {
    const text = Object.values(row)[0] ?? '';
    const granted = /^GRANT (.+?) ON /.exec(text)?.[1] ?? '';
    if (/ WITH GRANT OPTION\b/.test(text)) more.add('GRANT OPTION');
    for (const right of granted
      .replaceAll(/\([^)]*\)/g, '')
      .split(',')
      .map((each) => each.trim()))
      if (right !== '' && !enough.has(right)) more.add(right);
  }
  return more.size === 0
    ? [ok('rights', 'the user of the billing views may only read')]
    : [
        warning(
          'rights',
          `the user of the billing views may also ${[...more].slice(0, 6).join(', ')}${more.size > 6 ? ', …' : ''}; SELECT on the views is enough: docs/examples/grants.sql`,
        ),
      ];
}
