import { openDataFolder } from './data-folder.js';
import { LocalStackError } from './errors.js';
import type { Environment } from './find-executable.js';
import { createEphemeralFolder, takePersistentFolder, type InstanceFolder } from './instance-folder.js';
import { awaitMysql, mysqlAddress } from './mysql-connection.js';
import { initialiseMysql, mysqlFailed, type MysqlInstance } from './mysql-data.js';
import { findOrInstallMysql, type MysqlProgram } from './mysql-program.js';
import { startMysql, type StartedMysql } from './mysql-server.js';
import { choosePort } from './ports.js';
import { sharedProcesses, type Processes } from './processes.js';
import type { Progress } from './progress.js';
import { startAnswering } from './start-answering.js';
import { messageOf } from '../domain/error-message.js';

export interface ProvideMysqlOptions {
  /** The data folder's path; default: `.low-balance/` in the package root. */
  readonly dataFolder?: string | undefined;
  /** Where to look for programs; children get it too. */
  readonly env: Environment;
  /** A server that exists already; nothing is started then. */
  readonly mysqlUrl?: string | undefined;
  /** How long the given server may take to answer; default: 10,000. */
  readonly patienceMs?: number;
  /** The port of a private instance; default: a free one. */
  readonly port?: number | undefined;
  /** A fresh instance in a folder of its own, which goes when it stops: for tests. */
  readonly ephemeral?: boolean;
  /** More options of a server started here, such as `--ssl-cert=…`. */
  readonly serverOptions?: readonly string[];
  readonly progress: Progress;
  /** The stack it is stopped with; default: the process's own. */
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
  if (options.mysqlUrl !== undefined) return await useGiven(options.mysqlUrl, options);
  const { env, progress } = options;
  const program = await findOrInstallMysql(env, progress, howToChoose);
  const dataFolder = await openDataFolder(options.dataFolder);
  const folder =
    options.ephemeral === true
      ? await createEphemeralFolder('MySQL', dataFolder)
      : await takePersistentFolder('MySQL', dataFolder.mysql, progress);
  try {
    return await runPrivate(program, folder, options);
  } catch (error) {
    await folder.release();
    throw error;
  }
}

async function useGiven(url: string, options: ProvideMysqlOptions): Promise<ProvidedMysql> {
  const { progress, patienceMs = 10_000 } = options;
  const address = mysqlAddress(url);
  progress.step(`MySQL: using ${address} (unset MYSQL_URL to have a private server)`);
  try {
    await awaitMysql(url, patienceMs);
  } catch (error) {
    throw new LocalStackError(
      {
        code: 'mysql-unreachable',
        found: `MySQL at ${address} does not answer: ${messageOf(error)}`,
        expected: `a server that answers within ${patienceMs / 1000} s, and a user and database that it knows`,
        advice: 'Correct MYSQL_URL, or unset it to have a private server.',
      },
      { cause: error },
    );
  }
  return { url, owned: false, describe: `MySQL at ${address}`, stop: async () => {} };
}

async function runPrivate(
  program: MysqlProgram,
  folder: InstanceFolder,
  options: ProvideMysqlOptions,
): Promise<ProvidedMysql> {
  options.progress.step(`MySQL: starting a private ${program.label} in ${folder.path} (${howToChoose})`);
  const instance = { program, folder: folder.path, env: options.env };
  await initialiseMysql(instance);
  const { url, running } = await startPrivate(instance, options);
  void running.ended.then(() => folder.release());
  return {
    url,
    owned: true,
    describe: `private ${program.label} at ${mysqlAddress(url)}, data in ${folder.path}`,
    async stop() {
      await running.stop();
      await folder.release();
    },
  };
}

async function startPrivate(instance: MysqlInstance, options: ProvideMysqlOptions): Promise<StartedMysql> {
  const { progress, processes = sharedProcesses() } = options;
  return await startAnswering<StartedMysql>({
    name: 'MySQL',
    progress,
    async start() {
      const port = await choosePort({
        purpose: 'MySQL',
        requested: options.port,
        howToChoose: 'leave the port out to get a free one',
      });
      return await startMysql(instance, port, processes, options.serverOptions);
    },
    answer: ({ url, running }) => awaitMysql(url, 60_000, () => running.hasEnded),
    failed: mysqlFailed,
  });
}
