import { proxyActivities, proxyLocalActivities, rootCause } from '@temporalio/workflow';
import type { Activities, CheckInput, CheckResult, NoticesOutcome } from '../activities/contract.js';
import type { EndReason } from '../domain/reading.js';
import type { Watch } from './watch.js';

const local = proxyLocalActivities<Pick<Activities, 'check' | 'replan' | 'remember'>>({
  startToCloseTimeout: '3s',
  scheduleToCloseTimeout: '8s',
  retry: { maximumAttempts: 2, initialInterval: '200ms' },
});
// A database that comes back is noticed within a minute, and one that stays away is asked by each client once a minute.
const patient = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '1m' },
} as const;
const regular = proxyActivities<Pick<Activities, 'check' | 'replan' | 'remember' | 'withdraw'>>(patient);

// A local activity is quick and cheap; where it fails, the same function waits as a regular one until the fault passes (rule 14).

/** Plans the next check anew; answers why the client is watched no more, where that is so. */
export async function replan(watch: Watch): Promise<EndReason | undefined> {
  const { clientId, missingSince } = watch;
  const input = { clientId, ...(missingSince === undefined ? {} : { missingSince }) };
  let plan;
  try {
    plan = await local.replan(input);
  } catch {
    watch.show();
    plan = await regular.replan(input);
  }
  if (plan.kind === 'planned') watch.replanned(plan.periodMs, Date.now());
  if (plan.kind === 'missing') watch.noteMissing(plan);
  return plan.kind === 'ended' ? plan.reason : undefined;
}

/** Rule 25: writes down what an operator changed. */
export async function remember(watch: Watch): Promise<void> {
  watch.takeRememberRequest();
  const input = { clientId: watch.clientId, watch: watch.state };
  try {
    await local.remember(input);
  } catch {
    await regular.remember({ ...input, watch: watch.state });
  }
}

/** A check as a local activity; where it fails, `checkPatiently` goes on. */
export function checkQuickly(input: CheckInput): Promise<CheckResult> {
  return local.check(input);
}

export async function checkPatiently(watch: Watch, input: CheckInput, error: unknown): Promise<CheckResult> {
  watch.noteUnknown(rootCause(error) ?? 'the check failed', Date.now());
  watch.show();
  return await regular.check({ ...input, watch: watch.state });
}

/** Answers what was accepted of a check whose other notices are withdrawn. */
export function withdraw(input: {
  readonly clientId: string;
  readonly checkAt: number;
}): Promise<NoticesOutcome> {
  return regular.withdraw(input);
}
