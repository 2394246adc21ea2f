import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { LocalStackError } from './errors.js';
import { findServerExecutable, type Environment } from './find-executable.js';
import { tellGuard } from './guard-client.js';
import type { MysqlProgram } from './mysql-program.js';
import { messageOf } from '../domain/error-message.js';

/** A private instance: everything it has lies in `folder`. */
export interface MysqlInstance {
  readonly program: MysqlProgram;
  readonly folder: string;
  readonly env: Environment;
}

/** MySQL refuses to run as root unless told that it may. */
export const rootUser = process.getuid?.() === 0 ? ['--user=root'] : [];

export const logFileSize = '--loose-innodb-log-file-size=16M';

/** Each flavour keeps its data under its own name: neither can read the other's. */
export function dataOf(instance: MysqlInstance): string {
  return path.join(instance.folder, `data-${instance.program.flavour}`);
}

/**
 * Where the instance keeps its temporary files. At its start MariaDB deletes those it finds as leftovers, so in a shared folder
 * it would take them from other servers that run.
 */
export async function tmpFolderOf(instance: MysqlInstance): Promise<string> {
  const folder = path.join(instance.folder, 'tmp');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/**
 * The only folder whose files SQL may read and write. It is empty, and lies in the instance: the built-in value is a folder of
 * the whole machine, without which MySQL does not start where it is missing or another user's.
 */
export async function secureFilesOf(instance: MysqlInstance): Promise<string> {
  const folder = path.join(instance.folder, 'files');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return `--secure-file-priv=${folder}`;
}

/** Creates the instance's data unless it is there; a half-made one of an interrupted run is made anew. */
export async function initialiseMysql(instance: MysqlInstance): Promise<void> {
  const data = dataOf(instance);
  if (existsSync(data)) return;
  const unfinished = `${data}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const [command, ...args] = await initialiseCommand(instance, unfinished);
  try {
    await runGuarded(command, args, instance);
  } catch (error) {
    throw mysqlFailed(`${path.basename(command)} could not create ${data}: ${messageOf(error)}`, error);
  }
  await rename(unfinished, data);
}

/** In a group of its own, which the guard ends where this process dies meanwhile: it would go on writing. */
async function runGuarded(command: string, args: readonly string[], instance: MysqlInstance): Promise<void> {
  const child = execa(command, args, {
    cwd: instance.folder,
    // As a variable it may have blanks, also where a shell script hands it on.
    env: { ...instance.env, TMPDIR: await tmpFolderOf(instance) },
    extendEnv: false,
    stdin: 'ignore',
    timeout: 120_000,
    detached: true,
    cleanup: false,
  });
  if (child.pid !== undefined) tellGuard({ do: 'watch-group', pid: child.pid, graceMs: 0 });
  try {
    await child;
  } finally {
    if (child.pid !== undefined) tellGuard({ do: 'forget-group', pid: child.pid });
  }
}

async function initialiseCommand(instance: MysqlInstance, data: string): Promise<[string, ...string[]]> {
  const { program, env } = instance;
  const tmp = await tmpFolderOf(instance);
  const common = [...rootUser, logFileSize];
  if (program.flavour === 'mysql')
    return [
      program.executable,
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${tmp}`,
      ...common,
      await secureFilesOf(instance),
      '--initialize-insecure',
    ];
  const scripts = path.join(path.dirname(program.executable), '..', 'scripts');
  const installDb = await findServerExecutable(['mariadb-install-db', 'mysql_install_db'], env, [scripts]);
  if (installDb === undefined) throw mysqlFailed(`${program.executable} comes without mariadb-install-db`);
  // A shell script that does not quote its arguments: no path in them may have a blank.
  return [
    installDb,
    '--no-defaults',
    `--datadir=./${path.relative(instance.folder, data)}`,
    ...common,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
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
