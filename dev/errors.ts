/** What can go wrong while the local stack is put together. */
export type LocalStackErrorCode =
  | 'chromium-missing'
  | 'data-folder-in-use'
  | 'foreign-billing-data'
  | 'install-failed'
  | 'mysql-failed'
  | 'mysql-missing'
  | 'mysql-unreachable'
  | 'port-taken'
  | 'stack-stopping'
  | 'temporal-failed'
  | 'temporal-missing'
  | 'temporal-unreachable'
  | 'test-server-missing';

export interface LocalStackProblem {
  readonly code: LocalStackErrorCode;
  /** What was found, as a sentence without its full stop. */
  readonly found: string;
  /** What would have been right, as a sentence without its full stop. */
  readonly expected: string;
  /** What the reader can do about it, as full sentences. */
  readonly advice: string;
}

/** A part of the local stack cannot be had. The message says what was found, what was expected and what to do. */
export class LocalStackError extends Error implements LocalStackProblem {
  override readonly name = 'LocalStackError';
  readonly code: LocalStackErrorCode;
  readonly found: string;
  readonly expected: string;
  readonly advice: string;

  constructor(problem: LocalStackProblem, options?: ErrorOptions) {
    super(`${problem.found}. Expected: ${problem.expected}. ${problem.advice}`, options);
    this.code = problem.code;
    this.found = problem.found;
    this.expected = problem.expected;
    this.advice = problem.advice;
  }
}

/** Something was to start, or was waited for, while everything is being stopped. */
export function stackStopping(name: string): LocalStackError {
  return new LocalStackError({
    code: 'stack-stopping',
    found: `${name} was to start while everything is being stopped`,
    expected: 'a stack that is not stopping',
    advice: 'Start again when it has stopped.',
  });
}
