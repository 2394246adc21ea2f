import type { DataSource } from 'typeorm';
import type { NotifyInput } from '../../activities/contract.js';
import type { Parts } from '../../activities/parts.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import type { Channel } from '../../delivery/channel.js';
import { createBilling } from '../../billing/mysql/billing.js';
import { migrate, openDatabase } from '../../store/database.js';
import { createMysqlLedger } from '../../delivery/ledger/mysql-ledger.js';
import { createLookRows } from '../../billing/mysql/look-rows.js';
import { createLookedClients } from '../../store/looked-clients.js';
import { createProfiles } from '../../store/profiles.js';
import { createWatchedClients } from '../../store/watched-clients.js';
import { provideTestMysql } from '../../dev/trial/test-mysql.js';
import { createBillingTables } from '../workflows/billing-tables.js';

export const profileFile: ProfileFile = {
  name: 'Prepaid',
  reseller: 'acme',
  currency: 'USD',
  sortOrder: 1,
  maxQty: 3,
  period: '24h',
  userNotification: { threshold: 100, emails: ['noc@acme.example'] },
  clientNotification: { threshold: 50 },
};

export interface NotifyWorld {
  readonly url: string;
  readonly database: DataSource;
  stop(): Promise<void>;
}

/** A database with the service's tables, billing tables and the profile `acme/prepaid`. */
export async function createNotifyWorld(): Promise<NotifyWorld> {
  const mysql = await provideTestMysql();
  const database = await openDatabase(mysql.url, { poolSize: 20 });
  await migrate(database);
  await createBillingTables(database);
  await writeProfile(database, profileFile);
  return {
    url: mysql.url,
    database,
    async stop() {
      await database.destroy();
      await mysql.stop();
    },
  };
}

export async function writeProfile(database: DataSource, file: ProfileFile): Promise<void> {
  await database.query(
    `INSERT INTO low_balance_profile (id, reseller, content, source, version, applied_hash, updated_at)
     VALUES ('acme/prepaid', 'acme', ?, '', 1, REPEAT('0', 64), 0) ON DUPLICATE KEY UPDATE content = VALUES(content)`,
    [JSON.stringify(file)],
  );
}

export async function addLowClient(
  database: DataSource,
  clientId: string,
  email: string | null = `billing@${clientId}.example`,
): Promise<void> {
  await database.query(
    `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, credit_limit, billing_email,
       status, prepaid, created_at) VALUES (?, ?, 'acme', 'acme/prepaid', 'USD', 40, 0, ?, 'active', 1, '2020-01-01')`,
    [clientId, `Client ${clientId}`, email],
  );
}

/** The parts that telling needs. */
export function notifyParts(database: DataSource, email: Channel): Parts {
  return {
    billing: createBilling(database),
    profiles: createProfiles(database),
    ledger: createMysqlLedger(database),
    watched: createWatchedClients(database, () => {}),
    channels: { email },
    lookRows: createLookRows(database),
    looked: createLookedClients(database),
    watchers: {
      start: () => Promise.resolve(true),
      wakeForLook: () => Promise.resolve(true),
      wake: () => Promise.resolve(true),
    },
    now: () => Promise.resolve(Date.now()),
    attemptedAt: () => Promise.resolve(Date.now()),
    count: () => {},
  };
}

/** A check of now that decided to tell by both rules. */
export function aCheckOf(clientId: string, changes: Partial<NotifyInput> = {}): NotifyInput {
  const checkAt = changes.checkAt ?? Date.now();
  return {
    clientId,
    checkAt,
    deadlineAt: checkAt + 60_000,
    nextCheckAt: checkAt + 60_000,
    availableBalance: '40',
    rules: [
      { key: 'user', reminder: 1 },
      { key: 'client', reminder: 1 },
    ],
    ...changes,
  };
}

export interface RecipientState {
  readonly audience: string;
  readonly address: string;
  readonly state: string;
  readonly reason: string | null;
}

/** What the ledger says of everybody whom the notices of a client name. */
export function recipientsOf(database: DataSource, clientId: string): Promise<readonly RecipientState[]> {
  return database.query<RecipientState[]>(
    `SELECT n.audience, r.address, r.state, r.reason FROM low_balance_notice n
     JOIN low_balance_notice_recipient r ON r.notice_id = n.id WHERE n.client_id = ? ORDER BY n.check_at, n.audience, r.address`,
    [clientId],
  );
}
