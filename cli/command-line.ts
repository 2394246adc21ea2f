import { styleText } from 'node:util';
import { CommanderError } from 'commander';
import { readPackage } from '../authoring/package-root.js';
import { CliError, exitCode, type ExitCode } from './shared/exit-code.js';
import type { Io } from './shared/io.js';
import { createProgram } from './shared/program.js';
import { verbs } from './verbs.js';

/** Errors whose message says all there is to say: what was found, what was expected, where. */
const expectedErrors = new Set([
  'LocalStackError',
  'DatabaseError',
  'SettingsError',
  'TemporalError',
  'DeliveryError',
]);

/** Runs one command line, without the program's name, and answers its exit status. Never throws. */
export async function runCommandLine(words: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCode.fine;
  try {
    const program = createProgram(verbs, readPackage().version, io, (status) => {
      code = status;
    });
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    return report(error, io);
  }
}

/** Commander has said itself what is wrong with a line. */
function report(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.fine : exitCode.usage;
  const expected = error instanceof Error && (error instanceof CliError || expectedErrors.has(error.name));
  io.err(`${styleText('red', 'error:', { stream: process.stderr })} ${textOf(error, expected)}`);
  return error instanceof CliError ? error.code : exitCode.internal;
}

function textOf(error: unknown, expected: boolean): string {
  if (!(error instanceof Error)) return String(error);
  return expected ? error.message : (error.stack ?? error.message);
}
