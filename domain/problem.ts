/** What is wrong at one place of a file. All problems are collected, never only the first. */
export interface Problem {
  /** As the user named it, relative to the working directory. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units as VS Code counts. */
  readonly column: number;
  readonly severity: Severity;
  /** Stable, in kebab-case, such as `unknown-currency`. */
  readonly code: string;
  /** What was found and what was expected, as one sentence without its full stop. */
  readonly message: string;
}

export type Severity = 'error' | 'warning' | 'info';

/** `file:line:column` */
export function placeText({ file, line, column }: Pick<Problem, 'file' | 'line' | 'column'>): string {
  return `${file}:${line}:${column}`;
}

/** One line, as every verb prints it and the editor's problem matcher reads it. */
export function problemLine(problem: Problem): string {
  const { severity, code, message } = problem;
  return `${placeText(problem)}: ${severity} ${code}: ${message}`;
}
