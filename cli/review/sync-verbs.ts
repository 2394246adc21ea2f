import { Option, type Command } from 'commander';
import type { ExplainOptions } from './explain.js';
import type { HistoryOptions } from './history.js';
import type { ImportOptions } from './import.js';
import type { Io } from '../shared/io.js';
import type { ListOptions } from './list.js';
import type { PlanOptions } from './plan.js';
import type { RollbackOptions } from './rollback.js';
import type { Run } from '../shared/run.js';
import type { SyncOptions } from './sync.js';

/** Verbs of files and MySQL: what a change means, and carrying it out. */
export function addSyncVerbs(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Review and apply:');
  program
    .command('plan')
    .description('Files against MySQL, and what it means for real clients. Writes nothing into MySQL.')
    .option('--folder <folder>', 'the folder with the profiles', 'profiles')
    .option('--out <file>', 'save the plan for `sync`')
    .option('--summary <file>', 'the whole plan as Markdown, also where it is longer than a comment may be')
    .addOption(new Option('--format <format>').choices(['human', 'json', 'markdown']).default('human'))
    .option('--show-clients', 'name the clients in the human and the markdown format, and in the saved plan')
    .option('--for-merge', 'exit 3 where the sync of a merge would not go through by itself')
    .addHelpText(
      'after',
      '\nExit: 0 no change, 1 invalid files, 2 changes pending; with --for-merge 3 where the merge needs more.',
    )
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
}
