import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { CheckResult } from '../domain/watching/check.js';
import { nextStep } from '../domain/watching/watching.js';
import type { EndReason } from '../domain/reading.js';
import { clientIdOf } from './client-workflow-id.js';
import { explanations, sleepSummary, text } from './details.js';
import type { CarriedWatch } from './messages.js';
import { handleMessages } from './message-handlers.js';
import { checkPatiently, checkQuickly, remember, replan } from './calls.js';
import { firstRunLength } from './run-length.js';
import { startProblem } from './start-input.js';
import { tell } from './tell.js';
import { mayCarryWanted, Watch } from './watch.js';

export interface WatchClientInput {
  readonly clientId: string;
  readonly carried?: CarriedWatch;
  /** Checks of each run; default: chosen by the Period. In the input, so that changing it never changes a replay. */
  readonly checksPerRun?: number;
}

/** Why a client's workflow ended (rule 13), or that its start was refused (rule 24). */
export interface WatchClientResult {
  readonly clientId: string;
  readonly ended: EndReason | 'refused';
  readonly explanation: string;
}

/**
 * Watches one client: sleeps until the next planned check, checks, notifies whom the rules name, and notes what was sent.
 * Holds time, counters and refills; rules are evaluated in the check activity.
 */
export async function watchClient(input: WatchClientInput): Promise<WatchClientResult> {
  const problem = startProblem(input);
  if (problem !== undefined) return refused(problem);
  // Not `Date.now()`, nor `runStartTime`: before a local activity both are later at a replay where a query came meanwhile.
  const startedAt = workflowInfo().startTime.getTime();
  const watch = new Watch(input.clientId, input.carried, startedAt);
  handleMessages(watch);
  const checksPerRun = input.checksPerRun ?? input.carried?.checksPerRun ?? firstRunLength;
  const run: Run = { input, watch, checksPerRun, checks: 0 };
  for (let begins: Beginning = 'asleep'; ;) {
    const scope = new CancellationScope();
    const result: WatchClientResult | Beginning = await scope.run(() => goOn(run, scope, begins));
    if (typeof result !== 'string') return result;
    begins = result;
  }
}

/** How a scope begins: with the sleep, or after it, because a message woke the client or because the time has come. */
type Beginning = 'asleep' | 'woken' | 'due';

interface Run {
  readonly input: WatchClientInput;
  readonly watch: Watch;
  readonly checksPerRun: number;
  /** Made so far. */
  checks: number;
}

/**
 * Goes on until the watch ends, or until a message wakes the client: it cancels the scope, and with it the timer. Answers then how
 * another scope goes on.
 *
 * The SDK takes a stack trace of each promise: so what a quiet check awaits stands in this loop, and a scope serves many checks.
 */
async function goOn(
  run: Run,
  scope: CancellationScope,
  begins: Beginning,
): Promise<WatchClientResult | Beginning> {
  const { input, watch } = run;
  let due = begins !== 'woken';
  for (let sleeps = begins === 'asleep'; ; due = sleeps = true) {
    if (sleeps) {
      const longEnough =
        run.checks >= run.checksPerRun || workflowInfo().continueAsNewSuggested || watch.endsRun();
      // No notice is pending here. A check that is due already is made by the next run, at once.
      if (longEnough && allHandlersFinished() && (!watch.mustWake() || mayCarryWanted())) {
        await continueAsNew<typeof watchClient>({ ...input, carried: watch.carry() });
      }
      watch.show();
      if (watch.nextCheckAt > Date.now()) {
        try {
          await sleepUntilNext(watch, scope);
        } catch (error) {
          if (!isCancellation(error) || !(watch.mustWake() || watch.wantsNewRun())) throw error;
          return 'woken';
        } finally {
          watch.whenWoken(undefined);
        }
        // A message that came together with the end of the sleep cancelled the scope, and so whatever this one would await.
        if (scope.consideredCancelled) return 'due';
      }
    }
    if (watch.wantsNewRun()) {
      await condition(allHandlersFinished);
      continue;
    }
    const step = nextStep(watch.watching, due);
    if (step === 'replan') {
      watch.takeReplanRequest();
      const reason = await replan(watch);
      if (reason) return ended(watch, reason);
    }
    if (step === 'remember') await remember(watch);
    if (step !== 'check') continue;
    const asked = watch.beginCheck(Date.now());
    let result: CheckResult;
    try {
      result = await checkQuickly(asked);
    } catch (error) {
      result = await checkPatiently(watch, asked, error);
    }
    watch.noteCheck(result, Date.now());
    run.checks += 1;
    if (result.kind === 'ended') return ended(watch, result.reason);
    const notices = watch.wantedNotices(result);
    const reason = notices ? await tell(watch, notices) : undefined;
    watch.endCheck();
    if (reason) return ended(watch, reason);
  }
}

/** Until the next planned check; rejects with a cancellation where a message asks for something. */
function sleepUntilNext(watch: Watch, scope: CancellationScope): Promise<void> {
  const awake = sleep(watch.nextCheckAt - Date.now(), { summary: sleepSummary(watch.status()) });
  watch.whenWoken(() => scope.cancel());
  if (watch.mustWake() || watch.wantsNewRun()) scope.cancel();
  return awake;
}

function refused(problem: string): WatchClientResult {
  const { workflowId } = workflowInfo();
  log.warn('start refused', { problem });
  setCurrentDetails(`**Refused**: ${text(problem)}.`);
  return { clientId: clientIdOf(workflowId) ?? '', ended: 'refused', explanation: problem };
}

async function ended(watch: Watch, reason: EndReason): Promise<WatchClientResult> {
  await condition(allHandlersFinished);
  watch.showEnd(explanations[reason]);
  return { clientId: watch.clientId, ended: reason, explanation: explanations[reason] };
}
