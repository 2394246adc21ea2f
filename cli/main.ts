import { styleText } from 'node:util';
import { Command, CommanderError } from 'commander';
import { environment } from '../worker/settings.js';
import { addAuthoringVerbs } from './write/authoring-verbs.js';
import { CliError, exitCode, type ExitCode } from './shared/exit-code.js';
import type { Io } from './shared/io.js';
import { addOperatingVerbs } from './operate/operating-verbs.js';
import { addStackVerbs } from './run/stack-verbs.js';
import { addSyncVerbs } from './review/sync-verbs.js';

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (line) => void process.stderr.write(`${line}\n`),
  env: environment,
  cwd: process.cwd(),
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  colour: process.stdout.isTTY && process.stdout.hasColors(),
};

/** Errors whose message says all there is to say: what was found, what was expected, where. */
const expectedErrors = new Set([
  'LocalStackError',
  'DatabaseError',
  'SettingsError',
  'TemporalError',
  'MailError',
]);

const program = new Command('low-balance')
  .description('Low Balance Profiles: who is told, when the balance of a prepaid client runs low.')
  .exitOverride()
  .showHelpAfterError('(low-balance --help shows the verbs)');

// In the order in which people meet them.
addStackVerbs(program, io, run);
addAuthoringVerbs(program, io, run);
addSyncVerbs(program, io, run);
addOperatingVerbs(program, io, run);

async function run(verb: () => Promise<ExitCode>): Promise<void> {
  process.exitCode = await verb();
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.fine : exitCode.usage;
  const expected = error instanceof Error && (error instanceof CliError || expectedErrors.has(error.name));
  io.err(`${styleText('red', 'error:', { stream: process.stderr })} ${textOf(error, expected)}`);
  return error instanceof CliError ? error.code : exitCode.internal;
}

function textOf(error: unknown, expected: boolean): string {
  if (!(error instanceof Error)) return String(error);
  return expected ? error.message : (error.stack ?? error.message);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
