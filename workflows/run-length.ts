/** How many checks the first run of a client makes: its Period is not known before. */
export const firstRunLength = 30;

const longPeriodMs = 600_000;

/**
 * How many checks a run makes before it continues as new. A client that sleeps long is nearly always replayed when it wakes,
 * which costs a worker about 2 ms for each check that its run has made: short runs are cheaper. One that wakes often stays in
 * memory, where only the new run costs. Measured by `npm run bench -- cold`.
 */
export function runLengthOf(periodMs: number): number {
  return periodMs < longPeriodMs ? firstRunLength : 10;
}
