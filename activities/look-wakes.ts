import pThrottle from 'p-throttle';
import type { Watchers } from './parts.js';

/** As reconciliation: the checks that follow are what costs. */
const wakesPerSecond = 200;

/** Signals them at a pace, and answers those that run. One that does not is started by reconciliation. */
export async function wakeLooked(
  watchers: Pick<Watchers, 'wakeForLook'>,
  clientIds: readonly string[],
  heartbeat: () => void,
): Promise<readonly string[]> {
  const woken: string[] = [];
  const paced = pThrottle({ limit: wakesPerSecond / 20, interval: 1_000 / 20 });
  const wake = paced(async (clientId: string) => {
    if (await watchers.wakeForLook(clientId)) woken.push(clientId);
    heartbeat();
  });
  const settled = await Promise.allSettled(clientIds.map((each) => wake(each)));
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return woken;
}
