import type { Command } from 'commander';
import type { DoctorOptions } from './doctor.js';
import type { Io } from '../shared/io.js';
import type { Run } from '../shared/run.js';

/** Verbs of the service itself: what runs, and whether it can. */
export function addStackVerbs(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Run:');
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

  program
    .command('doctor')
    .description(
      'Looks at settings, MySQL, billing views, Temporal and SendGrid: what is wrong, and how to mend it.',
    )
    .option('--format <format>', 'human or json', 'human')
    .action((options: DoctorOptions) => run(async () => (await import('./doctor.js')).doctor(options, io)));
}
