import { CliError, exitCode } from './exit-code.js';
import type { Io } from './io.js';
import type { Parameter } from './parameters.js';
import { printable } from './printable.js';
import { InvalidValue } from './readers.js';
import type { Verb } from './verb.js';

/** What stands on the line, by parameter; absent where nothing does. */
export type Written = ReadonlyMap<string, string | readonly string[] | true>;

/**
 * The values of a verb's parameters. Throws a CliError with the status `usage` that names everything that is wrong on
 * the line, before the verb has done anything.
 */
export function readValues(verb: Verb, written: Written, io: Io): Readonly<Record<string, unknown>> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, parameter] of Object.entries(verb.parameters)) {
    const texts = written.get(key);
    const opposite = texts === undefined ? undefined : contradicted(verb, parameter, written);
    if (opposite !== undefined)
      problems.push(`${nameOf(parameter)} and ${opposite} contradict each other: expected one of them`);
    const value = texts === undefined ? parameter.initial(io) : valueOf(parameter, texts, problems);
    if (value !== undefined) values[key] = value;
  }
  const refusal = problems.length > 0 ? undefined : verb.refuse(values);
  if (refusal !== undefined) problems.push(refusal);
  if (problems.length > 0) throw new CliError(problems.join('\n       '), exitCode.usage);
  return values;
}

function valueOf(
  parameter: Parameter<unknown>,
  texts: string | readonly string[] | true,
  problems: string[],
): unknown {
  if (texts === true || !parameter.reader) return texts;
  const read = (text: string): unknown => {
    try {
      return parameter.reader!.read(text);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      problems.push(`${nameOf(parameter)} is "${printable(text)}": ${error.message}`);
      return undefined;
    }
  };
  return typeof texts === 'string' ? read(texts) : texts.map(read);
}

function contradicted(verb: Verb, { contradicts }: Parameter<unknown>, written: Written): string | undefined {
  const opposite = Object.entries(verb.parameters).find(
    ([key, other]) => written.has(key) && contradicts.includes(nameOf(other)),
  );
  return opposite && nameOf(opposite[1]);
}

/** As people write it: `--format`, or `client`. */
export function nameOf({ kind, flags }: Parameter<unknown>): string {
  const [first = ''] = flags.split(' ');
  return kind === 'option' ? first : `<${first.replaceAll(/[<>[\].]/g, '')}>`;
}
