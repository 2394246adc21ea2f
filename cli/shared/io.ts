/** What a verb may touch of the process. Results go to `out`, messages to `err`; nothing else is printed. */
export interface Io {
  /** Writes to standard output. The text brings its own line ends. */
  readonly out: (text: string) => void;
  /** Writes one line to standard error. */
  readonly err: (line: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Standard input and standard error are a terminal: a question may be asked. Never required. */
  readonly interactive: boolean;
  /** Standard output is a terminal that shows colour. */
  readonly colour: boolean;
}
