import { clientStates } from '../../domain/client-state.js';
import { theFolder, theFormat, theProfile } from '../shared/common-parameters.js';
import {
  argument,
  flag,
  option,
  optionWithDefault,
  optionalArgument,
  restArguments,
} from '../shared/parameters.js';
import {
  choice,
  clientId,
  duration,
  file,
  pastInstant,
  profileName,
  resellerId,
  revisionNumber,
  text,
  wholeNumber,
} from '../shared/readers.js';
import { verb, type Verb } from '../shared/verb.js';

/** Verbs of files and MySQL: what a change means, and carrying it out. */
export const reviewVerbs: readonly Verb[] = [
  verb({
    name: 'plan',
    description: 'Files against MySQL, and what it means for real clients. Writes nothing into MySQL.',
    parameters: {
      folder: theFolder,
      out: option('--out <file>', 'save the plan for `sync`', file),
      format: theFormat('json', 'markdown'),
      summary: option(
        '--summary <file>',
        'the whole plan as Markdown, also where it is longer than a comment may be',
        file,
      ),
      showClients: flag(
        '--show-clients',
        'name the clients in the human and the markdown format, and in the saved plan',
      ),
      forMerge: flag('--for-merge', 'exit 3 where the sync of a merge would not go through by itself'),
      backtest: option(
        '--backtest <since>',
        'plays the changes on the balances recorded since then, such as 30d',
        pastInstant,
      ),
    },
    afterHelp:
      'Exit: 0 no change, 1 invalid files, 2 changes pending; with --for-merge 3 where the merge needs more.',
    run: async (options, io) => (await import('./plan.js')).plan(options, io),
  }),
  verb({
    name: 'sync',
    description: 'Carries the files out in MySQL, in one transaction, and wakes the clients checked earlier.',
    parameters: {
      plan: optionalArgument(
        'plan',
        'a plan saved by `plan --out`: refused where it would be another one now',
        file,
      ),
      folder: theFolder,
      allowDelete: option(
        '--allow-delete <clients>',
        'the exact number of clients that lose their profile; replaces the question on a terminal',
        wholeNumber(0, 1_000_000_000),
      ),
      lockWaitMs: optionWithDefault(
        '--lock-wait <duration>',
        'how long to wait for another sync',
        duration(),
        '30s',
      ),
      author: option('--author <name>', 'who is recorded; default: what Git says', text),
      format: theFormat('json'),
    },
    afterHelp:
      'Exit: 0 synced or nothing to do, 1 invalid files, 3 refused or to be confirmed, 4 stale plan or lock held.',
    run: async ({ plan, ...options }, io) => (await import('./sync.js')).sync(plan, options, io),
  }),
  verb({
    name: 'list',
    description: 'The profiles by sort order; with clients, low and exhausted where MySQL is reachable.',
    parameters: {
      folder: theFolder,
      reseller: option('--reseller <id>', 'only the profiles of this reseller', resellerId),
      state: option(
        '--state <state>',
        'only profiles that have a client in this state',
        choice(...clientStates),
        { contradicts: ['--offline'] },
      ),
      offline: flag('--offline', 'only the files'),
      format: theFormat('json'),
    },
    run: async (options, io) => (await import('./list.js')).list(options, io),
  }),
  verb({
    name: 'explain',
    description:
      'Which profile a client has and why; rule by rule, why it would or would not be notified now.',
    parameters: {
      first: argument(
        'profile-or-client',
        '<reseller>/<slug> or the path of its file; or the client alone',
        text,
      ),
      second: optionalArgument('client', 'the id of the client', clientId),
      folder: theFolder,
      format: theFormat('json'),
    },
    run: async ({ first, second, ...options }, io) => {
      const { explain } = await import('./explain.js');
      return second === undefined
        ? await explain(undefined, clientId.read(first), options, io)
        : await explain(profileName.read(first), second, options, io);
    },
  }),
  verb({
    name: 'history',
    description: 'Every revision of a profile: who changed what, when, from which commit.',
    parameters: { profile: theProfile, folder: theFolder, format: theFormat('json') },
    run: async ({ profile, ...options }, io) => (await import('./history.js')).history(profile, options, io),
  }),
  verb({
    name: 'rollback',
    description: 'Writes the file of a profile as that revision left it, for a new pull request.',
    parameters: {
      revision: argument('revision', 'a number that `history` shows', revisionNumber),
      folder: theFolder,
    },
    run: async ({ revision, ...options }, io) =>
      (await import('./rollback.js')).rollback(revision, options, io),
  }),
  verb({
    name: 'import',
    description: 'Profiles in MySQL that have no file, to files. Never overwrites one.',
    parameters: {
      profiles: restArguments('profiles', 'only these', profileName),
      folder: theFolder,
      format: theFormat('json'),
    },
    run: async ({ profiles, ...options }, io) =>
      (await import('./import.js')).importProfiles(profiles, options, io),
  }),
];
