import type { Client, Connection } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { missingSearchAttributes } from './search-attributes.js';

/** What `low-balance setup` makes is missing: a worker would only retry its tasks for ever. */
export class NotSetUpError extends Error {
  override readonly name = 'SettingsError';
}

export interface PreflightOptions {
  readonly database: DataSource;
  readonly client: Client;
  readonly namespace: string;
}

/** Throws NotSetUpError where tables or search attributes are missing. */
export async function preflight({ database, client, namespace }: PreflightOptions): Promise<void> {
  const migrations = await pendingMigrations(database);
  if (migrations.length > 0) {
    throw new NotSetUpError(
      `MySQL lacks ${migrations.length === 1 ? 'a migration' : 'migrations'} of this version: ${migrations.join(', ')}. Run: npx low-balance setup`,
    );
  }
  const attributes = (await missingSearchAttributes(client.connection as Connection, namespace)) ?? [];
  if (attributes.length > 0) {
    throw new NotSetUpError(
      `namespace ${namespace} lacks the search ${attributes.length === 1 ? 'attribute' : 'attributes'} ${attributes.join(', ')}. Run: npx low-balance setup`,
    );
  }
}

/** Migrations of this version that were not run, by name. Reads only: a worker's user may not change tables. */
export async function pendingMigrations(database: DataSource): Promise<readonly string[]> {
  const known = database.migrations.map((each) => each.name ?? each.constructor.name);
  try {
    const rows = await database.query<{ name: string }[]>('SELECT name FROM low_balance_migration');
    const done = new Set(rows.map(({ name }) => name));
    return known.filter((name) => !done.has(name));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ER_NO_SUCH_TABLE') return known;
    throw error;
  }
}
