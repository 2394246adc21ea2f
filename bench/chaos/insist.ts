import { setTimeout as sleep } from 'node:timers/promises';

/** Nobody outside of the service gives up: what was begun is done, however often a server is away. */
export async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await sleep(100);
    }
  }
}
