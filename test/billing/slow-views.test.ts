import assert from 'node:assert/strict';
import { BillingTimeoutError } from '../../billing/billing.js';
import { createBilling } from '../../billing/mysql/billing.js';
import { createFleetReader } from '../../billing/mysql/fleet-reader.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';

describe('billing views that are too slow, on a real MariaDB', function () {
  this.timeout(240_000);
  let servers: RealServers;
  let worker: Service | undefined;

  before(async () => {
    servers = await startRealServers({ ownMysql: true });
    const { database } = servers;
    await putProfile(database, 'prepaid', { period: '1d' });
    await putClient(database, 'SLOW', '10');
    await putClient(database, 'FAST', '10');
    await database.query('RENAME TABLE billing_client TO customers');
    const columns = await database.query<{ name: string }[]>(
      "SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'customers'",
    );
    const selected = columns.map(({ name }) =>
      // Slow for everyone who asks for the balance of that client, as a sum over call records is.
      name === 'balance' ? "IF(client_id = 'SLOW', balance + SLEEP(120), balance) AS balance" : name,
    );
    await database.query(`CREATE VIEW billing_client AS SELECT ${selected.join(', ')} FROM customers`);
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  /** Statements of the server that read the slow view. */
  async function running(): Promise<readonly string[]> {
    const rows = await servers.database.query<{ info: string }[]>(
      "SELECT INFO AS info FROM information_schema.PROCESSLIST WHERE INFO LIKE '%billing_client%' AND ID <> CONNECTION_ID()",
    );
    return rows.map(({ info }) => info);
  }

  it('a read is stopped by the server at its limit, and nothing of it runs on', async () => {
    const billing = createBilling(servers.database);
    const needed = { currency: 'USD', logins: [], withinMs: 1_500 };
    const from = performance.now();
    const reading = billing.readClients(['SLOW'], needed);
    const failed = assert.rejects(reading, BillingTimeoutError);
    await eventually('the statement runs', async () => (await running()).length > 0);
    await failed;
    assert.ok(performance.now() - from < 60_000, 'the server waited for the view');
    assert.deepEqual(await running(), []);
  });

  it('who is listed does not wait for what it does not need', async () => {
    const listed = await createBilling(servers.database).listClients('', 10);
    assert.deepEqual(
      listed.map(({ clientId }) => clientId),
      ['FAST', 'SLOW'],
    );
    assert.deepEqual(await createFleetReader(servers.database).namedProfiles(), ['acme/prepaid']);
  });

  it('a check that is too slow is tried patiently, and then the client is unknown, once; others are notified', async () => {
    worker = await servers.startWorker({ parts: { patientReadMs: 3_000 } });
    // As the reconciliation leaves it.
    await servers.database.query(
      `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch)
       VALUES ('SLOW', 'acme/prepaid', 'starting', 0, 0, 0, '{"acceptedAt":{}}')`,
    );
    await servers.watch('SLOW');
    await servers.watch('FAST');
    await eventually('the other client is notified', () =>
      Promise.resolve(servers.mails.some(({ clientId }) => clientId === 'FAST')),
    );
    await eventually(
      'the slow one is unknown',
      async () => (await servers.status('SLOW')).state === 'unknown',
    );
    await eventually('its check ended, and the next one is planned', async () => {
      const [row] = await servers.database.query<{ state: string; next_check_at: string }[]>(
        "SELECT state, next_check_at FROM low_balance_watched_client WHERE client_id = 'SLOW'",
      );
      return row?.state === 'unknown' && Number(row.next_check_at) > Date.now();
    });
    const { unknown } = await servers.status('SLOW');
    assert.match(unknown?.reason ?? '', /^the billing views took longer than 3000 ms to answer/);
    const { events } = await servers.client.workflow.getHandle(watchWorkflowId('SLOW')).fetchHistory();
    const patiently = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes);
    assert.equal(patiently.length, 1, 'one patient check');
    assert.equal(servers.mails.filter(({ clientId }) => clientId === 'SLOW').length, 0);
    await eventually('nothing of it runs on', async () => (await running()).length === 0);
  });
});
