import { styleText } from 'node:util';
import { Command, CommanderError, Option } from 'commander';
import { environment } from '../worker/settings.js';
import type { PreviewOptions } from './preview.js';
import type { MuteOptions } from './mute.js';
import type { RefillOptions } from './refill.js';
import type { StatusOptions } from './status.js';
import type { DoctorOptions } from './doctor.js';
import type { NewOptions } from './new.js';
import type { FmtOptions } from './fmt.js';
import type { SchemasOptions } from './schemas.js';
import type { ValidateOptions } from './validate.js';
import { CliError, exitCode, type ExitCode } from './exit-code.js';
import type { ExplainOptions } from './explain.js';
import type { HistoryOptions } from './history.js';
import type { ImportOptions } from './import.js';
import type { Io } from './io.js';
import type { BacktestOptions } from './backtest.js';
import type { SimulateOptions } from './simulate.js';
import type { TestOptions } from './test.js';
import type { ListOptions } from './list.js';
import type { NoticesOptions } from './notices.js';
import type { PlanOptions } from './plan.js';
import type { RollbackOptions } from './rollback.js';
import type { SyncOptions } from './sync.js';

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

program
  .command('doctor')
  .description(
    'Looks at settings, MySQL, billing views, Temporal and SendGrid: what is wrong, and how to mend it.',
  )
  .option('--format <format>', 'human or json', 'human')
  .action((options: DoctorOptions) => run(async () => (await import('./doctor.js')).doctor(options, io)));

program
  .command('validate')
  .description(
    'Every problem of every file: profiles, scenarios, policy, mail templates. No database needed.',
  )
  .argument('[paths...]', 'files and folders; profiles/ where unsaid')
  .option('--format <format>', 'human, json, github, sarif or junit', 'human')
  .option('--info', 'also says what each profile does')
  .option('--watch', 'validates again after every change')
  .action((paths: string[], options: ValidateOptions) =>
    run(async () => (await import('./validate.js')).validate(paths, options, io)),
  );

program
  .command('fmt')
  .description('Formats files as VS Code does on save; comments are kept.')
  .argument('[paths...]', 'files and folders; profiles/ where unsaid')
  .option('--check', 'writes nothing and names the files that are not formatted')
  .action((paths: string[], options: FmtOptions) =>
    run(async () => (await import('./fmt.js')).fmt(paths, options, io)),
  );

program
  .command('new')
  .description('A new profile and its first scenario, from flags, or asking on a terminal.')
  .argument('[id]', '<reseller>/<slug>, such as acme/prepaid-usd')
  .option('--name <name>')
  .option('--currency <code>', 'ISO 4217, such as USD')
  .option('--sort-order <n>', 'place in the list', '10')
  .option('--max-qty <n>', 'notices per rule until a refill', '3')
  .option('--period <duration>', 'how often a client is checked', '24h')
  .option('--staff-threshold <amount>')
  .option('--user <login...>', 'users of the reseller who are told', [])
  .option('--client-threshold <amount>')
  .option('--folder <folder>', 'where the profiles are', 'profiles')
  .action((id: string | undefined, options: NewOptions) =>
    run(async () => (await import('./new.js')).newProfile(id, options, io)),
  );

program
  .command('schemas')
  .description('Regenerates the JSON Schemas of schemas/ from the TypeScript types.')
  .option('--check', 'writes nothing and names the schemas that are stale')
  .action((options: SchemasOptions) => run(async () => (await import('./schemas.js')).schemas(options, io)));

program
  .command('test')
  .description('Scenario tests of profiles: what happens to a client, and which notices must then be sent.')
  .argument('[paths...]', 'folders, scenario files <slug>.test.json, or profiles', [])
  .option('--real', 'play them on the real workflow, on a time-skipping Temporal server')
  .addOption(
    new Option('--format <format>', 'for people or machines')
      .choices(['human', 'json', 'junit'])
      .default('human'),
  )
  .option('--filter <text>', 'only scenarios whose name or file contains it')
  .action((paths: string[], options: TestOptions) =>
    run(async () => (await import('./test.js')).test(paths, options, io)),
  );

program
  .command('simulate')
  .description('What a profile would send on a given balance, as plot and table.')
  .argument('<profile>', '<reseller>/<slug>, or its file')
  .option('--folder <folder>', 'the folder with the profiles', 'profiles')
  .option(
    '--balance-from <file>',
    'a balance history: CSV "at,balance" or "at,kind,amount", or JSON rows like it',
  )
  .option('--balance <amount>', 'without a file: the balance at the start', '100')
  .option('--per-day <amount>', 'without a file: what is charged a day, in hourly charges', '10')
  .option(
    '--refill <at=amount>',
    'without a file: a refill, such as 10d=50; repeatable',
    (each: string, all: string[]) => [...all, each],
    [],
  )
  .option('--for <duration>', 'how long; unsaid, 30d or the whole history')
  .option('--currency <code>', "the client's currency; unsaid, the profile's")
  .option('--rate <rate>', "from the profile's currency to the client's")
  .option('--credit-limit <amount>', "the client's credit limit", '0')
  .addOption(new Option('--format <format>').choices(['human', 'json']).default('human'))
  .action((profile: string, options: SimulateOptions) =>
    run(async () => (await import('./simulate.js')).simulate(profile, options, io)),
  );

