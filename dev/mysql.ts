import { rm } from 'node:fs/promises';
import { installWithApt } from './apt.js';
import { createRunFolder, openDataFolder, type DataFolder } from './data-folder.js';
import { LocalStackError, reasonOf } from './errors.js';
import type { Environment } from './find-executable.js';
import { lockFolder } from './folder-lock.js';
import { tellGuard } from './guard-client.js';
import { endLeftover } from './leftovers.js';
import { awaitMysql, mysqlAddress } from './mysql-connection.js';
import {
  endOfLog,
  findMysqlProgram,
  initialiseMysql,
  mysqlFailed,
  pidFileOf,
  startMysql,
  type MysqlInstance,
  type MysqlProgram,
  type StartedMysql,
} from './mysql-server.js';
import { choosePort } from './ports.js';
import { sharedProcesses, type Processes } from './processes.js';
import type { Progress } from './progress.js';

export interface ProvideMysqlOptions {
  /** The data folder's path; `.low-balance/` in the package root when unsaid. */
  readonly dataFolder?: string | undefined;
  /** Where to look for programs; children get it too. */
  readonly env: Environment;
  /** A server that exists already; nothing is started then. */
  readonly mysqlUrl?: string | undefined;
  /** The port of a private instance; a free one when unsaid. */
  readonly port?: number | undefined;
  /** A fresh instance in a folder of its own, which goes when it stops: for tests. */
  readonly ephemeral?: boolean;
  readonly progress: Progress;
  /** The stack it is stopped with; the process's own when unsaid. */
  readonly processes?: Processes;
}

export interface ProvidedMysql {
  /** `mysql://user:password@host:port/database`. A secret: show `describe` instead. */
  readonly url: string;
  /** Whether it was started here, and so ends here. */
  readonly owned: boolean;
  /** What it is and where, for people; without the password. */
  readonly describe: string;
  /** Stops what was started; leaves a server that was given alone. Safe to repeat. */
  stop(): Promise<void>;
}

const howToChoose = 'set MYSQL_URL to use your own';

/**
 * MySQL or MariaDB, the first that works: the given URL; a private instance of the server on this machine; the same after
 * `apt-get install`, as root on Debian. Throws a LocalStackError: `mysql-unreachable`, `mysql-missing`, `mysql-failed`,
 * `install-failed`, `port-taken`, `data-folder-in-use`.
 */
export async function provideMysql(options: ProvideMysqlOptions): Promise<ProvidedMysql> {
  if (options.mysqlUrl !== undefined) return await useGiven(options.mysqlUrl, options.progress);
  const program = await findOrInstallProgram(options);
  const dataFolder = await openDataFolder(options.dataFolder);
  return options.ephemeral === true
    ? await runEphemeral(program, dataFolder, options)
    : await runPersistent(program, dataFolder, options);
}

async function useGiven(url: string, progress: Progress): Promise<ProvidedMysql> {
  const address = mysqlAddress(url);
  progress.step(`MySQL: using ${address} (unset MYSQL_URL to have a private server)`);
  try {
    await awaitMysql(url, 10_000);
  } catch (error) {
    throw new LocalStackError(
      {
        code: 'mysql-unreachable',
        found: `MySQL at ${address} does not answer: ${reasonOf(error)}`,
        expected: 'a server that answers within 10 s, and a user and database that it knows',
        advice: 'Correct MYSQL_URL, or unset it to have a private server.',
      },
      { cause: error },
    );
  }
  return { url, owned: false, describe: `MySQL at ${address}`, stop: async () => {} };
}

async function findOrInstallProgram(options: ProvideMysqlOptions): Promise<MysqlProgram> {
  const { env, progress } = options;
  const found = await findMysqlProgram(env);
  if (found !== undefined) return found;
  const packages = ['mariadb-server-core', 'mariadb-client-core'];
  const installed = await installWithApt({ name: 'MySQL', packages, howToChoose, env, progress });
  const program = installed ? await findMysqlProgram(env) : undefined;
  if (program !== undefined) return program;
  throw new LocalStackError({
    code: 'mysql-missing',
    found: 'neither mariadbd nor mysqld is on this machine',
    expected: 'MariaDB 10.11 or MySQL 8, or newer',
    advice: `Install one (on Debian: apt-get install ${packages.join(' ')}), or ${howToChoose}.`,
  });
}

async function runPersistent(
  program: MysqlProgram,
  dataFolder: DataFolder,
  options: ProvideMysqlOptions,
): Promise<ProvidedMysql> {
  const folder = dataFolder.mysql;
  const lock = await lockFolder(folder, 'MySQL');
  try {
    const { progress } = options;
    await endLeftover({ name: 'MySQL', pidFile: pidFileOf(folder), mark: folder, progress });
    return await run({ program, folder, env: options.env }, options, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function runEphemeral(
  program: MysqlProgram,
  dataFolder: DataFolder,
  options: ProvideMysqlOptions,
): Promise<ProvidedMysql> {
  const folder = await createRunFolder(dataFolder, 'mysql');
  tellGuard({ do: 'watch-folder', folder });
  const removeFolder = async () => {
    await rm(folder, { recursive: true, force: true });
    tellGuard({ do: 'forget-folder', folder });
  };
  try {
    return await run({ program, folder, env: options.env }, options, removeFolder);
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

async function run(
  instance: MysqlInstance,
  options: ProvideMysqlOptions,
  clearUp: () => Promise<void>,
): Promise<ProvidedMysql> {
  const { program, folder } = instance;
  options.progress.step(`MySQL: starting a private ${program.label} in ${folder} (${howToChoose})`);
  await initialiseMysql(instance);
  const { url, running } = await startAnswering(instance, options);
  void running.ended.then(clearUp);
  return {
    url,
    owned: true,
    describe: `private ${program.label} at ${mysqlAddress(url)}, data in ${folder}`,
    async stop() {
      await running.stop();
      await clearUp();
    },
  };
}

async function startAnswering(instance: MysqlInstance, options: ProvideMysqlOptions): Promise<StartedMysql> {
  const processes = options.processes ?? sharedProcesses();
  for (let attemptsLeft = 2; ; attemptsLeft -= 1) {
    const port = await choosePort({
      purpose: 'MySQL',
      requested: options.port,
      howToChoose: 'leave the port unsaid to get a free one',
    });
    const started = await startMysql(instance, port, processes);
    try {
      await awaitMysql(started.url, 60_000, () => started.running.hasEnded);
      return started;
    } catch (error) {
      await started.running.stop();
      const log = await endOfLog(started.running.logFile);
      // Another process may have taken the port since it was found free.
      if (log.includes('Address already in use') && options.port === undefined && attemptsLeft > 0) continue;
      throw mysqlFailed(`the server did not start (${reasonOf(error)}); its log ends with\n${log}\n`, error);
    }
  }
}
