import type { RetryPolicy } from '@temporalio/common';
import { CancellationScope, condition, patched, proxyActivities, rootCause } from '@temporalio/workflow';
import type { Activities, NotifyInput } from '../activities/contract.js';
import { unrecoveredCheck } from '../domain/cycle/told.js';
import { sendingRules } from '../domain/decide.js';
import type { CheckReport, NoticesOutcome } from '../domain/watching/check.js';
import { closingOf } from '../domain/watching/watching.js';
import type { EndReason } from '../domain/reading.js';
import { countOf } from '../domain/cycle/counters.js';
import { explanations, tellSummary } from './details.js';
import { remember, replan, withdraw } from './calls.js';
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

/** Sends the notices that a check decided. Answers why the client is watched no more, where that came out meanwhile. */
export async function tell(watch: Watch, checked: CheckReport): Promise<EndReason | undefined> {
  const checkAt = watch.checkedAt ?? Date.now();
  const input = noticesOf(watch, checked, checkAt);
  const { clientId, deadlineAt, rules } = input;
  const leftMs = Math.max(1_000, deadlineAt - Date.now());
  const sending = new Sending(() =>
    telling.notify.executeWithOptions(
      {
        scheduleToCloseTimeout: leftMs,
        retry: retryWithin(leftMs),
        summary: tellSummary(rules, input.recovered ?? [], checked.profile.maxQty),
      },
      [input],
    ),
  );
  watch.beginTelling(
    checked.decisions.filter(({ decision }) => decision === 'send').map(({ rule }) => rule),
    deadlineAt,
  );
  const stop = await untilSettled(watch, sending, deadlineAt);
  let told = sending.told;
  if (!told) {
    watch.noteWithdrawn(stop?.why ?? rootCause(sending.error) ?? 'not accepted in time', checked);
    told = await withdraw({ clientId, checkAt });
  }
  watch.noteTold(told);
  return stop?.ended;
}

/** What the notices of a check are asked with. */
function noticesOf(watch: Watch, checked: CheckReport, checkAt: number): NotifyInput {
  const { profile, availableBalance, currency, decisions, instant } = checked;
  const low = sendingRules(decisions, 'low');
  const recovered = sendingRules(decisions, 'recovered').flatMap((key) => {
    const toldAt = unrecoveredCheck(watch.state, key);
    return toldAt === undefined ? [] : [{ key, toldAt }];
  });
  const { id, name, version, maxQty, periodMs } = profile;
  const closesAt = closingOf(checked);
  return {
    clientId: watch.clientId,
    checkAt,
    ...(instant === undefined ? {} : { instant }),
    deadlineAt: watch.deadlineOf(checked),
    ...(closesAt === undefined ? {} : { closesAt }),
    nextCheckAt: watch.nextCheckAt,
    ...(instant === undefined ? {} : { nextNoticeAt: Math.max(watch.nextCheckAt, instant + periodMs) }),
    availableBalance,
    decided: {
      profile: { id, name, version, currency: profile.currency, maxQty },
      currency,
      decisions: decisions.filter(({ decision }) => decision === 'send'),
    },
    rules: low.map((key) => ({ key, reminder: countOf(watch.state, key) + 1 })),
    ...(recovered.length > 0 ? { recovered } : {}),
    seen: {
      profileId: id,
      periodMs,
      plannedAt: watch.watching.agenda.plannedAt,
      watch: watch.state,
      stateWhenTold: watch.stateWhenTold(low, checkAt),
    },
  };
}

/** Why sending was given up before it was settled. */
interface Stop {
  readonly why: string;
  readonly ended?: EndReason;
}

/**
 * Waits until a check's notices are accepted or given up.
 * - 4, 19: sending is retried until the next planned check, also where a shorter Period makes that come earlier, and no longer
 *   than sending hours are open.
 * - 25: what an operator changes meanwhile is written down.
 * - 7: a refill stops it, and the client is checked again at once; so does an operator who asks for a check.
 * - 13: so does the end of the watch.
 */
async function untilSettled(watch: Watch, sending: Sending, deadlineAt: number): Promise<Stop | undefined> {
  let stop: Stop | undefined;
  // A wish that this loop does not carry out would be seen again at once, for ever, and take the worker with it.
  let mayRemember = true;
  while (!sending.settled && !stop) {
    // The activity ends by itself at the deadline it was given.
    const leftMs = watch.nextCheckAt < deadlineAt ? Math.max(1, watch.nextCheckAt - Date.now()) : undefined;
    const happened = () =>
      sending.settled || watch.mustStopTelling() || (mayRemember && watch.mustRemember());
    const inTime =
      leftMs === undefined ? await condition(happened).then(() => true) : await condition(happened, leftMs);
    if (sending.settled) break;
    const why = watch.whyCheckAgain();
    if (!inTime) stop = { why: 'the next check is due' };
    else if (why !== undefined) stop = { why };
    else if (watch.takeReplanRequest()) {
      const ended = await replan(watch);
      if (ended) stop = { why: explanations[ended], ended };
    } else if (watch.mustRemember()) {
      mayRemember = patched('remember-while-telling');
      if (mayRemember) await remember(watch);
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
  told: NoticesOutcome | undefined;
  error: unknown;
  private readonly scope = new CancellationScope();

  constructor(send: () => Promise<NoticesOutcome>) {
    void this.run(send);
  }

  cancel(): void {
    this.scope.cancel();
  }

  private async run(send: () => Promise<NoticesOutcome>): Promise<void> {
    try {
      this.told = await this.scope.run(send);
    } catch (error) {
      this.error = error;
    }
    this.settled = true;
  }
}
