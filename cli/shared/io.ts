/** What a verb may touch of the process. Results go to `out`, messages to `err`; nothing else is printed. */
export interface Io {
  /** Writes to standard output. The text brings its own line ends. */
  readonly out: (text: string) => void;
  /** Writes one line to standard error. */
  readonly err: (line: string) => void;
  /** Shows one line on a terminal in place of the one before; absent where standard error is none. */
  readonly progress?: ((line: string) => void) | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Standard input and standard error are a terminal: a question may be asked. Never required. */
  readonly interactive: boolean;
  /** Standard output is a terminal that shows colour. */
  readonly colour: boolean;
  /** The width of the terminal that standard output is; absent where it is none. */
  readonly columns?: number | undefined;
  /** Aborted when nobody reads standard output any more: a verb that only prints may end. */
  readonly outputClosed?: AbortSignal;
}
