/** One figure of one side over several rounds. */
export interface Series {
  readonly side: string;
  /** Of what, such as `checks/s`. */
  readonly unit: string;
  readonly rounds: readonly number[];
}

export interface Ratio {
  readonly of: string;
  readonly to: string;
  readonly median: number;
  /** Smallest and largest ratio of one round. */
  readonly spread: readonly [number, number];
  /** What it must be at least; absent: only reported. */
  readonly atLeast?: number;
  /** What it must be at least in each round. */
  readonly worstAtLeast?: number;
  /** What it must be at most; absent: only reported. */
  readonly atMost?: number;
}

/** A figure that stands alone, with its limit where it has one. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly below?: number;
}

export interface Measured {
  readonly bench: string;
  readonly how: string;
  readonly series: readonly Series[];
  readonly ratios: readonly Ratio[];
  readonly figures: readonly Figure[];
}

/** Throws RangeError where there is nothing to take it of. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError('no values');
  return (low + high) / 2;
}

/** The value that so large a share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** Round by round, so that what slows the whole machine slows both. */
export function ratioOf(of: Series, to: Series, atLeast?: number): Ratio {
  const each = of.rounds.map((value, round) => value / to.rounds[round]!);
  return {
    of: of.side,
    to: to.side,
    median: median(each),
    spread: [Math.min(...each), Math.max(...each)],
    ...(atLeast === undefined ? {} : { atLeast }),
  };
}

/** What is not as it should be, one sentence each. */
export function missed({ bench, ratios, figures }: Measured): readonly string[] {
  return [
    ...ratios.flatMap(({ of, to, spread: [worst], worstAtLeast = 0 }) =>
      worst < worstAtLeast
        ? [`${bench}: ${of} is ${worst.toFixed(2)} of ${to} in one round, expected at least ${worstAtLeast}`]
        : [],
    ),
    ...ratios.flatMap(({ of, to, median: found, atLeast = 0, atMost = Infinity }) => {
      const expected =
        found < atLeast ? `at least ${atLeast}` : found > atMost ? `at most ${atMost}` : undefined;
      return expected === undefined
        ? []
        : [`${bench}: ${of} is ${found.toFixed(2)} of ${to}, expected ${expected}`];
    }),
    ...figures.flatMap(({ name, value, unit, below }) =>
      below !== undefined && value >= below
        ? [`${bench}: ${name} is ${value.toFixed(1)} ${unit}, expected below ${below}`]
        : [],
    ),
  ];
}
