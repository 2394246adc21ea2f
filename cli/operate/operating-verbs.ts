import type { Command } from 'commander';
import type { Io } from '../shared/io.js';
import type { MuteOptions } from './mute.js';
import type { NoticesOptions } from './notices.js';
import type { RefillOptions } from './refill.js';
import type { Run } from '../shared/run.js';
import type { StatusOptions } from './status.js';

/** Verbs of operators, on one client. */
export function addOperatingVerbs(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Operate:');
  program
    .command('status')
    .description('One client: its state, and for each rule why it was told or not.')
    .argument('<client>', 'its id')
    .option('--format <format>', 'human or json', 'human')
    .action((client: string, options: StatusOptions) =>
      run(async () => (await import('./status.js')).status(client, options, io)),
    );

  program
    .command('refill')
    .description('Tells a client’s workflow of a refill, as the billing system does; prints the receipt.')
    .argument('<client>', 'its id')
    .option('--id <id>', 'of the refill; it may be repeated without harm')
    .option('--at <time>', 'ISO 8601; now where unsaid')
    .option('--amount <amount>')
    .option('--currency <code>')
    .option('--format <format>', 'human or json', 'human')
    .action((client: string, options: RefillOptions) =>
      run(async () => (await import('./refill.js')).refill(client, options, io)),
    );

  program
    .command('check-now')
    .description('Checks a client at once, besides its planned checks.')
    .argument('<client>', 'its id')
    .option('--format <format>', 'human or json', 'human')
    .action((client: string, options: StatusOptions) =>
      run(async () => (await import('./check-now.js')).checkNow(client, options, io)),
    );

  program
    .command('mute')
    .description('Tells nobody of a client until a time.')
    .argument('<client>', 'its id')
    .option('--for <duration>', 'such as 8h')
    .option('--until <time>', 'ISO 8601')
    .option('--format <format>', 'human or json', 'human')
    .action((client: string, options: MuteOptions) =>
      run(async () => (await import('./mute.js')).mute(client, options, io)),
    );

  program
    .command('unmute')
    .description('Tells of a client again, from its next check.')
    .argument('<client>', 'its id')
    .option('--format <format>', 'human or json', 'human')
    .action((client: string, options: StatusOptions) =>
      run(async () => (await import('./mute.js')).unmute(client, options, io)),
    );

  program
    .command('reset-rule')
    .description('Sets the counter of one rule of a client to 0.')
    .argument('<client>', 'its id')
    .argument('<rule>', 'user, client or advanced:<name>')
    .option('--format <format>', 'human or json', 'human')
    .action((client: string, rule: string, options: StatusOptions) =>
      run(async () => (await import('./reset-rule.js')).resetRule(client, rule, options, io)),
    );

  program
    .command('notices')
    .description('The ledger: what was sent for which client to whom, when, with which result; newest first.')
    .option('--client <id>', 'only of this client')
    .option(
      '--state <state>',
      'pending, accepted, failed, withdrawn; or what became of a mail, such as bounced',
    )
    .option('--since <time>', 'a duration such as 24h, or an ISO 8601 time')
    .option('--limit <count>', 'how many at most', '50')
    .option('--show-addresses', 'whole e-mail addresses; they are masked otherwise')
    .option('--format <format>', 'human or json', 'human')
    .action((options: NoticesOptions) =>
      run(async () => (await import('./notices.js')).notices(options, io)),
    );
}
