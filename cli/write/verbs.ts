import { theFolder, theFormat, theProfile } from '../shared/common-parameters.js';
import {
  flag,
  option,
  optionalArgument,
  optionWithDefault,
  repeatedOption,
  restArguments,
} from '../shared/parameters.js';
import {
  amount,
  choice,
  clientId,
  currency,
  duration,
  durationText,
  file,
  folder,
  languageTag,
  pastInstant,
  profileName,
  rate,
  refillOnDay,
  resellerId,
  text,
  timeZone,
  wholeNumber,
} from '../shared/readers.js';
import { billingId, colour, httpsUrl, namedUrl, sender, variableName } from '../shared/reseller-readers.js';
import { exitCode } from '../shared/exit-code.js';
import { verb, type Verb } from '../shared/verb.js';
import { billingSystem, ciChoices } from './init/choices.js';

const filesAndFolders = restArguments('paths', 'files and folders; default: the folder profiles/', file);

/** Verbs of those who write profiles. */
export const writeVerbs: readonly Verb[] = [
  verb({
    name: 'init',
    description:
      'A repository of profiles: package.json, a first profile with a scenario, schemas, VS Code, CI. Run again, it updates what it wrote itself.',
    parameters: {
      directory: optionalArgument('directory', 'where it is made; default: this folder', folder),
      reseller: option('--reseller <id>', 'the first reseller’s id in the billing system', resellerId),
      currency: option(
        '--currency <code>',
        'of its thresholds; USD where there is no terminal to ask on',
        currency,
      ),
      ci: option('--ci <ci>', 'both where there is no terminal to ask on', choice(...ciChoices)),
      billing: option('--billing <system>', 'a folder of integrations/, or none', billingSystem),
    },
    run: async ({ directory = '.', ...options }, io) =>
      (await import('./init/init.js')).init(directory, options, io),
  }),
  verb({
    name: 'language-server',
    description:
      'For editors: problems, help and completion as somebody types, by the Language Server Protocol over standard input and output.',
    parameters: { stdio: flag('--stdio', 'as most editors pass it; there is no other way to speak to it') },
    run: async (_, { cwd }) => {
      const { serve } = await import('../../editor/server/serve.js');
      await serve(cwd);
      return exitCode.fine;
    },
  }),
  verb({
    name: 'validate',
    description:
      'Every problem of every file: profiles, scenarios, policy, mail templates. No database needed.',
    parameters: {
      paths: filesAndFolders,
      format: theFormat('json', 'github', 'sarif', 'junit'),
      info: flag('--info', 'also says what each profile does'),
      watch: flag('--watch', 'validates again after every change'),
    },
    run: async ({ paths, ...options }, io) => (await import('./validate.js')).validate(paths, options, io),
  }),
  verb({
    name: 'fmt',
    description: 'Formats files as VS Code does on save; comments are kept.',
    parameters: {
      paths: filesAndFolders,
      check: flag('--check', 'writes nothing and names the files that are not formatted'),
    },
    run: async ({ paths, ...options }, io) => (await import('./fmt.js')).fmt(paths, options, io),
  }),
  verb({
    name: 'new',
    description: 'A new profile and its first scenario, from options, or asking on a terminal.',
    parameters: {
      id: optionalArgument('id', '<reseller>/<slug>, such as acme/prepaid-usd', profileName),
      name: option('--name <name>', 'shown in lists and mails', text),
      currency: option('--currency <code>', 'ISO 4217, such as USD', currency),
      sortOrder: optionWithDefault(
        '--sort-order <n>',
        'place in the list',
        wholeNumber(-1_000_000, 1_000_000),
        '10',
      ),
      maxQty: optionWithDefault(
        '--max-qty <n>',
        'notices per rule until a refill',
        wholeNumber(1, 1_000),
        '3',
      ),
      period: optionWithDefault(
        '--period <duration>',
        'how often a client is checked',
        durationText(1_000),
        '24h',
      ),
      staffThreshold: option('--staff-threshold <amount>', 'below it, the staff is notified', amount()),
      user: repeatedOption('--user <login...>', 'users of the reseller who are notified', text),
      clientThreshold: option('--client-threshold <amount>', 'below it, the client is notified', amount()),
      folder: theFolder,
    },
    run: async ({ id, ...options }, io) => (await import('./new.js')).newProfile(id, options, io),
  }),
  verb({
    name: 'new-reseller',
    description:
      'The settings of a reseller, reseller.json: sender, brand, top-up link, support, webhooks. From options, or asking on a terminal.',
    parameters: {
      reseller: optionalArgument('reseller', 'the name of its folder, such as acme', resellerId),
      billingId: option(
        '--billing-id <id>',
        'its id in the billing data; default: the folder’s name',
        billingId,
      ),
      from: option('--from <sender>', 'such as "Acme Billing <billing@acme.example>"', sender),
      replyTo: option('--reply-to <address>', 'where answers go', sender),
      name: option('--name <name>', 'the name that mails show', text),
      logoUrl: option('--logo-url <url>', 'of its logo', httpsUrl),
      color: option('--color <#rrggbb>', 'of the frame and the button of mails', colour),
      topUpUrl: option(
        '--top-up-url <url>',
        'where clients pay; {clientId}, {currency} and {language} are filled in',
        httpsUrl,
      ),
      supportEmail: option('--support-email <address>', 'where people ask', sender),
      supportPhone: option('--support-phone <number>', 'where people ask', text),
      supportUrl: option('--support-url <url>', 'where people ask', httpsUrl),
      language: option('--language <tag>', 'of clients that have none in the billing data', languageTag),
      timeZone: option('--time-zone <zone>', 'of clients that have none in the billing data', timeZone),
      sendgridKey: option(
        '--sendgrid-key <variable>',
        'the variable of the workers’ environment that holds the key of its own account',
        variableName,
      ),
      webhook: repeatedOption(
        '--webhook <name=url...>',
        'a receiver of notices, such as crm=https://crm.acme.example/hooks',
        namedUrl,
      ),
      folder: theFolder,
    },
    run: async ({ reseller, ...options }, io) =>
      (await import('./new-reseller.js')).newReseller(reseller, options, io),
  }),
  verb({
    name: 'schemas',
    description: 'Brings the JSON Schemas of schemas/ up to date with this version of the package.',
    parameters: { check: flag('--check', 'writes nothing and names the schemas that are stale') },
    run: async (options, io) => (await import('./schemas.js')).schemas(options, io),
  }),
  verb({
    name: 'test',
    description: 'Scenario tests of profiles: what happens to a client, and which notices must then be sent.',
    parameters: {
      paths: restArguments(
        'paths',
        'folders, scenario files <slug>.test.json, or profiles; default: the folder profiles/',
        file,
      ),
      real: flag('--real', 'plays them on the real workflow, on a time-skipping Temporal server'),
      format: theFormat('json', 'junit'),
      filter: option('--filter <text>', 'only scenarios whose name or file contains it', text),
    },
    run: async ({ paths, ...options }, io) => (await import('./test.js')).test(paths, options, io),
  }),
  verb({
    name: 'simulate',
    description: 'What a profile would send on a given balance, as plot and table.',
    parameters: {
      profile: theProfile,
      folder: theFolder,
      balanceFrom: option(
        '--balance-from <file>',
        'a balance history: CSV "at,balance" or "at,kind,amount", or JSON rows like it',
        file,
        { contradicts: ['--balance', '--per-day', '--refill'] },
      ),
      balance: optionWithDefault(
        '--balance <amount>',
        'without a file: the balance at the start',
        amount(),
        '100',
      ),
      perDay: optionWithDefault(
        '--per-day <amount>',
        'without a file: what is charged a day, in hourly charges',
        amount(0),
        '10',
      ),
      refill: repeatedOption(
        '--refill <at=amount>',
        'without a file: a refill, such as 10d=50; repeatable',
        refillOnDay,
      ),
      forMs: option('--for <duration>', 'how long; default: 30d, or the whole history', duration(1_000)),
      currency: option('--currency <code>', 'of the client; default: the profile’s', currency),
      rate: option('--rate <rate>', 'from the profile’s currency to the client’s', rate),
      creditLimit: optionWithDefault('--credit-limit <amount>', 'of the client', amount(0), '0'),
      ownThreshold: option(
        '--own-threshold <amount>',
        'that the client set for itself, in its currency',
        amount(),
      ),
      timeZone: option(
        '--time-zone <zone>',
        'of the client, such as Europe/Vienna; default: that of reseller.json, else UTC',
        timeZone,
      ),
      format: theFormat('json'),
    },
    refuse: ({ rate, currency }) =>
      rate !== undefined && currency === undefined
        ? '--rate is from the profile’s currency to the client’s: expected --currency, too'
        : undefined,
    run: async ({ profile, ...options }, io) =>
      (await import('./simulate.js')).simulate(profile, options, io),
  }),
  verb({
    name: 'backtest',
    description:
      'What a profile would have sent on the recorded balances of real clients. Reads the billing views only.',
    parameters: {
      profile: theProfile,
      folder: theFolder,
      client: option(
        '--client <id>',
        'one client, with plot; default: every client of the profile',
        clientId,
        {
          contradicts: ['--limit'],
        },
      ),
      since: optionWithDefault(
        '--since <time>',
        'a duration before now such as 60d, or an ISO 8601 time, UTC without an offset',
        pastInstant,
        '60d',
      ),
      limit: optionWithDefault(
        '--limit <count>',
        'at most so many clients',
        wholeNumber(1, 1_000_000),
        '1000',
      ),
      format: theFormat('json'),
    },
    run: async ({ profile, ...options }, io) =>
      (await import('./backtest.js')).backtest(profile, options, io),
  }),
  verb({
    name: 'preview',
    description: 'Renders the mails that a profile would send.',
    parameters: {
      profile: theProfile,
      client: option('--client <id>', 'as it is in the billing data now; default: a sample client', clientId),
      language: option('--language <tag>', 'such as de-AT; default: the client’s', languageTag),
      audience: option('--audience <who>', 'default: both', choice('staff', 'client')),
      reminder: optionWithDefault(
        '--reminder <n>',
        'which reminder of the cycle',
        wholeNumber(1, 1_000),
        '1',
      ),
      folder: theFolder,
      open: flag('--open', 'opens the HTML in the browser'),
      format: theFormat('json'),
    },
    run: async ({ profile, ...options }, io) => (await import('./preview.js')).preview(profile, options, io),
  }),
];
