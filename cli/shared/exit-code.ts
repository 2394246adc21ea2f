/** The exit status of every verb. */
export const exitCode = {
  fine: 0,
  /** Invalid files, failed scenarios, a story that came out differently. */
  findings: 1,
  changesPending: 2,
  /** Refused by a guard, or a confirmation is needed. */
  refused: 3,
  /** The plan is stale, or another holds the lock. */
  stale: 4,
  usage: 64,
  /** A bug, or something that cannot be reached. */
  internal: 70,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends a verb with a message for people and an exit status. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: ExitCode;

  constructor(message: string, code: ExitCode = exitCode.internal, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
