import type { Io } from './io.js';
import type { Reader } from './readers.js';

/** One argument or option of a verb, and how its text becomes a value of type `T`. */
export interface Parameter<T> {
  readonly kind: 'argument' | 'option';
  /** As in the help: `<client>`, `[paths...]`, `--format <format>`, `--offline`. */
  readonly flags: string;
  readonly description: string;
  /** Absent for an option without a value. */
  readonly reader?: Reader<unknown>;
  /** May be given several times. */
  readonly many: boolean;
  /** What the help shows as the default. */
  readonly shownDefault?: string;
  /** The value where the line does not say it; undefined leaves it out. */
  readonly initial: (io: Io) => T | undefined;
  /** Long flags that cannot stand on the line together with this one. */
  readonly contradicts: readonly string[];
}

export interface OptionSettings {
  readonly contradicts?: readonly string[];
}

/** An option with a value, which may be left out. */
export function option<T>(
  flags: string,
  description: string,
  reader: Reader<T>,
  settings: OptionSettings = {},
): Parameter<T | undefined> {
  return parameter('option', flags, description, {
    reader,
    initial: () => undefined,
    contradicts: settings.contradicts ?? [],
  });
}

/** An option with a value; `initial` is the text that holds where it is left out. */
export function optionWithDefault<T>(
  flags: string,
  description: string,
  reader: Reader<T>,
  initial: string,
  settings: OptionSettings = {},
): Parameter<T> {
  return parameter('option', flags, description, {
    reader,
    initial: () => reader.read(initial),
    shownDefault: initial,
    contradicts: settings.contradicts ?? [],
  });
}

/** An option whose default follows from where the command runs. */
export function optionByPlace<T>(
  flags: string,
  description: string,
  reader: Reader<T>,
  initial: (io: Io) => T,
  shownDefault: string,
): Parameter<T> {
  return parameter('option', flags, description, { reader, initial, shownDefault });
}

/** An option with a value that may be given several times. */
export function repeatedOption<T>(
  flags: string,
  description: string,
  reader: Reader<T>,
  settings: OptionSettings = {},
): Parameter<readonly T[]> {
  return parameter('option', flags, description, {
    reader,
    many: true,
    initial: () => [],
    contradicts: settings.contradicts ?? [],
  });
}

/** An option without a value. */
export function flag(flags: string, description: string, settings: OptionSettings = {}): Parameter<boolean> {
  return parameter('option', flags, description, {
    initial: () => false,
    contradicts: settings.contradicts ?? [],
  });
}

export function argument<T>(name: string, description: string, reader: Reader<T>): Parameter<T> {
  return parameter<T>('argument', `<${name}>`, description, { reader, initial: () => undefined });
}

export function optionalArgument<T>(
  name: string,
  description: string,
  reader: Reader<T>,
): Parameter<T | undefined> {
  return parameter('argument', `[${name}]`, description, { reader, initial: () => undefined });
}

/** The rest of the line; none of them is required. */
export function restArguments<T>(
  name: string,
  description: string,
  reader: Reader<T>,
): Parameter<readonly T[]> {
  return parameter('argument', `[${name}...]`, description, { reader, many: true, initial: () => [] });
}

/** The option takes every word up to the next option; the argument, the rest of the line. */
export function isVariadic(flags: string): boolean {
  return /\.\.\.[>\]]$/.test(flags);
}

function parameter<T>(
  kind: 'argument' | 'option',
  flags: string,
  description: string,
  rest: Pick<Parameter<T>, 'initial'> & Partial<Parameter<T>>,
): Parameter<T> {
  return { kind, flags, description, many: false, contradicts: [], ...rest };
}
