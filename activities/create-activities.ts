import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { check, replan } from './check.js';
import { firstIntervalMs } from '../domain/agenda.js';
import { nextOnGrid } from '../domain/schedule.js';
import { noteTold } from '../domain/cycle/told.js';
import type { Activities, CheckInput, NotifyInput, NoticesOutcome } from './contract.js';
import { look } from './look.js';
import { notify, withdraw } from './notify.js';
import type { Parts, WatchParts } from './parts.js';
import { reconcile } from './reconcile.js';
import { remember } from './take-up.js';
import { isMissingView, unreadable } from './unreadable.js';

/** The activities of the task queue `low-balance`, over the parts handed in. */
export function createActivities(parts: Parts): Activities {
  return {
    ...createWatchActivities(parts),
    reconcile: (input) => reconcile(parts, input, heartbeat),
    look: (input) => look(parts, input, heartbeat),
  };
}

/** The activities of `watchClient`. */
export function createWatchActivities(parts: WatchParts): Omit<Activities, 'reconcile' | 'look'> {
  return {
    async check(input) {
      try {
        const result = await check(parts, input);
        parts.count({ what: 'check', result: result.kind, lagMs: Math.max(0, input.now - input.dueAt) });
        return result;
      } catch (error) {
        const reason = mayPass(error) ? undefined : unreadable(error);
        parts.count({ what: 'check', result: reason === undefined ? 'retried' : 'unreadable' });
        if (reason === undefined) throw error;
        await noteUnreadable(parts, input);
        return { kind: 'unreadable', reason };
      }
    },
    async replan(input) {
      try {
        return await replan(parts, typeof input === 'string' ? { clientId: input } : input);
      } catch (error) {
        const reason = unreadable(error);
        if (reason === undefined) throw error;
        return { kind: 'unreadable', reason };
      }
    },
    async notify(input) {
      // A cancellation is heard of with a heartbeat's answer: rule 7 wants it soon.
      const beat = setInterval(() => heartbeat(), 1_000);
      try {
        const told = await notify(parts, input, cancellationSignal());
        noteSeen(parts, input, told);
        return told;
      } finally {
        clearInterval(beat);
      }
    },
    withdraw: (input) => withdraw(parts, input),
    remember: (input) => remember(parts, input),
  };
}

/** A view that somebody replaces is there again within some seconds: these attempts take 15. */
const attemptsWithoutView = 3;

/** What the same check may find gone when it is tried once more, as a regular activity with more time, before the client is unknown. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'BillingTimeoutError') return activityInfo().isLocal;
  if (!isMissingView(error)) return false;
  const { isLocal, attempt } = activityInfo();
  return isLocal || attempt < attemptsWithoutView;
}

/** Its row says that it is unknown; without that, a client that was never read would be starting for ever. */
async function noteUnreadable(
  { watched, profiles, now }: WatchParts,
  { clientId, plannedAt, watch }: CheckInput,
): Promise<void> {
  const at = await now();
  const stored = watch.profileId === undefined ? undefined : await profiles.read(watch.profileId);
  const periodMs = stored?.profile.periodMs ?? firstIntervalMs;
  await watched.unreadable(clientId, at, nextOnGrid(plannedAt, periodMs, at));
}

/** Lists and plans read the counters between two checks too. A lost row is made good by the next check. */
function noteSeen({ watched }: WatchParts, input: NotifyInput, { accepted }: NoticesOutcome): void {
  if (!input.seen || accepted.length === 0) return;
  const { profileId, periodMs, plannedAt, watch, stateWhenTold } = input.seen;
  const rules = new Set(accepted.flatMap((each) => each.rules));
  void watched.seen({
    clientId: input.clientId,
    profileId,
    state: input.rules.every(({ key }) => rules.has(key)) ? stateWhenTold : 'low',
    periodMs,
    plannedAt: plannedAt ?? input.nextCheckAt - periodMs,
    nextCheckAt: input.nextCheckAt,
    seenAt: input.checkAt,
    watch: noteTold(watch, accepted),
  });
}
