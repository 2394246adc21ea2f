import type { DataSource } from 'typeorm';

const options = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4';

/** The billing data that the service reads, as tables: for the local stack and for tests. In production they are views. */
const tables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS billing_client (client_id VARCHAR(64) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL,
    reseller_id VARCHAR(64) NULL, profile_id VARCHAR(191) NULL, currency CHAR(3) NOT NULL, balance DECIMAL(24,8) NOT NULL,
    credit_limit DECIMAL(24,8) NOT NULL DEFAULT 0, billing_email VARCHAR(320) NULL, status VARCHAR(16) NOT NULL DEFAULT 'active',
    prepaid TINYINT NOT NULL DEFAULT 1, language VARCHAR(16) NULL, time_zone VARCHAR(64) NULL, created_at DATETIME(6) NULL,
    last_charge_at DATETIME(6) NULL, last_refill_at DATETIME(6) NULL, client_group VARCHAR(64) NULL,
    own_threshold DECIMAL(24,8) NULL, daily_spend DECIMAL(24,8) NULL, last_refill_amount DECIMAL(24,8) NULL, KEY client_of_profile (profile_id)) ${options}`,
  `CREATE TABLE IF NOT EXISTS billing_reseller (reseller_id VARCHAR(64) NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL,
    manager_email VARCHAR(320) NULL) ${options}`,
  `CREATE TABLE IF NOT EXISTS billing_user (login VARCHAR(64) NOT NULL PRIMARY KEY, reseller_id VARCHAR(64) NULL,
    email VARCHAR(320) NOT NULL) ${options}`,
  `CREATE TABLE IF NOT EXISTS billing_exchange_rate (from_currency CHAR(3) NOT NULL, to_currency CHAR(3) NOT NULL,
    rate DECIMAL(24,12) NOT NULL, PRIMARY KEY (from_currency, to_currency)) ${options}`,
  `CREATE TABLE IF NOT EXISTS billing_entry (client_id VARCHAR(64) COLLATE utf8mb4_bin NOT NULL, at DATETIME(6) NOT NULL,
    kind VARCHAR(16) NOT NULL, amount DECIMAL(24,8) NOT NULL, KEY entry_of_client (client_id, at)) ${options}`,
];

/** Creates the billing tables that are not there yet. */
export async function createBillingTables(billing: DataSource): Promise<void> {
  for (const table of tables) await billing.query(table);
}
