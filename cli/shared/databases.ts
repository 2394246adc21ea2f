import type { DataSource } from 'typeorm';
import { billingMysqlUrl, mysqlUrl } from '../../worker/settings.js';
import { connectBilling, connectDatabase, resolveEnvironment } from './connect.js';
import { CliError } from './exit-code.js';
import type { Io } from './io.js';

/** Opens the own database and the billing views', or one where they are the same, and closes them. */
export async function withDatabases<T>(
  io: Io,
  work: (database: DataSource, billing: DataSource) => Promise<T>,
): Promise<T> {
  const env = resolveEnvironment(io);
  return await withDatabase(io, async (database) => {
    if (billingMysqlUrl(env) === mysqlUrl(env)) return await work(database, database);
    const billing = await connectBilling(io);
    try {
      return await work(database, billing);
    } finally {
      await billing.destroy();
    }
  });
}

/** Opens the own database and closes it. What MySQL refuses is reported without a stack trace, with how to fix it. */
export async function withDatabase<T>(io: Io, work: (database: DataSource) => Promise<T>): Promise<T> {
  const database = await connectDatabase(io);
  try {
    return await work(database);
  } catch (error) {
    throw error instanceof Error && error.name === 'QueryFailedError' ? refusedBy(error) : error;
  } finally {
    await database.destroy();
  }
}

function refusedBy(error: Error): CliError {
  const { message } = error;
  const cause = { cause: error };
  if (/low_balance_\w+' doesn't exist/.test(message) || /Unknown column/.test(message))
    return new CliError(
      `MySQL lacks the service's tables, or has older ones: ${message}. Mend it with: npx low-balance setup`,
      undefined,
      cause,
    );
  if (/billing_\w+' doesn't exist/.test(message))
    return new CliError(
      `MySQL lacks a billing view: ${message}. docs/billing-views.md has them; BILLING_MYSQL_URL says where they are`,
      undefined,
      cause,
    );
  return new CliError(`MySQL refused: ${message}`, undefined, cause);
}
