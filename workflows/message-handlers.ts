import { setHandler } from '@temporalio/workflow';
import { parseRuleKey } from '../domain/reading.js';
import { mute, resetRule, unmute } from '../domain/watch-state.js';
import {
  checkNowUpdate,
  instantOf,
  muteUpdate,
  profileChangedSignal,
  refillProblem,
  refillSignal,
  refillUpdate,
  resetRuleUpdate,
  statusQuery,
  unmuteUpdate,
  type RefillMessage,
  type RefillReceipt,
} from './messages.js';
import type { Watch } from './watch.js';

/** The messages of `watchClient`. Set before its first await, and synchronous, so that none is ever lost. */
export function handleMessages(watch: Watch): void {
  setHandler(statusQuery, () => watch.status());
  setHandler(refillSignal, (message) => {
    const problem = refillProblem(message);
    if (problem === undefined) refill(watch, message);
    else watch.note(`${new Date(Date.now()).toISOString()} a refill signal was ignored: ${problem}`);
    watch.show();
  });
  setHandler(profileChangedSignal, () => watch.requestReplan());
  setHandler(refillUpdate, (message) => refill(watch, message), {
    validator: (message) => refuse(refillProblem(message)),
  });
  setHandler(checkNowUpdate, () => {
    watch.requestCheck();
    return watch.status();
  });
  setHandler(
    muteUpdate,
    ({ until }) => {
      watch.change(mute(watch.state, instantOf(until)!));
      return watch.status();
    },
    { validator: (message: unknown) => refuse(muteProblem(message)) },
  );
  setHandler(unmuteUpdate, () => {
    watch.change(unmute(watch.state));
    return watch.status();
  });
  setHandler(
    resetRuleUpdate,
    ({ rule }) => {
      watch.change(resetRule(watch.state, parseRuleKey(rule)!, Date.now()));
      return watch.status();
    },
    { validator: (message: unknown) => refuse(ruleProblem(watch, message)) },
  );
}

function refill(watch: Watch, { refillId, at }: RefillMessage): RefillReceipt {
  const reset = watch.counts();
  const applied = watch.refill({ refillId, at: instantOf(at)! }, Date.now());
  watch.show();
  return { refillId, applied, reset: applied ? reset : {} };
}

function muteProblem(message: unknown): string | undefined {
  const until = fieldOf(message, 'until');
  const at = instantOf(until);
  if (at === undefined)
    return `until: expected an ISO 8601 time with an offset such as "2026-11-24T09:00:00Z", found ${JSON.stringify(until)}`;
  return at > Date.now() ? undefined : `until: expected a time in the future, found ${JSON.stringify(until)}`;
}

function ruleProblem(watch: Watch, message: unknown): string | undefined {
  const rule = fieldOf(message, 'rule');
  const known = Object.keys(watch.status().rules);
  if (typeof rule === 'string' && parseRuleKey(rule) && (known.length === 0 || known.includes(rule)))
    return undefined;
  return `rule: expected one of ${known.join(', ') || 'user, client, advanced:<name>'}, found ${JSON.stringify(rule)}`;
}

function fieldOf(message: unknown, field: string): unknown {
  return typeof message === 'object' && message !== null
    ? (message as Record<string, unknown>)[field]
    : undefined;
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new Error(problem);
}
