import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { writeProgram } from '../dev/a-folder.js';

/** What the scripts of CI call besides the shell's own programs. */
const programs = ['npx', 'low-balance', 'npm', 'node', 'git', 'gh'] as const;

export interface RecordedRun {
  readonly exitCode: number;
  readonly stderr: string;
  /** The words of every call of one of the programs, in order. */
  readonly calls: readonly (readonly string[])[];
}

/**
 * Runs a script in bash in which these programs do nothing but write down how they were called. `low-balance` prints a
 * line, and ends with `exitCode`.
 */
export async function runRecorded(
  script: string,
  { folder, exitCode = 0, env = {} }: { folder: string; exitCode?: number; env?: Record<string, string> },
): Promise<RecordedRun> {
  const [bin, cwd] = [path.join(folder, 'bin'), path.join(folder, 'checkout')];
  const log = path.join(folder, 'calls');
  await mkdir(bin, { recursive: true });
  await mkdir(cwd, { recursive: true });
  await writeFile(log, '');
  for (const name of programs) {
    const isOurs = name === 'npx' || name === 'low-balance';
    await writeProgram(
      bin,
      name,
      `printf '%s\\t' ${name} "$@" >>'${log}'; echo >>'${log}'; ${isOurs ? `echo '<!-- plan -->'; exit ${exitCode}` : 'exit 0'}`,
    );
  }
  const run = await execa('bash', ['-eo', 'pipefail', '-c', script], {
    cwd,
    env: { ...env, PATH: `${bin}:${process.env['PATH']}`, RUNNER_TEMP: folder },
    reject: false,
  });
  const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '');
  return {
    exitCode: run.exitCode ?? -1,
    stderr: run.stderr,
    calls: lines.map((line) => line.replace(/\t$/, '').split('\t')),
  };
}

/** The words behind `low-balance` in each call of it. */
export function ourCalls({ calls }: RecordedRun): readonly (readonly string[])[] {
  return calls.flatMap(([program, ...words]) => {
    if (program === 'low-balance') return [words];
    return program === 'npx' && words[0] === 'low-balance' ? [words.slice(1)] : [];
  });
}
