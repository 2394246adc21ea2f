/** One call of the provider takes at most this long, milliseconds. */
export const longestCallMs = 10_000;

/** For how long a record is tried while the database is away. */
const patienceMs = 15_000;

/**
 * Writes down what the provider answered. The answer is known only here, so a database that is briefly away is waited
 * for; where it stays away the last error is thrown.
 */
export async function recorded(write: () => Promise<void>): Promise<void> {
  const until = performance.now() + patienceMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(2_000, pauseMs * 2)) {
    try {
      await write();
      return;
    } catch (error) {
      if (performance.now() + pauseMs > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
