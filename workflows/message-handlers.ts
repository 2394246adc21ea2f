import { patched, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { described } from '../domain/described.js';
import { instantOf } from '../domain/instant.js';
import type { RuleKey } from '../domain/profile/profile.js';
import { parseRuleKey } from '../domain/reading.js';
import { readRefill, type ReadRefill, type RefillReading } from '../domain/refill-message.js';
import { resetRule } from '../domain/cycle/counters.js';
import { unmute } from '../domain/cycle/watch-state.js';
import { onlyArgument, refuseUnreadable } from './arguments.js';
import {
  checkNowUpdate,
  lookSignal,
  muteUpdate,
  newRunSignal,
  profileChangedSignal,
  refillSignal,
  refillUpdate,
  resetRuleUpdate,
  statusQuery,
  unmuteUpdate,
  type RefillReceipt,
  type WatchStatus,
} from './messages.js';
import { SealedSignals } from './sealed-signals.js';
import { resetSignal } from './sees-resets.js';
import { handleBufferedSignals } from './take-many-signals.js';
import { Unreadable } from './unreadable.js';
import type { Watch } from './watch.js';

/** The messages of `watchClient`. Set before its first await, and synchronous, so that none is ever lost. */
export function handleMessages(watch: Watch): void {
  setHandler(statusQuery, (...args: unknown[]) => {
    refuseUnreadable(args);
    return watch.status();
  });
  handleBufferedSignals(() => handleSignals(watch));
  handleUpdates(watch);
}

/**
 * A signal has nobody to answer to: what cannot be taken is noted on the page (rule 24). So is one of an unknown name, which
 * the SDK would otherwise keep for ever, for a handler that never comes.
 */
function handleSignals(watch: Watch): void {
  const sealed = new SealedSignals();
  setHandler(refillSignal, (...args: unknown[]) => {
    const { refill, problem } = sealedOr(sealed, args);
    if (refill) takeRefill(watch, refill);
    else watch.ignore({ name: refillSignal.name, problem });
    watch.tookMessage();
  });
  // Its meaning is in its name: what comes with it does not matter.
  setHandler(profileChangedSignal, () => {
    watch.requestReplan();
    watch.tookMessage();
  });
  setHandler(lookSignal, () => {
    watch.requestLookedCheck();
    watch.tookMessage();
  });
  setHandler(resetSignal, () => {
    if (patched('reset')) watch.wasReset();
  });
  setHandler(newRunSignal, () => watch.requestNewRun());
  setDefaultSignalHandler((name) => {
    const known = [refillSignal, profileChangedSignal, lookSignal, newRunSignal].map((each) => each.name);
    const problem = `expected one of ${known.join(', ')}`;
    watch.ignore({ name, problem });
    watch.tookMessage();
  });
}

/** What an operator changes is kept also for a workflow that starts again (rule 25). */
function keep(watch: Watch): void {
  if (patched('remember')) watch.requestRemembering();
}

function sealedOr(sealed: SealedSignals, args: readonly unknown[]): RefillReading {
  const problem = sealed.problemOf(args);
  return problem === undefined ? refillOf(args) : { problem };
}

/** An update that cannot be taken is refused with what was expected, before it enters the history. */
function handleUpdates(watch: Watch): void {
  const answering =
    (change: (args: readonly unknown[]) => void) =>
    (...args: unknown[]): WatchStatus => {
      change(args);
      watch.tookMessage();
      return watch.status();
    };
  const validator = (...args: unknown[]) => refuseUnreadable(args);
  setHandler(
    refillUpdate,
    (...args: unknown[]) => {
      const receipt = takeRefill(watch, accepted(refillOf(args)));
      watch.tookMessage();
      return receipt;
    },
    { validator: (...args: unknown[]) => void accepted(refillOf(args)) },
  );
  setHandler(
    checkNowUpdate,
    answering(() => watch.requestCheck()),
    { validator },
  );
  setHandler(
    muteUpdate,
    answering((args) => {
      watch.mute(untilOf(args));
      keep(watch);
    }),
    { validator: (...args: unknown[]) => refusePast(untilOf(args)) },
  );
  setHandler(
    unmuteUpdate,
    answering(() => {
      watch.change(unmute(watch.state));
      keep(watch);
    }),
    { validator },
  );
  setHandler(
    resetRuleUpdate,
    answering((args) => {
      watch.change(resetRule(watch.state, ruleOf(watch, args), Date.now()));
      keep(watch);
    }),
    { validator: (...args: unknown[]) => void ruleOf(watch, args) },
  );
}

function refillOf(args: readonly unknown[]): RefillReading {
  const argument = onlyArgument(args);
  return argument instanceof Unreadable ? { problem: argument.reason } : readRefill(argument);
}

function accepted({ refill, problem }: RefillReading): ReadRefill {
  if (!refill) throw new Error(problem);
  return refill;
}

function takeRefill(watch: Watch, { refillId, at, notes }: ReadRefill): RefillReceipt {
  const before = watch.counts();
  const applied = watch.refill({ refillId, at }, Date.now());
  const after = watch.counts();
  const reset = Object.entries(before).filter(([rule, count]) => after[rule] !== count);
  if (notes.length > 0) watch.noteRefill(refillId, notes);
  return { refillId, applied, reset: Object.fromEntries(reset), ...(notes.length > 0 ? { notes } : {}) };
}

function untilOf(args: readonly unknown[]): number {
  const until = fieldOf(args, 'until');
  const at = instantOf(until);
  if (at !== undefined) return at;
  throw new Error(
    `until: expected an ISO 8601 time with an offset such as "2026-11-24T09:00:00Z", found ${described(until)}`,
  );
}

function refusePast(until: number): void {
  if (until > Date.now()) return;
  throw new Error(`until: expected a time in the future, found "${new Date(until).toISOString()}"`);
}

function ruleOf(watch: Watch, args: readonly unknown[]): RuleKey {
  const rule = fieldOf(args, 'rule');
  const key = typeof rule === 'string' ? parseRuleKey(rule) : undefined;
  const known = Object.keys(watch.status().rules);
  if (key && (known.length === 0 || known.includes(key))) return key;
  throw new Error(
    `rule: expected one of ${known.join(', ') || 'user, client, advanced:<name>'}, found ${described(rule)}`,
  );
}

/** Throws an Error where the argument cannot be decoded. */
function fieldOf(args: readonly unknown[], field: string): unknown {
  const argument = onlyArgument(args);
  if (argument instanceof Unreadable) throw new Error(argument.reason);
  return typeof argument === 'object' && argument !== null
    ? (argument as Readonly<Record<string, unknown>>)[field]
    : undefined;
}
