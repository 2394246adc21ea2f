import type { Series } from './measured.js';

/** Measures one figure of a side. */
export interface MeasuredSide {
  readonly side: string;
  measure(): Promise<number>;
}

/** Measures the sides one after the other, round by round: the machine is not the same a minute later. In the order of the sides. */
export async function inTurns(
  rounds: number,
  unit: string,
  sides: readonly MeasuredSide[],
): Promise<readonly Series[]> {
  const found = new Map<MeasuredSide, number[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round += 1) {
    // There and back, so that no side is always the first.
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const value = await side.measure();
      found.get(side)!.push(value);
      process.stderr.write(`round ${round + 1}, ${side.side}: ${value.toFixed(1)} ${unit}\n`);
    }
  }
  return sides.map((side) => ({ side: side.side, unit, rounds: found.get(side)! }));
}
