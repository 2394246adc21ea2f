import type { ExitCode } from './exit-code.js';
import type { Io } from './io.js';
import type { Parameter } from './parameters.js';

/** The groups of the help, in the order in which people meet them. */
export const verbGroups = ['Run', 'Write', 'Review and apply', 'Operate', 'Shell'] as const;
export type VerbGroup = (typeof verbGroups)[number];

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The values of a verb's parameters by their names; what has no default and is not on the line is absent. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P as undefined extends ValueOf<P[K]> ? never : K]: ValueOf<P[K]>;
} & {
  readonly [K in keyof P as undefined extends ValueOf<P[K]> ? K : never]?: Exclude<ValueOf<P[K]>, undefined>;
};

type ValueOf<P> = P extends Parameter<infer T> ? T : never;

export interface VerbDefinition<P extends Parameters> {
  readonly name: string;
  readonly description: string;
  /** Arguments in the order of the line; the order of options is that of the help. */
  readonly parameters: P;
  /** What the help says below the options. */
  readonly afterHelp?: string;
  /** What is wrong with the values together, or undefined. Called before `run`. */
  readonly refuse?: (values: Values<P>) => string | undefined;
  /** Imports the verb's file when it runs, so that `--help` stays quick. */
  readonly run: (values: Values<P>, io: Io) => Promise<ExitCode>;
}

/** A verb whatever its parameters are: a row of the table of verbs. */
export interface Verb {
  readonly name: string;
  readonly description: string;
  readonly parameters: Parameters;
  readonly afterHelp?: string;
  readonly refuse: (values: Readonly<Record<string, unknown>>) => string | undefined;
  readonly run: (values: Readonly<Record<string, unknown>>, io: Io) => Promise<ExitCode>;
}

export function verb<P extends Parameters>({ refuse, run, ...rest }: VerbDefinition<P>): Verb {
  return {
    ...rest,
    // The values were read by the parameters' own readers: they have the types that P says.
    refuse: (values) => refuse?.(values as Values<P>),
    run: (values, io) => run(values as Values<P>, io),
  };
}
