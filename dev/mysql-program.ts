import { execa } from 'execa';
import { installWithApt } from './apt.js';
import { LocalStackError } from './errors.js';
import { findServerExecutable, type Environment } from './find-executable.js';
import type { Progress } from './progress.js';

/** A server program that this machine has. */
export interface MysqlProgram {
  readonly executable: string;
  readonly flavour: 'mariadb' | 'mysql';
  /** As in "MariaDB 10.11.6". */
  readonly label: string;
}

const packages = ['mariadb-server-core', 'mariadb-client-core'];

/**
 * `mariadbd`, else `mysqld`, else what `apt-get` installs, as root on Debian. Throws `mysql-missing` or `install-failed`.
 * `howToChoose` says how to do without, as in "set MYSQL_URL to use your own".
 */
export async function findOrInstallMysql(
  env: Environment,
  progress: Progress,
  howToChoose: string,
): Promise<MysqlProgram> {
  const found = await findMysql(env);
  if (found !== undefined) return found;
  const installed = await installWithApt({ name: 'MySQL', packages, howToChoose, env, progress });
  const program = installed ? await findMysql(env) : undefined;
  if (program !== undefined) return program;
  throw new LocalStackError({
    code: 'mysql-missing',
    found: 'neither mariadbd nor mysqld is on this machine',
    expected: 'MariaDB 10.11 or MySQL 8, or newer',
    advice: `Install one (on Debian: apt-get install ${packages.join(' ')}), or ${howToChoose}.`,
  });
}

async function findMysql(env: Environment): Promise<MysqlProgram | undefined> {
  const executable = await findServerExecutable(['mariadbd', 'mysqld'], env);
  if (executable === undefined) return undefined;
  const { stdout } = await execa(executable, ['--no-defaults', '--version'], { env, extendEnv: false });
  const flavour = /mariadb/i.test(stdout) ? 'mariadb' : 'mysql';
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? '';
  return { executable, flavour, label: `${flavour === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version}`.trim() };
}
