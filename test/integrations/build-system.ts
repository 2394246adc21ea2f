import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { packageRoot } from '../../authoring/package-root.js';
import type { BillingSystem } from './billing-systems.js';

/** Makes a system's tables in the database of `database`, fills them, and loads its views and indexes. */
export async function buildSystem(
  database: DataSource,
  { name, tables, rows, fill }: BillingSystem,
  clients: number,
): Promise<void> {
  for (const statement of [...tables, ...rows]) await database.query(statement);
  const all = new Map<string, (readonly unknown[])[]>();
  for (let i = 0; i < clients; i += 1)
    for (const [table, some] of Object.entries(fill(i))) {
      const known = all.get(table) ?? [];
      known.push(...some);
      all.set(table, known);
    }
  for (const [table, some] of all)
    for (let from = 0; from < some.length; from += 2_000)
      await database.query(`INSERT INTO ${table} VALUES ?`, [some.slice(from, from + 2_000)]);
  const folder = path.join(packageRoot(), 'integrations', name);
  for (const file of ['views.sql', 'indexes.sql'])
    await runSql(database, await readFile(path.join(folder, file), 'utf8'));
}

async function runSql(database: DataSource, sql: string): Promise<void> {
  for (const statement of sql.replaceAll(/^\s*--.*$/gm, '').split(/;\s*(?:\n|$)/))
    if (statement.trim() !== '') await database.query(statement);
}
