import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { EndReason } from '../domain/reading.js';
import { explanations, sleepSummary } from './details.js';
import type { CarriedWatch } from './messages.js';
import { handleMessages } from './message-handlers.js';
import { check, replan } from './calls.js';
import { firstRunLength } from './run-length.js';
import { mustTell, tell } from './tell.js';
import { Watch } from './watch.js';

export interface WatchClientInput {
  readonly clientId: string;
  readonly carried?: CarriedWatch;
  /** Checks of each run; chosen by the Period where unsaid. In the input, so that changing it never changes a replay. */
  readonly checksPerRun?: number;
}

/** Why a client's workflow ended (rule 13). */
export interface WatchClientResult {
  readonly clientId: string;
  readonly ended: EndReason;
  readonly explanation: string;
}

/**
 * Watches one client: sleeps until the next planned check, checks, tells whom the rules say, and notes what was told.
 * Holds time, counters and refills; rules are evaluated in the check activity.
 */
export async function watchClient(input: WatchClientInput): Promise<WatchClientResult> {
  // Not `Date.now()`, nor `runStartTime`: before a local activity both are later at a replay where a query came meanwhile.
  const startedAt = workflowInfo().startTime.getTime();
  const watch = new Watch(input.clientId, input.carried, startedAt);
  handleMessages(watch);
  const checksPerRun = input.checksPerRun ?? input.carried?.checksPerRun ?? firstRunLength;
  for (let checks = 0; ;) {
    const longEnough = checks >= checksPerRun || workflowInfo().continueAsNewSuggested;
    // No notice is pending here. A check that is due already is made by the next run, at once.
    if (longEnough && !watch.mustWake() && allHandlersFinished()) {
      await continueAsNew<typeof watchClient>({ ...input, carried: watch.carry() });
    }
    watch.show();
    if (watch.nextCheckAt > Date.now()) await sleepUntilNext(watch);
    if (watch.takeReplanRequest()) {
      const reason = await replan(watch);
      if (reason) return ended(watch, reason);
      continue;
    }
    const result = await check(watch);
    checks += 1;
    if (result.kind === 'ended') return ended(watch, result.reason);
    const reason = mustTell(watch, result) ? await tell(watch, result) : undefined;
    watch.endCheck();
    if (reason) return ended(watch, reason);
  }
}

/**
 * Until the next planned check, or until a message asks for something. A timer that is cancelled does what `condition`
 * with a timeout does, with a third of its promises: each costs a wake some of its time.
 */
async function sleepUntilNext(watch: Watch): Promise<void> {
  const scope = new CancellationScope();
  const ms = watch.nextCheckAt - Date.now();
  const awake = scope.run(() => sleep(ms, { summary: sleepSummary(watch.status()) }));
  watch.whenWoken(() => scope.cancel());
  if (watch.mustWake()) scope.cancel();
  try {
    await awake;
  } catch (error) {
    if (!isCancellation(error) || !watch.mustWake()) throw error;
  } finally {
    watch.whenWoken(undefined);
  }
}

async function ended(watch: Watch, reason: EndReason): Promise<WatchClientResult> {
  await condition(allHandlersFinished);
  watch.showEnd(explanations[reason]);
  return { clientId: watch.clientId, ended: reason, explanation: explanations[reason] };
}
