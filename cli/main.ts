import { styleText } from 'node:util';
import { Command, CommanderError } from 'commander';
import { environment } from '../worker/settings.js';
import { CliError, exitCode, type ExitCode } from './exit-code.js';
import type { Io } from './io.js';

// A verb's file is imported when the verb runs, so that `--help` stays quick.

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

// Verbs, in the order in which people meet them.

program
  .command('demo')
  .description(
    'A fresh local stack and a story on it: charges, notices, Max Qty, refills. Under two minutes.',
  )
  .action(() => run(async () => (await import('./demo.js')).demo(io)));

program
  .command('dev')
  .description(
    'The whole stack on this machine: MySQL, Temporal with its UI, mailbox, worker, sample billing data.',
  )
  .action(() => run(async () => (await import('./dev.js')).dev(io)));

program
  .command('worker')
  .description('The production worker. Runs until SIGINT or SIGTERM.')
  .action(() => run(async () => (await import('./worker.js')).worker(io)));

program
  .command('setup')
  .description('Migrations, search attributes and the reconciliation Schedule. Safe to repeat.')
  .action(() => run(async () => (await import('./setup.js')).setup(io)));

/** Runs a verb and keeps its exit status. */
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
