import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { RealServers } from '../dev/trial/real-servers.js';

// What the benches of looks have in common.

const dayMs = 86_400_000;
/** Of the fleet: these are low, and were notified at their last check. */
export const lowPercent = 5;
export const checkEvery = { text: '1m', ms: 60_000 } as const;
export const mysqlOptions = ['--innodb-buffer-pool-size=256M'] as const;

/** As their last check left them. */
export async function makeLow(database: DataSource, clients: number): Promise<void> {
  await database.query(
    'UPDATE billing_client SET balance = 5, billing_email = ? ORDER BY client_id LIMIT ?',
    ['billing@client.example', Math.round((clients * lowPercent) / 100)],
  );
}

/** Rows of watched clients, as if the workflow of each had checked just now. */
export async function insertRows(database: DataSource, except: readonly string[] = ['']): Promise<void> {
  const now = Date.now();
  const told = { at: now, instant: now, checkAt: now };
  const low = { profileId: 'acme/prepaid', acceptedAt: { client: [now] }, lastTold: { client: told } };
  await database.query(
    `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, planned_at, next_check_at, seen_at, watch)
     SELECT client_id, profile_id, IF(balance < 10, 'low', 'ok'), ?, ?, ?, ?, IF(balance < 10, ?, ?) FROM billing_client
     WHERE client_id NOT IN (?)`,
    [
      dayMs,
      now,
      now + dayMs,
      now,
      JSON.stringify(low),
      JSON.stringify({ profileId: 'acme/prepaid', acceptedAt: {} }),
      except,
    ],
  );
  await database.query('ANALYZE TABLE billing_client, low_balance_watched_client');
}

/** Accepts every mail, as SendGrid answers. */
export async function startProvider(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(202, { 'X-Message-Id': `m-${Math.random()}` }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Until so many were checked and found well. */
export async function untilChecked({ database }: RealServers, count: number): Promise<void> {
  for (;;) {
    const [row] = await database.query<{ n: string }[]>(
      "SELECT COUNT(*) AS n FROM low_balance_watched_client WHERE checked_at IS NOT NULL AND state = 'ok'",
    );
    if (Number(row?.n) >= count) return;
    await sleep(200);
  }
}
