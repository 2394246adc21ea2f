import { Option, type Command } from 'commander';
import type { BacktestOptions } from './backtest.js';
import type { FmtOptions } from './fmt.js';
import type { Io } from '../shared/io.js';
import type { InitOptions } from './init/answers.js';
import type { NewOptions } from './new.js';
import type { PreviewOptions } from './preview.js';
import type { Run } from '../shared/run.js';
import type { SchemasOptions } from './schemas.js';
import type { SimulateOptions } from './simulate.js';
import type { TestOptions } from './test.js';
import type { ValidateOptions } from './validate.js';

/** Verbs of those who write profiles. */
export function addAuthoringVerbs(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Write:');
  program
    .command('init')
    .description(
      'A repository of profiles: package.json, a first profile with a scenario, schemas, VS Code, CI. Run again it updates what is its own.',
    )
    .argument('[directory]', 'where it is made', '.')
    .option('--reseller <id>', "the first reseller's id in the billing system")
    .option('--currency <code>', 'of its thresholds; USD where there is no terminal to ask on')
    .option('--ci <ci>', 'github, gitlab, both or none; both where there is no terminal to ask on')
    .option('--billing <system>', 'a folder of integrations/, or none')
    .action((directory: string, options: InitOptions) =>
      run(async () => (await import('./init/init.js')).init(directory, options, io)),
    );

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
    .description('Brings the JSON Schemas of schemas/ up to date with this version of the package.')
    .option('--check', 'writes nothing and names the schemas that are stale')
    .action((options: SchemasOptions) =>
      run(async () => (await import('./schemas.js')).schemas(options, io)),
    );

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
}
