import type { Problem } from '../domain/problem.js';
import type { ReadScenario } from './read-scenarios.js';
import type { ExpectedStoryNotice, Played, Story, TimelineEntry, StoryNotice } from './story.js';

/** What became of one scenario. */
export interface Outcome {
  readonly file: string;
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  readonly ok: boolean;
  /** Absent where it could not be played. */
  readonly story?: Story;
  readonly told: readonly StoryNotice[];
  /** Absent where it is ok, or could not be played. */
  readonly difference?: Difference;
  readonly problems: readonly Problem[];
  readonly wallMs: number;
}

/** What became of a scenario that was played. */
export function outcomeOf(read: ReadScenario, story: Story, played: Played, wallMs: number): Outcome {
  const { file, name, line, problems } = read;
  const difference = differenceOf(story, played);
  return {
    file,
    name,
    line,
    ok: difference === undefined,
    story,
    told: played.told,
    ...(difference ? { difference } : {}),
    problems,
    wallMs,
  };
}

/** The first place where a story came out differently. */
export interface Difference {
  readonly atMs: number;
  readonly expected: ExpectedStoryNotice | undefined;
  readonly actual: StoryNotice | undefined;
  readonly timeline: readonly TimelineEntry[];
}

/** The first check whose notices are not as expected, or undefined. */
function differenceOf({ expected }: Story, { told, timeline }: Played): Difference | undefined {
  const length = Math.max(expected.length, told.length);
  for (let index = 0; index < length; index += 1) {
    const wanted = expected[index];
    const found = told[index];
    if (wanted && found && isAsExpected(wanted, found)) continue;
    const atMs = Math.min(wanted?.atMs ?? Infinity, found?.atMs ?? Infinity);
    return { atMs, expected: wanted, actual: found, timeline };
  }
  return undefined;
}

function isAsExpected(
  expected: ExpectedStoryNotice,
  { atMs, rules, recovered, to, webhooks, count }: StoryNotice,
): boolean {
  return (
    expected.atMs === atMs &&
    isSame(expected.rules, rules) &&
    (expected.recovered === undefined || isSame(expected.recovered, recovered)) &&
    (expected.webhooks === undefined || isSame(expected.webhooks, webhooks)) &&
    (expected.to === undefined || isSame(expected.to.map(lower).sort(), to.map(lower).sort())) &&
    Object.entries(expected.count ?? {}).every(
      ([rule, number]) => (Object.hasOwn(count, rule) ? count[rule] : 0) === number,
    )
  );
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function lower(address: string): string {
  return address.toLowerCase();
}
