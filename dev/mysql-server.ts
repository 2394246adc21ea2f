import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { lastLines } from './apt.js';
import { LocalStackError, reasonOf } from './errors.js';
import { findServerExecutable, type Environment } from './find-executable.js';
import { tellGuard } from './guard-client.js';
import { loopback } from './ports.js';
import type { Processes, RunningProcess } from './processes.js';

export const databaseName = 'low_balance';
const userName = 'low_balance';

/** A server program that this machine has. */
export interface MysqlProgram {
  readonly executable: string;
  readonly flavour: 'mariadb' | 'mysql';
  /** As in "MariaDB 10.11.6". */
  readonly label: string;
}

/** `mariadbd`, else `mysqld`; undefined where this machine has neither. */
export async function findMysqlProgram(env: Environment): Promise<MysqlProgram | undefined> {
  const executable = await findServerExecutable(['mariadbd', 'mysqld'], env);
  if (executable === undefined) return undefined;
  const { stdout } = await execa(executable, ['--no-defaults', '--version'], { env, extendEnv: false });
  const flavour = /mariadb/i.test(stdout) ? 'mariadb' : 'mysql';
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? '';
  return { executable, flavour, label: `${flavour === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version}`.trim() };
}

/** A private instance: everything it has lies in `folder`. */
export interface MysqlInstance {
  readonly program: MysqlProgram;
  readonly folder: string;
  readonly env: Environment;
}

const rootUser = process.getuid?.() === 0 ? ['--user=root'] : [];

// Both flavours keep their data under their own name: neither can read the other's.
function dataOf(instance: MysqlInstance): string {
  return path.join(instance.folder, `data-${instance.program.flavour}`);
}

export function pidFileOf(folder: string): string {
  return path.join(folder, 'server.pid');
}

/** Creates the instance's data unless it is there; a half-made one of an interrupted run is made anew. */
export async function initialiseMysql(instance: MysqlInstance): Promise<void> {
  const data = dataOf(instance);
  if (existsSync(data)) return;
  const unfinished = `${data}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const [command, ...args] = await initialiseCommand(instance, unfinished);
  try {
    await execa(command, args, { env: instance.env, extendEnv: false, stdin: 'ignore', timeout: 120_000 });
  } catch (error) {
    throw mysqlFailed(`${path.basename(command)} could not create ${data}: ${reasonOf(error)}`, error);
  }
  await rename(unfinished, data);
}

async function initialiseCommand(instance: MysqlInstance, data: string): Promise<[string, ...string[]]> {
  const { program, env } = instance;
  const common = ['--no-defaults', `--datadir=${data}`, ...rootUser, '--innodb-log-file-size=16M'];
  if (program.flavour === 'mysql') return [program.executable, ...common, '--initialize-insecure'];
  const beside = path.join(path.dirname(program.executable), '..', 'scripts');
  const installDb = await findServerExecutable(['mariadb-install-db', 'mysql_install_db'], {
    ...env,
    PATH: `${env['PATH'] ?? ''}${path.delimiter}${beside}`,
  });
  if (installDb === undefined) throw mysqlFailed(`${program.executable} comes without mariadb-install-db`);
  return [installDb, ...common, '--auth-root-authentication-method=normal', '--skip-test-db'];
}

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

/** A socket's path may have about a hundred characters; a deep data folder needs another place for it. */
async function placeSocket(instance: MysqlInstance): Promise<SocketPlace> {
  const socket = path.join(instance.folder, 'mysql.sock');
  if (socket.length < 100) return { socket, remove: async () => {} };
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
): Promise<StartedMysql> {
  const { program, folder, env } = instance;
  const password = await passwordOf(instance);
  const files = path.join(folder, 'files');
  await mkdir(files, { recursive: true, mode: 0o700 });
  const { socket, remove: removeSocket } = await placeSocket(instance);
  const running = await processes.start({
    name: 'MySQL',
    command: program.executable,
    args: [
      '--no-defaults',
      `--datadir=${dataOf(instance)}`,
      ...rootUser,
      `--socket=${socket}`,
      `--pid-file=${path.join(folder, 'mysqld.pid')}`,
      `--init-file=${await writeInitFile(instance, password)}`,
      // Files that SQL reads and writes: an empty folder of its own, not the whole disk.
      `--secure-file-priv=${files}`,
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
      '--innodb-log-file-size=16M',
      '--innodb-flush-log-at-trx-commit=2',
      '--loose-mysqlx=OFF',
    ],
    env,
    logFile: path.join(folder, 'server.log'),
    pidFile: pidFileOf(folder),
  });
  void running.ended.then(removeSocket);
  return { url: `mysql://${userName}:${password}@${loopback}:${port}/${databaseName}`, running };
}

/** The end of the instance's log, where it says why it failed. */
export async function endOfLog(logFile: string): Promise<string> {
  return lastLines(await readFile(logFile, 'utf8').catch(() => ''), 15);
}

export function mysqlFailed(found: string, cause?: unknown): LocalStackError {
  return new LocalStackError(
    {
      code: 'mysql-failed',
      found,
      expected: 'a private MySQL server that starts',
      advice: 'Set MYSQL_URL to use your own server, or choose another data folder.',
    },
    { cause },
  );
}
