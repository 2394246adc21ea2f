import { setTimeout as sleep } from 'node:timers/promises';
import { benchTemporal } from './given.js';
import { inTurns } from './in-turns.js';
import { ratioOf, type Measured, type Series } from './measured.js';
import { rateSides, startRateSide, type RateSide } from './rate-sides.js';

export interface CheckRateOptions {
  /** Workflows at once: more than can be checked in a Period, so that the rate is the most that goes. */
  readonly clients: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Before it is measured: V8 compiles a worker's code for its first half a minute, and workers run for weeks. */
  readonly warmUpSeconds: number;
}

/** Quiet checks per second of `watchClient` against bare loops of the same Temporal server, in turns. */
export async function checkRate(options: CheckRateOptions): Promise<Measured> {
  const [ours, local, alone, regular] = await ratesInTurns(options, [
    rateSides.quiet,
    rateSides.bareLocal,
    rateSides.alone,
    rateSides.bareRegular,
  ]);
  return {
    bench: 'a quiet check',
    how: howOf(rateSides.quiet, options),
    series: [ours!, alone!, local!, regular!],
    ratios: [ratioOf(ours!, local!, 0.9), ratioOf(ours!, regular!), ratioOf(ours!, alone!)],
    figures: [],
  };
}

/** The same with a notice at each check; counted are accepted notices. */
export async function noticeRate(options: CheckRateOptions): Promise<Measured> {
  const [ours, bare] = await ratesInTurns(options, [rateSides.notifying, rateSides.bareNotice]);
  return {
    bench: 'a check with a notice',
    how: `${howOf(rateSides.notifying, options)}; the ledger in MySQL, and a mail provider that accepts at once; counted are accepted notices`,
    series: [ours!, bare!],
    ratios: [ratioOf(ours!, bare!, 0.85)],
    figures: [],
  };
}

function howOf(
  { periodMs }: RateSide,
  { clients, rounds, seconds, warmUpSeconds }: CheckRateOptions,
): string {
  return `${clients} workflows with a Period of ${periodMs / 1_000} s on one worker, ${rounds} rounds of ${seconds} s in turns, each after ${warmUpSeconds} s of warming up, on ${benchTemporal}; a MySQL read, a decision and the row of watched clients at each check`;
}

function ratesInTurns(options: CheckRateOptions, sides: readonly RateSide[]): Promise<readonly Series[]> {
  const measured = sides.map((side) => ({ side: side.title, measure: () => rateOf(side, options) }));
  return inTurns(options.rounds, 'checks/s', measured);
}

async function rateOf(
  side: RateSide,
  { clients, seconds, warmUpSeconds }: CheckRateOptions,
): Promise<number> {
  const running = await startRateSide(side, clients);
  try {
    await sleep(warmUpSeconds * 1_000);
    const [doneBefore, from] = [running.done(), performance.now()];
    await sleep(seconds * 1_000);
    return ((running.done() - doneBefore) / (performance.now() - from)) * 1_000;
  } finally {
    await running.stop();
  }
}
