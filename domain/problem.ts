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

/** `file:line:column`. A line break in the name of a file must not begin another problem, nor an invisible character hide one. */
export function placeText({ file, line, column }: Pick<Problem, 'file' | 'line' | 'column'>): string {
  const name = file.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return `${name}:${line}:${column}`;
}

/** One line, as every verb prints it and the editor's problem matcher reads it. */
export function problemLine(problem: Problem): string {
  const { severity, code, message } = problem;
  return `${placeText(problem)}: ${severity} ${code}: ${message}`;
}
