import type { Client } from '@temporalio/client';
import type { Log } from './log.js';
import { examineReconciliation, replaceStuckRun, type Reconciliation } from './reconciliation.js';

/** A worker's eye on reconciliation: without it nobody new is watched, and no client hears of that by itself. */
export interface ReconciliationWatch {
  /** As it was found last; undefined where Temporal did not say yet. */
  readonly found: () => Reconciliation | undefined;
  stop(): Promise<void>;
}

export interface ReconciliationWatchOptions {
  readonly client: Client;
  readonly log: Log;
  /** Epoch milliseconds, the same for all workers. */
  readonly now: () => Promise<number>;
  /** Default: a minute. */
  readonly everyMs?: number | undefined;
}

/** Looks every minute. Logs one alarm where something is wrong, and its end; ends and replaces a run that does not end. */
export function watchReconciliation({
  client,
  log,
  now,
  everyMs = 60_000,
}: ReconciliationWatchOptions): ReconciliationWatch {
  let found: Reconciliation | undefined;
  let looking: Promise<void> = Promise.resolve();
  const lookNow = async (): Promise<void> => {
    try {
      const before = found?.problem;
      found = await examineReconciliation(client, await now());
      if (found.problem !== undefined && before === undefined)
        log.error({ alarm: 'reconciliation' }, found.problem);
      if (found.problem === undefined && before !== undefined)
        log.info({ alarm: 'reconciliation', over: true }, 'reconciliation goes on');
      if (found.stuck) await replaceStuckRun(client, found);
    } catch (error) {
      log.warn({ err: error }, 'reconciliation could not be looked at');
    }
  };
  const timer = setInterval(() => void (looking = looking.then(lookNow)), everyMs).unref();
  looking = lookNow();
  return {
    found: () => found,
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
