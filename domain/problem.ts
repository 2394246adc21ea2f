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

/** One line, as every verb prints it and the editor's problem matcher reads it. */
export function problemLine({ file, line, column, severity, code, message }: Problem): string {
  return `${file}:${line}:${column}: ${severity} ${code}: ${message}`;
}
