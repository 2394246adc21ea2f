import type { Problem } from '../../domain/problem.js';

/** GitHub shows at most ten annotations of a kind for a step; more would be cut without a word. */
const shownAtMost = 10;

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Workflow commands that become annotations of a pull request. */
export function githubAnnotations(problems: readonly Problem[]): string {
  const lines = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const all = problems.filter((problem) => problem.severity === severity);
    const rest = all.length - shownAtMost;
    const more = rest > 0 ? [`::${commands[severity]}::and ${rest} more, in the log of this step`] : [];
    return [...all.slice(0, shownAtMost).map(annotation), ...more];
  });
  return lines.map((line) => `${line}\n`).join('');
}

function annotation({ file, line, column, severity, code, message }: Problem): string {
  return `::${commands[severity]} file=${property(file)},line=${line},col=${column},title=${property(code)}::${data(message)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
