import type { Client } from '@temporalio/client';
import type { Queryable } from '../store/queryable.js';
import type { Log } from './log.js';
import { examineLooks, scheduleLooks, type Looks } from './looks.js';

const everyMs = 60_000;

/** A worker's eye on looks: without them a fall is only noticed at the next planned check. */
export interface LooksWatch {
  /** As they were found last; undefined where Temporal did not say yet. */
  readonly found: () => Looks | undefined;
  stop(): Promise<void>;
}

/** Every minute: the Schedule follows the profiles, also ones that were edited by hand. Logs one alarm, and its end. */
export function watchLooks(
  client: Client,
  own: Queryable,
  log: Log,
  examine = async () => {
    await scheduleLooks(client, own);
    return await examineLooks(client, Date.now());
  },
): LooksWatch {
  let found: Looks | undefined;
  const examineNow = async (): Promise<void> => {
    try {
      const before = found?.problem;
      found = await examine();
      if (found.problem !== undefined && before === undefined) log.error({ alarm: 'looks' }, found.problem);
      if (found.problem === undefined && before !== undefined)
        log.info({ alarm: 'looks', over: true }, 'looks keep their interval again');
    } catch (error) {
      log.warn({ err: error }, 'looks could not be examined');
    }
  };
  let examining = examineNow();
  const timer = setInterval(() => void (examining = examining.then(examineNow)), everyMs).unref();
  return {
    found: () => found,
    async stop() {
      clearInterval(timer);
      await examining;
    },
  };
}
