import assert from 'node:assert/strict';
import { eventually, putClient, putProfile, startRealServers } from '../../dev/trial/real-servers.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';
import { provideTestTemporal, type TestTemporal } from '../../dev/trial/test-temporal.js';
import { openDatabase } from '../../store/database.js';
import { connectTemporal, temporalSettings } from '../../worker/temporal.js';

describe('a trial on servers that are given', () => {
  let mysql: TestMysql;
  let temporal: TestTemporal;

  before(async () => {
    [mysql, temporal] = await Promise.all([provideTestMysql(), provideTestTemporal()]);
  });
  after(() => Promise.all([mysql?.stop(), temporal?.stop()]));

  async function databases(): Promise<readonly string[]> {
    const database = await openDatabase(mysql.url);
    try {
      const rows = await database.query<{ name: string }[]>(
        "SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE 'low\\_balance\\_trial\\_%'",
      );
      return rows.map(({ name }) => name);
    } finally {
      await database.destroy();
    }
  }

  async function namespaces(): Promise<readonly string[]> {
    const client = await connectTemporal(temporalSettings({ TEMPORAL_ADDRESS: temporal.address }));
    try {
      const { namespaces } = await client.workflowService.listNamespaces({ pageSize: 1_000 });
      return namespaces
        .map(({ namespaceInfo }) => namespaceInfo?.name ?? '')
        .filter((name) => name.startsWith('low-balance-trial-'));
    } finally {
      await client.connection.close();
    }
  }

  it('is refused where MYSQL_URL is none, with what was expected and without its password', async () => {
    for (const url of ['foo', 'postgres://u:secret@db.example/x', ' '])
      await assert.rejects(
        startRealServers({ quiet: true, given: { MYSQL_URL: url } }),
        ({ message }: Error) =>
          /MYSQL_URL .*Expected.*mysql:\/\//.test(message) && !message.includes('u:secret'),
      );
  });

  it('has a database and a namespace of its own, in which a client is watched, and removes both', async () => {
    const given = { MYSQL_URL: mysql.url, TEMPORAL_ADDRESS: temporal.address };
    const servers = await startRealServers({ quiet: true, given });
    try {
      assert.deepEqual(await databases(), [new URL(servers.env['MYSQL_URL']!).pathname.slice(1)]);
      assert.deepEqual(await namespaces(), [servers.namespace]);
      await putProfile(servers.database, 'prepaid');
      await putClient(servers.database, 'GIVEN', '500');
      const worker = await servers.startWorker();
      try {
        await servers.watch('GIVEN');
        await eventually('it is checked', async () => (await servers.status('GIVEN')).lastCheckAt !== null);
      } finally {
        await worker.stop();
      }
    } finally {
      await servers.stop();
    }
    assert.deepEqual(await databases(), []);
    assert.deepEqual(await namespaces(), []);
  });
});
