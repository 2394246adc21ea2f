import { styleText } from 'node:util';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Finding } from '../../domain/finding.js';
import type { Io } from '../shared/io.js';

export interface DoctorOptions {
  readonly format: 'human' | 'json';
  /** Reads every client, and not a sample of a large fleet. */
  readonly all?: boolean;
  /** Default: `profiles`. */
  readonly folder?: string;
}

/** Looks at settings, MySQL, the billing views, Temporal and the mail provider: what is wrong, and how to fix it. Changes nothing. */
export async function doctor(options: DoctorOptions, io: Io): Promise<ExitCode> {
  const { examine } = await import('./examinations.js');
  const progress = io.interactive ? (line: string) => io.err(line) : () => {};
  const findings = await examine(io, {
    all: options.all === true,
    folder: options.folder ?? 'profiles',
    progress,
  });
  if (options.format === 'json') io.out(`${JSON.stringify({ findings }, null, 2)}\n`);
  else for (const finding of findings) io.out(`${lineOf(finding, io.colour)}\n`);
  const errors = findings.filter(({ result }) => result === 'error').length;
  io.err(errors === 0 ? 'nothing is wrong' : `${errors} to mend`);
  return errors === 0 ? exitCode.fine : exitCode.findings;
}

const marks = { ok: ['green', '✓'], warning: ['yellow', '!'], error: ['red', '✗'] } as const;

function lineOf({ what, result, message }: Finding, colour: boolean): string {
  const [paint, mark] = marks[result];
  return `${colour ? styleText(paint, mark, { validateStream: false }) : mark} ${what.padEnd(14)} ${what.length > 14 ? ' ' : ''}${message}`;
}
