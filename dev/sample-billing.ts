import type { DataSource } from 'typeorm';
import { createBillingTables } from '../billing/mysql/billing-tables.js';
import { LocalStackError } from './errors.js';
import { sampleClients, sampleRates, sampleUsers, type SampleClient } from './sample-clients.js';
import type { SampleFleet } from './sample-fleet.js';

const dayMs = 86_400_000;
const entryDays = 60;

/**
 * Puts the sample billing data into a database that has none, and leaves sample data that is there as it is.
 * Throws a LocalStackError, `foreign-billing-data`, where the database holds clients that are not the sample's.
 */
export async function seedSampleBilling(
  billing: DataSource,
  { clients, resellers }: SampleFleet,
  now: number,
): Promise<void> {
  await createBillingTables(billing);
  const known = await billing.query<{ n: string | number }[]>('SELECT COUNT(*) AS n FROM billing_client');
  if (Number(known[0]?.n ?? 0) > 0) return await assertSample(billing);
  await billing.transaction(async (transaction) => {
    const insert = (table: string, rows: readonly (readonly unknown[])[]) =>
      transaction.query(`INSERT INTO ${table} VALUES ?`, [rows]);
    await insert(
      'billing_reseller',
      resellers.map(({ id, name, manager }) => [id, name, manager]),
    );
    await insert(
      'billing_user',
      sampleUsers.map(({ login, reseller, email }) => [login, reseller, email]),
    );
    await insert(
      'billing_exchange_rate',
      sampleRates.map(({ from, to, rate }) => [from, to, rate]),
    );
    await insert(
      `billing_client (client_id, name, reseller_id, profile_id, currency, balance, credit_limit, billing_email, status, prepaid,
        language, time_zone, daily_spend, own_threshold, last_refill_amount, created_at, last_charge_at, last_refill_at)`,
      clients.map((each) => clientRow(each, now)),
    );
    for (const each of clients) await insert('billing_entry', entriesOf(each, now));
  });
}

async function assertSample(billing: DataSource): Promise<void> {
  const known = await billing.query<unknown[]>('SELECT 1 FROM billing_client WHERE client_id = ?', [
    sampleClients[0]?.id,
  ]);
  if (known.length > 0) return;
  throw new LocalStackError({
    code: 'foreign-billing-data',
    found: 'the database that the environment names holds billing data of its own',
    expected: 'an empty database, or one with the sample data',
    advice: 'Name an empty database in MYSQL_URL, or unset it to have a private server.',
  });
}

function clientRow(client: SampleClient, now: number): readonly unknown[] {
  const { lastChargeDaysAgo } = client;
  return [
    client.id,
    client.name,
    client.reseller,
    client.profile,
    client.currency,
    client.balance,
    client.creditLimit ?? '0',
    client.email,
    client.status ?? 'active',
    1,
    client.language ?? null,
    client.timeZone ?? null,
    client.dailySpend ?? null,
    client.ownThreshold ?? null,
    refillOf(client),
    utc(now - 400 * dayMs),
    lastChargeDaysAgo === null ? null : utc(now - lastChargeDaysAgo * dayMs),
    utc(now - 35 * dayMs),
  ];
}

/** Two months of charges and refills that end in the client's balance, so that a profile can be tried on the past. */
function entriesOf(client: SampleClient, now: number): readonly (readonly unknown[])[] {
  const charges = Array.from({ length: chargedDays(client) }, (_, index) => [
    client.id,
    utc(now - (entryDays - index) * dayMs),
    'charge',
    String(dailyCharge(client)),
  ]);
  return [...charges, [client.id, utc(now - 35 * dayMs), 'refill', refillOf(client)]];
}

function dailyCharge({ id, balance, dailySpend }: SampleClient): number {
  if (dailySpend !== undefined) return Number(dailySpend);
  return Math.max(1, Math.round(Math.abs(Number(balance)) / 20) + (Number(id.slice(-1)) % 4));
}

/** A charge a day, until the last one. */
function chargedDays({ lastChargeDaysAgo }: SampleClient): number {
  return Math.ceil(entryDays - (lastChargeDaysAgo ?? entryDays));
}

function refillOf(client: SampleClient): string {
  const charged = chargedDays(client) * dailyCharge(client);
  const balance = Number(client.balance);
  return (charged === 0 ? balance : charged + Math.max(0, balance) / 2).toFixed(2);
}

/** DATETIME(6) in UTC. */
export function utc(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
