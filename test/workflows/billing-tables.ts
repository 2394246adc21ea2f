import type { DataSource } from 'typeorm';

/** The billing tables of docs and design, for tests that play the billing system. */
export async function createBillingTables(database: DataSource): Promise<void> {
  await database.query(`CREATE TABLE billing_client (client_id VARCHAR(64) PRIMARY KEY, name VARCHAR(255), reseller_id VARCHAR(64),
    profile_id VARCHAR(191) NULL, currency CHAR(3), balance DECIMAL(24,8), credit_limit DECIMAL(24,8), billing_email VARCHAR(320) NULL,
    status VARCHAR(16), prepaid TINYINT, language VARCHAR(16) NULL, time_zone VARCHAR(64) NULL, created_at DATETIME(6),
    last_charge_at DATETIME(6) NULL, last_refill_at DATETIME(6) NULL)`);
  await database.query(
    'CREATE TABLE billing_reseller (reseller_id VARCHAR(64) PRIMARY KEY, name VARCHAR(255), manager_email VARCHAR(320) NULL)',
  );
  await database.query(
    'CREATE TABLE billing_user (login VARCHAR(64) PRIMARY KEY, reseller_id VARCHAR(64) NULL, email VARCHAR(320))',
  );
  await database.query(
    'CREATE TABLE billing_exchange_rate (from_currency CHAR(3), to_currency CHAR(3), rate DECIMAL(24,12), PRIMARY KEY (from_currency, to_currency))',
  );
  await database.query("INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'manager@acme.example')");
}

export async function addClient(database: DataSource, clientId: string, balance: string): Promise<void> {
  await database.query(
    `INSERT INTO billing_client VALUES (?, 'Client', 'acme', 'acme/prepaid', 'USD', ?, 0, 'billing@client.example', 'active', 1,
     NULL, NULL, '2020-01-01', NULL, NULL)`,
    [clientId, balance],
  );
}
