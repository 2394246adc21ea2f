import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tellGuard } from './guard-client.js';
import { pidFileIn } from './instance-folder.js';
import {
  dataOf,
  logFileSize,
  rootUser,
  secureFilesOf,
  tmpFolderOf,
  type MysqlInstance,
} from './mysql-data.js';
import { loopback } from './ports.js';
import type { Processes } from './processes.js';
import type { RunningProcess } from './running-process.js';

const databaseName = 'low_balance';
const userName = 'low_balance';

/** The password of the private instance, made once and readable by its owner only. */
async function passwordOf(instance: MysqlInstance): Promise<string> {
  const file = path.join(instance.folder, 'password');
  if (existsSync(file)) return await readFile(file, 'utf8');
  const password = randomBytes(18).toString('base64url');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

/** What the server runs at each start. The root user keeps the socket, whose folder only its owner can enter. */
async function writeInitFile(instance: MysqlInstance, password: string): Promise<string> {
  const file = path.join(instance.folder, 'init.sql');
  const user = `'${userName}'@'${loopback}'`;
  const statements = [
    `CREATE DATABASE IF NOT EXISTS ${databaseName} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
    `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY '${password}'`,
    `ALTER USER ${user} IDENTIFIED BY '${password}'`,
    `GRANT ALL PRIVILEGES ON *.* TO ${user} WITH GRANT OPTION`,
    `DROP USER IF EXISTS 'root'@'127.0.0.1', 'root'@'::1'`,
  ];
  await writeFile(file, statements.map((statement) => `${statement};\n`).join(''), { mode: 0o600 });
  return file;
}

interface SocketPlace {
  readonly socket: string;
  readonly remove: () => Promise<void>;
}

/** A socket's path may have about a hundred bytes; a deep data folder needs another place for it. */
async function placeSocket(instance: MysqlInstance): Promise<SocketPlace> {
  const socket = path.join(instance.folder, 'mysql.sock');
  if (Buffer.byteLength(socket) < 100) return { socket, remove: async () => {} };
  const folder = await mkdtemp(path.join(tmpdir(), 'low-balance-'));
  tellGuard({ do: 'watch-folder', folder });
  return {
    socket: path.join(folder, 'mysql.sock'),
    async remove() {
      await rm(folder, { recursive: true, force: true });
      tellGuard({ do: 'forget-folder', folder });
    },
  };
}

export interface StartedMysql {
  readonly url: string;
  readonly running: RunningProcess;
}

/** Starts the instance on `port` of 127.0.0.1. It may not answer yet when this resolves. */
export async function startMysql(
  instance: MysqlInstance,
  port: number,
  processes: Processes,
  serverOptions: readonly string[] = [],
): Promise<StartedMysql> {
  const { program, folder, env } = instance;
  const password = await passwordOf(instance);
  const { socket, remove: removeSocket } = await placeSocket(instance);
  const running = await processes.start({
    name: 'MySQL',
    command: program.executable,
    args: [
      '--no-defaults',
      `--datadir=${dataOf(instance)}`,
      `--tmpdir=${await tmpFolderOf(instance)}`,
      ...rootUser,
      `--socket=${socket}`,
      `--pid-file=${path.join(folder, 'mysqld.pid')}`,
      `--init-file=${await writeInitFile(instance, password)}`,
      await secureFilesOf(instance),
      `--port=${port}`,
      `--bind-address=${loopback}`,
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_unicode_ci',
      '--default-time-zone=+00:00',
      // Small and quick rather than safe against a power cut.
      '--skip-log-bin',
      '--performance-schema=OFF',
      '--innodb-buffer-pool-size=64M',
      logFileSize,
      '--innodb-flush-log-at-trx-commit=2',
      '--loose-mysqlx=OFF',
      ...serverOptions,
    ],
    env,
    logFile: path.join(folder, 'server.log'),
    pidFile: pidFileIn(folder),
  });
  void running.ended.then(removeSocket);
  return { url: `mysql://${userName}:${password}@${loopback}:${port}/${databaseName}`, running };
}
