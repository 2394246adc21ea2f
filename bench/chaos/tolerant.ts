import { setTimeout as sleep } from 'node:timers/promises';

/** While a server is away, what is done to it is not done. */
export async function tolerant(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch {
    await sleep(50);
  }
}
