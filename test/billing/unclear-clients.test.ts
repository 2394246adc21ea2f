import assert from 'node:assert/strict';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import type { Service } from '../../worker/service.js';

describe('clients of odd billing data, with a real worker', function () {
  this.timeout(180_000);
  let servers: RealServers;
  let worker: Service | undefined;

  before(async () => {
    servers = await startRealServers();
    worker = await servers.startWorker();
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  async function rowOf(clientId: string): Promise<{ state: string; profile_id: string } | undefined> {
    const [row] = await servers.database.query<{ state: string; profile_id: string }[]>(
      'SELECT state, profile_id FROM low_balance_watched_client WHERE client_id = ?',
      [clientId],
    );
    return row;
  }

  it('are unknown with column and value, never starting for ever, and are told when the data is right again', async () => {
    await putProfile(servers.database, 'prepaid', { period: '2s' });
    await putClient(servers.database, 'ODD', '10');
    await servers.database.query("UPDATE billing_client SET status = 'frozen' WHERE client_id = 'ODD'");
    await servers.database.query(
      `INSERT INTO low_balance_watched_client (client_id, profile_id, state, period_ms, next_check_at, seen_at, watch)
       VALUES ('ODD', 'acme/prepaid', 'starting', 0, 0, 0, '{"acceptedAt":{}}')`,
    );
    await servers.watch('ODD');
    await eventually('it is unknown', async () => (await servers.status('ODD')).state === 'unknown');
    const { unknown } = await servers.status('ODD');
    assert.match(
      unknown?.reason ?? '',
      /billing_client\.status is "frozen", expected active, suspended or closed/,
    );
    await eventually('its row says so', async () => (await rowOf('ODD'))?.state === 'unknown');
    assert.equal(servers.mails.filter(({ clientId }) => clientId === 'ODD').length, 0);

    await servers.database.query("UPDATE billing_client SET status = 'Active ' WHERE client_id = 'ODD'");
    await eventually('it is told at the pace of its profile', () =>
      Promise.resolve(servers.mails.some(({ clientId }) => clientId === 'ODD')),
    );
    assert.equal((await servers.status('ODD')).unknown, null);
  });

  it('have the profile that applies to them, where the billing data names none', async () => {
    await putProfile(servers.database, 'vip', { period: '1d', more: { appliesTo: { groups: ['vip'] } } });
    await putClient(servers.database, 'VIP', '10', null);
    await servers.database.query("UPDATE billing_client SET client_group = 'vip' WHERE client_id = 'VIP'");
    await servers.watch('VIP');
    await eventually('it is told by that profile', () =>
      Promise.resolve(servers.mails.some(({ clientId }) => clientId === 'VIP')),
    );
    assert.equal((await servers.status('VIP')).profile?.id, 'acme/vip');
  });
});
