import { Argument, Command, Option } from 'commander';
import { CliError, exitCode, type ExitCode } from './exit-code.js';
import type { Io } from './io.js';
import { isVariadic, type Parameter } from './parameters.js';
import { readValues, type Written } from './read-values.js';
import { verbGroups, type Verb, type VerbGroup } from './verb.js';

/** All verbs, by the group of the help that they stand in. */
export type VerbTable = Readonly<Record<VerbGroup, readonly Verb[]>>;

/**
 * The parser of the command line. `ended` gets the exit status of the verb. What is wrong with a line is thrown, as a
 * CommanderError or a CliError, before the verb has done anything.
 */
export function createProgram(
  table: VerbTable,
  version: string,
  io: Io,
  ended: (code: ExitCode) => void,
): Command {
  const program = new Command('low-balance')
    .description('Low Balance Profiles: who is notified when the balance of a prepaid client runs low.')
    .version(version, '-V, --version', 'the version of this program')
    .helpOption('-h, --help', 'what the program and each verb take')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: (text) => io.err(text.replace(/\n$/, '')) })
    .showHelpAfterError('(low-balance --help shows the verbs)');
  for (const group of verbGroups) {
    program.commandsGroup(`${group}:`);
    for (const verb of table[group]) addVerb(program, verb, io, ended);
  }
  return program;
}

function addVerb(program: Command, verb: Verb, io: Io, ended: (code: ExitCode) => void): void {
  const command = program
    .command(verb.name)
    .description(verb.description)
    .showHelpAfterError(`(low-balance ${verb.name} --help shows what it takes)`);
  const parameters = Object.entries(verb.parameters);
  const positional = parameters.filter(([, { kind }]) => kind === 'argument');
  const options = parameters
    .filter(([, { kind }]) => kind === 'option')
    .map(([key, parameter]) => ({ key, option: optionOf(parameter) }));
  for (const [, { flags, description, reader }] of positional)
    command.addArgument(new Argument(flags, helpOf(description, reader?.choices)));
  for (const { option } of options) command.addOption(option);
  if (verb.afterHelp !== undefined) command.addHelpText('after', `\n${verb.afterHelp}`);
  command.action(async () => {
    const written = new Map<string, string | readonly string[] | true>();
    for (const [index, [key]] of positional.entries()) {
      const given = command.processedArgs[index] as string | readonly string[] | undefined;
      if (given !== undefined && given.length + Number(typeof given === 'string') > 0)
        written.set(key, given);
    }
    for (const { key, option } of options) {
      if (command.getOptionValueSource(option.attributeName()) !== 'cli') continue;
      written.set(key, command.getOptionValue(option.attributeName()) as string | readonly string[] | true);
    }
    ended(await verb.run(readValues(verb, written satisfies Written, io), io));
  });
}

function optionOf({ flags, description, reader, many, shownDefault }: Parameter<unknown>): Option {
  const option = new Option(flags, helpOf(description, reader?.choices, shownDefault));
  if (many && !isVariadic(flags))
    option.argParser((each: string, all: readonly string[] | undefined) => [...(all ?? []), each]);
  if (reader && !many)
    option.argParser((text: string, before: string | undefined) => once(flags, text, before));
  return option;
}

/** Of two values the last would hold, and somebody who meant both would not hear of it. */
function once(flags: string, text: string, before: string | undefined): string {
  if (before === undefined || before === text) return text;
  const name = flags.split(' ')[0];
  throw new CliError(`${name} is given as "${before}" and "${text}": expected it once`, exitCode.usage);
}

function helpOf(description: string, choices: readonly string[] | undefined, shownDefault?: string): string {
  const described = [description, choices?.join(', ') ?? ''].filter((part) => part !== '').join(': ');
  return shownDefault === undefined ? described : `${described} (default: ${shownDefault})`;
}
