import type { Client } from '@temporalio/client';
import type { Log } from './log.js';
import { examineReconciliation, replaceStuckRun, type Reconciliation } from './reconciliation.js';

const everyMs = 60_000;

/** A worker's eye on reconciliation: without it nobody new is watched, and no client hears of that by itself. */
export interface ReconciliationWatch {
  /** As it was found last; undefined where Temporal did not say yet. */
  readonly found: () => Reconciliation | undefined;
  stop(): Promise<void>;
}

/** Looks every minute. Logs one alarm where something is wrong, and its end; ends and replaces a run that does not end. */
export function watchReconciliation(
  client: Client,
  log: Log,
  look = () => examineReconciliation(client, Date.now()),
): ReconciliationWatch {
  let found: Reconciliation | undefined;
  let looking: Promise<void> = Promise.resolve();
  const lookNow = async (): Promise<void> => {
    try {
      const before = found?.problem;
      found = await look();
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
