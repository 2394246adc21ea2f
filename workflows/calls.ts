import { proxyActivities, proxyLocalActivities, rootCause } from '@temporalio/workflow';
import type { Activities, CheckResult, Told } from '../activities/contract.js';
import type { EndReason } from '../domain/reading.js';
import type { Watch } from './watch.js';

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

/** Plans the next check anew; answers why the client is watched no more, where that is so. */
export async function replan(watch: Watch): Promise<EndReason | undefined> {
  const plan = await withFallback(
    watch,
    'replan',
    () => local.replan(watch.clientId),
    () => regular.replan(watch.clientId),
  );
  if (plan.kind === 'planned') watch.replanned(plan.periodMs, Date.now());
  return plan.kind === 'ended' ? plan.reason : undefined;
}

export async function check(watch: Watch): Promise<CheckResult> {
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

/** Answers what was accepted of a check whose other notices are withdrawn. */
export function withdraw(input: { readonly clientId: string; readonly checkAt: number }): Promise<Told> {
  return regular.withdraw(input);
}
