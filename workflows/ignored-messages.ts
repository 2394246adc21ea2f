/** Signals that were passed over by a client's workflow: how many, and the last of them. Of one size, however many come. */
export interface IgnoredMessages {
  readonly count: number;
  /** When the first of them came, epoch milliseconds. */
  readonly since: number;
  readonly last: { readonly at: number; readonly name: string; readonly problem: string };
}

const longestName = 60;
const longestProblem = 300;

export function ignoreMessage(
  before: IgnoredMessages | undefined,
  message: { readonly name: string; readonly problem: string },
  at: number,
): IgnoredMessages {
  return {
    count: (before?.count ?? 0) + 1,
    since: before?.since ?? at,
    last: {
      at,
      name: message.name.slice(0, longestName),
      problem: message.problem.slice(0, longestProblem),
    },
  };
}

/** One line for people, without its end. */
export function ignoredText({ count, since, last }: IgnoredMessages): string {
  const text = `${isoOf(last.at)} a ${last.name} signal was ignored: ${last.problem}`;
  return count === 1 ? text : `${text}. It is the last of ${count} since ${isoOf(since)}`;
}

/** Whether a worker's log names it: the first, and every tenfold. */
export function isWorthLogging({ count }: IgnoredMessages): boolean {
  return /^10*$/.test(String(count));
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
