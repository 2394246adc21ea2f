import { isIP } from 'node:net';
import mysql2 from 'mysql2';
import { DataSource } from 'typeorm';
import { Brake1764170000000 } from './migrations/1764170000000-brake.js';
import { LeftUnsent1764194400000 } from './migrations/1764194400000-left-unsent.js';
import { Looks1764190800000 } from './migrations/1764190800000-looks.js';
import { OwnTables1763942400000 } from './migrations/1763942400000-own-tables.js';
import { StartingAgain1764180000000 } from './migrations/1764180000000-starting-again.js';
import { Renames1763953200000 } from './migrations/1763953200000-renames.js';
import { ResellerSettings1764180600000 } from './migrations/1764180600000-reseller-settings.js';
import { SyncedCommit1764198000000 } from './migrations/1764198000000-synced-commit.js';
import { ResellerChannels1764187200000 } from './migrations/1764187200000-reseller-channels.js';
import { Fence1764201600000 } from './migrations/1764201600000-fence.js';
import { NoticeDelivery1763949600000 } from './migrations/1763949600000-notice-delivery.js';
import { RecipientsByAddress1764183600000 } from './migrations/1764183600000-recipients-by-address.js';
import {
  addressEntity,
  noticeEntity,
  noticeRecipientEntity,
  profileEntity,
  revisionEntity,
  watchedClientEntity,
} from './rows.js';
import { messageOf } from '../domain/error-message.js';

/** MySQL or MariaDB could not be reached or refused us. The message names the address, never the password. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

export interface DatabaseOptions {
  /** Connections at most; a check needs one for a few milliseconds. */
  readonly poolSize?: number;
}

/**
 * Opens the database with the service's own tables. `url` is `mysql://user:password@host:port/database`.
 * Throws DatabaseError within 10 s where it cannot be reached.
 */
export async function openDatabase(
  url: string,
  { poolSize = 10 }: DatabaseOptions = {},
): Promise<DataSource> {
  if (wantsTls(url) && isIP(hostOf(url)) !== 0) {
    // mysql2 verifies host names only: an address would be taken for "localhost".
    throw new DatabaseError(
      `MySQL at ${addressOf(url)} cannot be verified: with tls=true expected a host name that the server's certificate names, found an IP address`,
    );
  }
  const database = new DataSource({
    type: 'mysql',
    url: withoutParameters(url),
    charset: 'utf8mb4_general_ci',
    timezone: 'Z',
    driver: withOwnSession(mysql2),
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    connectTimeout: 8_000,
    poolSize,
    ...(wantsTls(url) ? { ssl: { verifyIdentity: true } } : {}),
    entities: [
      profileEntity,
      revisionEntity,
      noticeEntity,
      noticeRecipientEntity,
      addressEntity,
      watchedClientEntity,
    ],
    migrations: [
      OwnTables1763942400000,
      NoticeDelivery1763949600000,
      Renames1763953200000,
      RecipientsByAddress1764183600000,
      Brake1764170000000,
      ResellerSettings1764180600000,
      StartingAgain1764180000000,
      ResellerChannels1764187200000,
      Looks1764190800000,
      LeftUnsent1764194400000,
      SyncedCommit1764198000000,
      Fence1764201600000,
    ],
    migrationsTableName: 'low_balance_migration',
  });
  try {
    return await database.initialize();
  } catch (error) {
    throw new DatabaseError(`MySQL at ${addressOf(url)} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * What a session must not take over from the server's configuration: its time zone, by which TIMESTAMP and NOW() would differ; a character
 * set that clients cannot choose; reads that stay in a transaction for ever; and modes by which texts are quoted, or CHAR is read, otherwise.
 */
const session = `SET NAMES utf8mb4 COLLATE utf8mb4_general_ci, time_zone = '+00:00', autocommit = 1,
  sql_mode = REPLACE(REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', ''), 'PAD_CHAR_TO_FULL_LENGTH', '')`;

/**
 * The driver with that session. A connection runs its commands in order, so the first statement of a caller comes after it; one that
 * cannot have it is closed.
 */
function withOwnSession(driver: typeof mysql2): object {
  return {
    ...driver,
    createPool(options: mysql2.PoolOptions) {
      const pool = driver.createPool(options);
      pool.on('connection', (connection) =>
        connection.query(session, (error) => {
          if (error) connection.destroy();
        }),
      );
      return pool;
    },
  };
}

/** Brings the service's own tables to this version; safe to repeat. */
export async function migrate(database: DataSource): Promise<readonly string[]> {
  const done = await database.runMigrations({ transaction: 'each' });
  return done.map(({ name }) => name);
}

/** `host:port/database` of a MySQL URL, for messages. */
export function addressOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || 3306}${pathname}`;
}

/** `?tls=true` in the URL asks for an encrypted connection to a server whose certificate is of a known CA and names the host. */
function wantsTls(url: string): boolean {
  return new URL(url).searchParams.get('tls') === 'true';
}

/** Without the brackets of an IPv6 address. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

function withoutParameters(url: string): string {
  const parsed = new URL(url);
  parsed.search = '';
  return parsed.href;
}
