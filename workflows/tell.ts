import type { RetryPolicy } from '@temporalio/common';
import { CancellationScope, condition, proxyActivities, rootCause } from '@temporalio/workflow';
import type { Activities, Checked, CheckResult, Told } from '../activities/contract.js';
import type { EndReason } from '../domain/reading.js';
import { countOf } from '../domain/watch-state.js';
import { explanations, tellSummary } from './details.js';
import { replan, withdraw } from './calls.js';
import type { Watch } from './watch.js';

const telling = proxyActivities<Pick<Activities, 'notify'>>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '20s',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});

/**
 * Rule 4, for what the activity does not time itself: a database that is away, a worker that is killed. Where the next check
 * is near, pauses grow to a quarter of the time until then: a pause beyond it would be the end of a notice.
 */
function retryWithin(leftMs: number): RetryPolicy {
  const maximumInterval = Math.min(300_000, Math.max(2_000, leftMs / 4));
  return { initialInterval: '2s', backoffCoefficient: 2, maximumInterval };
}

/** Whether a check's decisions are to be told: not where another check is wanted already. */
export function mustTell(watch: Watch, result: CheckResult): result is Checked {
  return (
    result.kind === 'checked' &&
    result.decisions.some(({ decision }) => decision === 'send') &&
    watch.whyCheckAgain() === undefined
  );
}

/** Tells what a check decided. Answers why the client is watched no more, where that came out meanwhile. */
export async function tell(watch: Watch, checked: Checked): Promise<EndReason | undefined> {
  const rules = checked.decisions
    .filter(({ decision }) => decision === 'send')
    .map(({ rule }) => ({ key: rule, reminder: countOf(watch.state, rule) + 1 }));
  const { clientId } = watch;
  const checkAt = watch.checkedAt ?? Date.now();
  const deadlineAt = watch.nextCheckAt;
  const leftMs = Math.max(1_000, deadlineAt - Date.now());
  const sending = new Sending(() =>
    telling.notify.executeWithOptions(
      {
        scheduleToCloseTimeout: leftMs,
        retry: retryWithin(leftMs),
        summary: tellSummary(rules, checked.profile.maxQty),
      },
      [
        {
          clientId,
          checkAt,
          deadlineAt,
          nextCheckAt: deadlineAt,
          availableBalance: checked.availableBalance,
          rules,
          seen: {
            profileId: checked.profile.id,
            periodMs: checked.profile.periodMs,
            watch: watch.state,
            stateWhenTold: watch.stateWhenTold(
              rules.map(({ key }) => key),
              checkAt,
            ),
          },
        },
      ],
    ),
  );
  watch.beginTelling(
    rules.map(({ key }) => key),
    deadlineAt,
  );
  const stop = await untilSettled(watch, sending, deadlineAt);
  let told = sending.told;
  if (!told) {
    watch.noteWithdrawn(stop?.why ?? rootCause(sending.error) ?? 'not accepted in time');
    told = await withdraw({ clientId, checkAt });
  }
  watch.noteTold(told);
  return stop?.ended;
}

/** Why sending was given up before it was settled. */
interface Stop {
  readonly why: string;
  readonly ended?: EndReason;
}

/**
 * Waits until a check's notices are accepted or given up.
 * - 4: sending is retried until the next planned check, also where a shorter Period makes that come earlier.
 * - 7: a refill stops it, and the client is checked again at once; so does an operator who asks for a check.
 * - 13: so does the end of the watch.
 */
async function untilSettled(watch: Watch, sending: Sending, deadlineAt: number): Promise<Stop | undefined> {
  let stop: Stop | undefined;
  while (!sending.settled && !stop) {
    // The activity ends by itself at the deadline it was given.
    const leftMs = watch.nextCheckAt < deadlineAt ? Math.max(1, watch.nextCheckAt - Date.now()) : undefined;
    const happened = () => sending.settled || watch.mustWake();
    const inTime =
      leftMs === undefined ? await condition(happened).then(() => true) : await condition(happened, leftMs);
    if (sending.settled) break;
    const why = watch.whyCheckAgain();
    if (!inTime) stop = { why: 'the next check is due' };
    else if (why !== undefined) stop = { why };
    else if (watch.takeReplanRequest()) {
      const ended = await replan(watch);
      if (ended) stop = { why: explanations[ended], ended };
    }
  }
  if (stop) {
    sending.cancel();
    await condition(() => sending.settled);
  }
  return stop;
}

/** Notices on their way: an activity that is retried until its deadline, and may be cancelled. */
class Sending {
  settled = false;
  told: Told | undefined;
  error: unknown;
  private readonly scope = new CancellationScope();

  constructor(send: () => Promise<Told>) {
    void this.run(send);
  }

  cancel(): void {
    this.scope.cancel();
  }

  private async run(send: () => Promise<Told>): Promise<void> {
    try {
      this.told = await this.scope.run(send);
    } catch (error) {
      this.error = error;
    }
    this.settled = true;
  }
}
