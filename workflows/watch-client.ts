import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  proxyLocalActivities,
  rootCause,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, Checked, CheckResult, Told } from '../activities/contract.js';
import { countOf } from '../domain/watch-state.js';
import { sleepSummary, tellSummary } from './details.js';
import type { CarriedWatch } from './messages.js';
import { handleMessages } from './message-handlers.js';
import { Watch } from './watch.js';

export interface WatchClientInput {
  readonly clientId: string;
  readonly carried?: CarriedWatch;
  /** Checks of one run; a run's replay grows with it. In the input, so that changing it never changes a replay. */
  readonly checksPerRun?: number;
}

/** Why a client's workflow ended (rule 13). */
export interface WatchClientResult {
  readonly clientId: string;
  readonly ended: 'closed' | 'not-prepaid' | 'no-profile' | 'not-found';
  readonly explanation: string;
}

/** Replay costs about 2.6 ms a past check, and a sleeping client is nearly always replayed. */
const defaultChecksPerRun = 30;

const local = proxyLocalActivities<Pick<Activities, 'check' | 'replan'>>({
  startToCloseTimeout: '3s',
  scheduleToCloseTimeout: '8s',
  retry: { maximumAttempts: 2, initialInterval: '200ms' },
});
const patient = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '5m' },
} as const;
const regular = proxyActivities<Pick<Activities, 'check' | 'replan' | 'withdraw'>>(patient);
const telling = proxyActivities<Pick<Activities, 'notify'>>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '20s',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/**
 * Watches one client: sleeps until the next planned check, checks, tells whom the rules say, and notes what was told.
 * Holds time, counters and refills; rules are evaluated in the check activity.
 */
export async function watchClient(input: WatchClientInput): Promise<WatchClientResult> {
  const watch = new Watch(input.clientId, input.carried);
  handleMessages(watch);
  const checksPerRun = input.checksPerRun ?? defaultChecksPerRun;
  for (let checks = 0; ;) {
    if (
      (checks >= checksPerRun || workflowInfo().continueAsNewSuggested) &&
      watch.isQuiet() &&
      allHandlersFinished()
    ) {
      await continueAsNew<typeof watchClient>({ ...input, carried: watch.carry() });
    }
    await sleep(watch);
    if (watch.takeReplanRequest()) {
      const plan = await withFallback(
        watch,
        'replan',
        () => local.replan(input.clientId),
        () => regular.replan(input.clientId),
      );
      if (plan.kind === 'ended') return ended(watch, plan.reason);
      watch.replanned(plan.periodMs, Date.now());
      continue;
    }
    const result = await check(watch);
    checks += 1;
    if (result.kind === 'ended') return ended(watch, result.reason);
    if (result.kind === 'checked' && !watch.mustCheckAgain()) await tell(watch, result);
  }
}

async function sleep(watch: Watch): Promise<void> {
  watch.show();
  const ms = watch.next.at - Date.now();
  if (ms > 0) await condition(() => watch.mustWake(), ms, { summary: sleepSummary(watch.status()) });
}

async function check(watch: Watch): Promise<CheckResult> {
  const input = watch.beginCheck(Date.now());
  const result = await withFallback(
    watch,
    'check',
    () => local.check(input),
    () => regular.check({ ...input, watch: watch.state }),
  );
  watch.noteCheck(result, Date.now());
  return result;
}

/** A local activity is quick and cheap; where it fails, the same function waits as a regular one until the fault passes (rule 14). */
async function withFallback<T>(
  watch: Watch,
  what: string,
  quick: () => Promise<T>,
  patiently: () => Promise<T>,
): Promise<T> {
  try {
    return await quick();
  } catch (error) {
    if (what === 'check') watch.noteUnknown(rootCause(error) ?? 'the check failed', Date.now());
    watch.show();
    return await patiently();
  }
}

/**
 * Rule 4: sending is retried until the next planned check; what was not accepted by then is withdrawn.
 * Rule 7: a refill meanwhile withdraws what was not sent yet, and the client is checked again at once.
 */
async function tell(watch: Watch, checked: Checked): Promise<void> {
  const rules = checked.decisions
    .filter(({ decision }) => decision === 'send')
    .map(({ rule }) => ({ key: rule, reminder: countOf(watch.state, rule) + 1 }));
  if (rules.length === 0) return;
  const { clientId } = watch;
  const checkAt = watch.checkedAt ?? Date.now();
  const scope = new CancellationScope();
  watch.onRefill = () => scope.cancel();
  let told: Told;
  try {
    told = await scope.run(() =>
      telling.notify.executeWithOptions(
        {
          scheduleToCloseTimeout: Math.max(1_000, watch.next.at - Date.now()),
          summary: tellSummary(rules, checked.profile.maxQty),
        },
        [
          {
            clientId,
            checkAt,
            deadlineAt: watch.next.at,
            nextCheckAt: watch.next.at,
            availableBalance: checked.availableBalance,
            rules,
          },
        ],
      ),
    );
  } catch (error) {
    watch.noteWithdrawn(rootCause(error) ?? 'not accepted in time');
    told = await CancellationScope.nonCancellable(() => regular.withdraw({ clientId, checkAt }));
  } finally {
    watch.onRefill = undefined;
  }
  watch.noteTold(told);
}

const explanations = {
  closed: 'the client is closed',
  'not-prepaid': 'the client is no longer prepaid',
  'no-profile': 'the client has no Low Balance Profile',
  'not-found': 'the billing system does not know the client',
} as const;

async function ended(watch: Watch, reason: keyof typeof explanations): Promise<WatchClientResult> {
  await condition(allHandlersFinished);
  watch.showEnd(explanations[reason]);
  return { clientId: watch.clientId, ended: reason, explanation: explanations[reason] };
}
