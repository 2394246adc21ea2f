import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { createConnection } from 'mysql2/promise';
import { findProgram, installWithApt } from './find-program.js';
import { startChild } from './processes.js';
import { StackError, type Progress } from './progress.js';
import { waitForPort } from './wait.js';

export interface ProvidedMysql {
  /** `mysql://user@host:port/database` */
  readonly url: string;
  /** False where the environment named it: then nothing of it is ours to change. */
  readonly owned: boolean;
  stop(): Promise<void>;
}

export interface MysqlWanted {
  /** Its database files are kept here. */
  readonly folder: string;
  /** The environment's MYSQL_URL. */
  readonly url: string | undefined;
  readonly path: string;
  readonly progress: Progress;
  /** Delete the files at the end. */
  readonly ephemeral?: boolean;
  readonly port?: number;
}

const databaseName = 'low_balance';

/** MySQL, first that works: the environment's, a private mariadbd or mysqld, the same after apt-get. Throws StackError. */
export async function provideMysql(wanted: MysqlWanted): Promise<ProvidedMysql> {
  if (wanted.url !== undefined) {
    wanted.progress('MySQL: using MYSQL_URL');
    return { url: wanted.url, owned: false, stop: () => Promise.resolve() };
  }
  const names = ['mariadbd', 'mysqld'];
  let server = findProgram(names, wanted.path);
  if (
    !server &&
    (await installWithApt(['mariadb-server-core', 'mariadb-client-core'], wanted.path, wanted.progress))
  ) {
    server = findProgram(names, wanted.path);
  }
  if (!server) {
    throw new StackError(
      'MySQL: neither mariadbd nor mysqld is on PATH. Install MariaDB 10.11 or MySQL 8 (Debian: apt-get install mariadb-server-core mariadb-client-core; macOS: brew install mariadb), or set MYSQL_URL=mysql://user:password@host:3306/low_balance',
    );
  }
  return startPrivate(server, wanted);
}

async function startPrivate(
  server: string,
  { folder, progress, path, ephemeral, port: wantedPort }: MysqlWanted,
): Promise<ProvidedMysql> {
  const data = join(folder, 'data');
  const log = join(folder, 'mysql.log');
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(data, 'mysql'))) await createFiles(server, data, path, asRoot);
  const port = wantedPort ?? (await getPort({ host: '127.0.0.1' }));
  progress(`MySQL: starting a private ${server} on 127.0.0.1:${port} (set MYSQL_URL to use your own)`);
  const child = startChild(
    server,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=m-${randomBytes(4).toString('hex')}.sock`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--pid-file=${join(data, 'mysql.pid')}`,
      '--skip-log-bin',
      '--innodb-flush-log-at-trx-commit=2',
      '--innodb-buffer-pool-size=256M',
      '--max-connections=200',
      '--default-time-zone=+00:00',
      ...asRoot,
    ],
    log,
  );
  try {
    await waitForPort(child, port);
    const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' });
    await connection.query(`CREATE DATABASE IF NOT EXISTS ${databaseName} CHARACTER SET utf8mb4`);
    await connection.end();
  } catch (error) {
    await child.stop();
    throw new StackError(`MySQL: the private server did not start; see ${log}`, { cause: error });
  }
  return {
    url: `mysql://root@127.0.0.1:${port}/${databaseName}`,
    owned: true,
    async stop() {
      await child.stop();
      if (ephemeral) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function createFiles(
  server: string,
  data: string,
  path: string,
  asRoot: readonly string[],
): Promise<void> {
  const install = findProgram(['mariadb-install-db', 'mysql_install_db'], path);
  const result = server.endsWith('mariadbd')
    ? await execa(
        install ?? 'mariadb-install-db',
        ['--no-defaults', '--auth-root-authentication-method=normal', `--datadir=${data}`, ...asRoot],
        { reject: false },
      )
    : await execa(server, ['--no-defaults', '--initialize-insecure', `--datadir=${data}`, ...asRoot], {
        reject: false,
      });
  if (result.exitCode !== 0) {
    rmSync(data, { recursive: true, force: true });
    throw new StackError(
      `MySQL: the database files could not be created in ${data}: ${result.stderr || result.message}`,
    );
  }
}
