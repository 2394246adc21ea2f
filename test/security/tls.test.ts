import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer, type Server } from 'node:tls';
import type { Environment } from '../../settings/read-settings.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { provideTestMysql } from '../../dev/trial/test-mysql.js';
import { startWorkerCommand } from '../../dev/trial/worker-command.js';
import { createAuthority, type Authority, type Certificate } from './certificates.js';

describe('TLS to MySQL and to Temporal', () => {
  let folder: string;
  let authority: Authority;
  let stranger: Authority;
  let clientCertificate: Certificate;
  let servers: RealServers;
  let temporalTls: Server;
  let env: Environment;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-tls-'));
    authority = await createAuthority(folder, 'authority');
    stranger = await createAuthority(folder, 'stranger');
    clientCertificate = await authority.issueClient('worker');
    const mysql = await authority.issueServer('mysql');
    servers = await startRealServers({
      mysqlOptions: [`--ssl-cert=${mysql.certFile}`, `--ssl-key=${mysql.keyFile}`],
    });
    temporalTls = await inFrontOf(servers.env['TEMPORAL_ADDRESS']!, await authority.issueServer('temporal'));
    // A user whom MySQL lets in by TLS only.
    await servers.database.query("CREATE USER 'by_tls'@'%' IDENTIFIED BY 'a-secret' REQUIRE SSL");
    await servers.database.query("GRANT ALL PRIVILEGES ON *.* TO 'by_tls'@'%'");
    await putProfile(servers.database, 'prepaid');
    env = {
      ...servers.env,
      MYSQL_URL: mysqlUrl('localhost', 'tls=true'),
      TEMPORAL_ADDRESS: `localhost:${(temporalTls.address() as AddressInfo).port}`,
      TEMPORAL_TLS: 'true',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.certFile,
      TEMPORAL_TLS_CLIENT_CERT_PATH: clientCertificate.certFile,
      TEMPORAL_TLS_CLIENT_KEY_PATH: clientCertificate.keyFile,
      // A CA of one's own, as Node knows it.
      NODE_EXTRA_CA_CERTS: authority.certFile,
    };
  });
  after(async () => {
    temporalTls?.close();
    await servers?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function mysqlUrl(host: string, parameters: string): string {
    const { port, pathname } = new URL(servers.env['MYSQL_URL']!);
    return `mysql://by_tls:a-secret@${host}:${port}${pathname}?${parameters}`;
  }

  /** Temporal's dev server speaks no TLS; a cluster's frontend, or what stands before it, asks for both certificates. */
  async function inFrontOf(address: string, { cert, key }: Certificate): Promise<Server> {
    const [host = '', port] = address.split(':');
    const server = createServer(
      { cert, key, ca: [authority.cert], requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] },
      (socket) => {
        const upstream = connect(Number(port), host);
        for (const [from, to] of [
          [socket, upstream],
          [upstream, socket],
        ] as const) {
          from.pipe(to);
          from.on('error', () => to.destroy()).on('close', () => to.destroy());
        }
      },
    );
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return server;
  }

  /** What a worker that cannot start says; it must end by itself. */
  async function refusalOf(changes: Environment): Promise<string> {
    const worker = startWorkerCommand({ ...env, ...changes });
    const giveUp = setTimeout(() => worker.child.kill('SIGKILL'), 40_000);
    const code = await worker.ended;
    clearTimeout(giveUp);
    assert.notEqual(code, null, `it still ran after 40 s: ${worker.out()}${worker.err()}`);
    assert.notEqual(code, 0);
    const said = worker.out() + worker.err();
    assert.ok(!said.includes('a-secret'), said);
    return said;
  }

  it('a worker with certificates for both checks a client', async () => {
    await putClient(servers.database, 'C-1', '500');
    const worker = startWorkerCommand(env);
    try {
      await worker.started();
      await servers.watch('C-1');
      await eventually('it is checked', async () => (await servers.status('C-1')).lastCheckAt !== null);
    } finally {
      await worker.kill('SIGTERM');
    }
  });

  it('MySQL without TLS is refused to a user who needs it', async () => {
    assert.match(
      await refusalOf({ MYSQL_URL: mysqlUrl('localhost', '') }),
      /MySQL at localhost:\d+.*Access denied/,
    );
  });

  it('MySQL with a certificate of an unknown CA is not believed', async () => {
    const said = await refusalOf({ NODE_EXTRA_CA_CERTS: stranger.certFile });
    assert.match(said, /MySQL at localhost:\d+.*(certificate|self-signed)/);
  });

  it('MySQL at an IP address cannot be verified', async () => {
    const said = await refusalOf({ MYSQL_URL: mysqlUrl('127.0.0.1', 'tls=true') });
    assert.match(said, /MySQL at 127\.0\.0\.1:\d+.*cannot be verified.*expected a host name/);
  });

  it('Temporal with a certificate of an unknown CA is not believed, and the reason is told', async () => {
    const said = await refusalOf({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: stranger.certFile });
    assert.match(
      said,
      /Temporal at localhost:\d+ \(namespace \S+\) cannot be reached by TLS: .*certificate.*Expected .*TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    );
  });

  it('Temporal with a certificate of another host is not believed', async () => {
    const said = await refusalOf({ TEMPORAL_TLS_SERVER_NAME: 'elsewhere.example' });
    assert.match(said, /cannot be reached by TLS: Hostname\/IP does not match.*elsewhere\.example/);
  });

  it('Temporal that asks for a client certificate refuses who has none', async () => {
    const said = await refusalOf({
      TEMPORAL_TLS_CLIENT_CERT_PATH: undefined,
      TEMPORAL_TLS_CLIENT_KEY_PATH: undefined,
    });
    assert.match(said, /cannot be reached by TLS: .*certificate required/);
  });

  it('a client certificate that is none is told', async () => {
    const file = path.join(folder, 'no-certificate.pem');
    await writeFile(file, 'not a certificate');
    const said = await refusalOf({ TEMPORAL_TLS_CLIENT_CERT_PATH: file });
    assert.match(said, /Temporal at localhost:\d+ .*cannot be reached by TLS: .*PEM/);
  });

  it('Temporal without TLS is told apart', async () => {
    const said = await refusalOf({ TEMPORAL_ADDRESS: servers.env['TEMPORAL_ADDRESS'] });
    assert.match(said, /cannot be reached by TLS: it does not speak TLS/);
  });

  it('MySQL with a certificate of another host is not believed', async () => {
    const { certFile, keyFile } = await authority.issueServer('elsewhere', 'elsewhere.example');
    // A server of its own: how certificates are exchanged while a server runs differs between MariaDB and MySQL.
    const elsewhere = await provideTestMysql({
      serverOptions: [`--ssl-cert=${certFile}`, `--ssl-key=${keyFile}`],
    });
    const { port } = new URL(elsewhere.url);
    const MYSQL_URL = `mysql://by_tls:a-secret@localhost:${port}/low_balance?tls=true`;
    try {
      assert.match(await refusalOf({ MYSQL_URL }), /MySQL at localhost:\d+.*does not match certificate/);
    } finally {
      await elsewhere.stop();
    }
  });
});