program
  .command('backtest')
  .description(
    'What a profile would have sent on the recorded balances of real clients. Reads the billing views only.',
  )
  .argument('<profile>', '<reseller>/<slug>, or its file')
  .option('--folder <folder>', 'the folder with the profiles', 'profiles')
  .option('--client <id>', 'one client, with plot; unsaid, every client of the profile')
  .option('--since <time>', 'a duration such as 60d, or an ISO 8601 time', '60d')
  .option('--limit <count>', 'how many clients at most', '1000')
  .addOption(new Option('--format <format>').choices(['human', 'json']).default('human'))
  .action((profile: string, options: BacktestOptions) =>
    run(async () => (await import('./backtest.js')).backtest(profile, options, io)),
  );

program
  .command('plan')
  .description('Files against MySQL, and what it means for real clients. Writes nothing into MySQL.')
  .option('--folder <folder>', 'the folder with the profiles', 'profiles')
  .option('--out <file>', 'save the plan for `sync`')
  .addOption(new Option('--format <format>').choices(['human', 'json', 'markdown']).default('human'))
  .option('--show-clients', 'name the clients in the human and the markdown format')
  .addHelpText('after', '\nExit: 0 no change, 1 invalid files, 2 changes pending.')
  .action((options: PlanOptions) => run(async () => (await import('./plan.js')).plan(options, io)));

program
  .command('sync')
  .description('Carries the files out in MySQL, in one transaction, and wakes the clients checked earlier.')
  .argument('[plan]', 'a plan saved by `plan --out`: refused where it would be another one now')
  .option('--folder <folder>', 'the folder with the profiles', 'profiles')
  .option(
    '--allow-delete <clients>',
    'the exact number of clients that lose their profile, where a terminal would be asked',
  )
  .option('--lock-wait <duration>', 'how long to wait for another sync', '30s')
  .option('--author <name>', 'who is written down; unsaid, Git is asked')
  .addOption(new Option('--format <format>').choices(['human', 'json']).default('human'))
  .addHelpText(
    'after',
    '\nExit: 0 synced or nothing to do, 1 invalid files, 3 refused or to be confirmed, 4 stale plan or lock held.',
  )
  .action((planFile: string | undefined, options: SyncOptions) =>
    run(async () => (await import('./sync.js')).sync(planFile, options, io)),
  );

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
  .action((options: NoticesOptions) => run(async () => (await import('./notices.js')).notices(options, io)));

program
  .command('list')
  .description('The profiles by sort order; with clients, low and exhausted where MySQL is reachable.')
  .option('--folder <folder>', 'the folder with the profiles', 'profiles')
  .option('--offline', 'only the files')
  .addOption(new Option('--format <format>').choices(['human', 'json']).default('human'))
  .action((options: ListOptions) => run(async () => (await import('./list.js')).list(options, io)));

program
  .command('explain')
  .description('Rule by rule, why a client would or would not be told now; by the file where there is one.')
  .argument('<profile>', '<reseller>/<slug>')
  .argument('<client>', 'the id of the client')
  .option('--folder <folder>', 'the folder with the profiles', 'profiles')
  .addOption(new Option('--format <format>').choices(['human', 'json']).default('human'))
  .action((profile: string, client: string, options: ExplainOptions) =>
    run(async () => (await import('./explain.js')).explain(profile, client, options, io)),
  );

program
  .command('history')
  .description('Every revision of a profile: who changed what, when, from which commit.')
  .argument('<profile>', '<reseller>/<slug>')
  .option('--folder <folder>', 'the folder with the profiles', 'profiles')
  .addOption(new Option('--format <format>').choices(['human', 'json']).default('human'))
  .action((profile: string, options: HistoryOptions) =>
    run(async () => (await import('./history.js')).history(profile, options, io)),
  );

program
  .command('rollback')
  .description('Writes the file of a profile as that revision left it, for a new pull request.')
  .argument('<revision>', 'a number that `history` shows')
  .option('--folder <folder>', 'the folder with the profiles', 'profiles')
  .action((revision: string, options: RollbackOptions) =>
    run(async () => (await import('./rollback.js')).rollback(revision, options, io)),
  );

program
  .command('import')
  .description('Profiles in MySQL that have no file, to files. Never overwrites one.')
  .argument('[profiles...]', 'only these')
  .option('--folder <folder>', 'the folder with the profiles', 'profiles')
  .addOption(new Option('--format <format>').choices(['human', 'json']).default('human'))
  .action((profiles: string[], options: ImportOptions) =>
    run(async () => (await import('./import.js')).importProfiles(profiles, options, io)),
  );

program
  .command('preview')
  .description('Renders the mails that a profile would send.')
  .argument('<profile>', 'its id, such as acme/prepaid-usd, or its file')
  .option('--client <id>', 'as it is in the billing data now; a sample client where unsaid')
  .option('--language <tag>', 'such as de-AT; the client’s where unsaid')
  .option('--audience <who>', 'staff or client; both where unsaid')
  .option('--reminder <n>', 'which reminder of the cycle', '1')
  .option('--folder <folder>', 'where the profiles are', 'profiles')
  .option('--open', 'opens the HTML in the browser')
  .option('--format <format>', 'human or json', 'human')
  .action((profile: string, options: PreviewOptions) =>
    run(async () => (await import('./preview.js')).preview(profile, options, io)),
  );

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
