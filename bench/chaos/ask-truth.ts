import type { Balance, FaultKind, InjectedFault, ProfileTruth, Truth } from './truth.js';

// Questions to what the run wrote down of itself.

/** A check may see what was written while it was asked for and answered, and clocks of one machine differ by this. */
export const slackMs = 250;
/** A worker's part in a workflow is given to another after so long (Temporal's sticky timeout and task timeout). */
const takeoverMs = 22_000;
/** One call of the provider and its record at most. */
export const callMs = 27_000;

const serversAway: readonly FaultKind[] = [
  'worker-killed',
  'worker-paused',
  'temporal-restarted',
  'mysql-restarted',
  'mysql-cut',
];
const losesAnswers: readonly FaultKind[] = ['mail-answer-lost', 'mail-late', ...serversAway];

/** Whether the client had this balance some time between two instants. */
export function wasTrue(truth: Truth, clientId: string, seen: Balance, from: number, until: number): boolean {
  return valuesBetween(truth, clientId, from - slackMs, until + slackMs).some(
    ({ cents, suspended }) => cents === seen.cents && suspended === seen.suspended,
  );
}

/** Whether the client was suspended or closed some time between two instants. */
export function wasOutOfService(truth: Truth, clientId: string, from: number, until: number): boolean {
  return (
    truth.closed.has(clientId) ||
    valuesBetween(truth, clientId, from, until).some(({ suspended }) => suspended)
  );
}

function valuesBetween(truth: Truth, clientId: string, from: number, until: number): readonly Balance[] {
  const changes = truth.balances.get(clientId)!;
  return changes
    .filter(
      (change, i) => change.from <= until && (changes[i + 1]?.until ?? Number.POSITIVE_INFINITY) >= from,
    )
    .map(({ value }) => value);
}

/** What a version of a profile says, where a check between two instants may have seen it; undefined where it may not. */
export function profileSeen(
  truth: Truth,
  { id, version }: { readonly id: string; readonly version: number },
  from: number,
  until: number,
): ProfileTruth | undefined {
  const versions = truth.profiles.get(id);
  const seen = versions?.get(version);
  const replacedAt = versions?.get(version + 1)?.until ?? Number.POSITIVE_INFINITY;
  return seen && seen.from <= until + slackMs && replacedAt >= from - slackMs ? seen : undefined;
}

/** The Period that a profile had at an instant, in milliseconds; undefined where none was synced by then. */
export function periodMsAt(truth: Truth, profileId: string, at: number): number | undefined {
  const synced = [...(truth.profiles.get(profileId)?.values() ?? [])].filter(({ until }) => until <= at);
  return synced.at(-1)?.periodMs;
}

/** For how long servers may have kept a client from being checked between two instants: at most. Nobody in the calm. */
export function awayMs(truth: Truth, from: number, until: number): number {
  if (truth.calmFrom !== undefined && from >= truth.calmFrom) return 0;
  return truth.faults
    .filter((fault) => serversAway.includes(fault.kind))
    .filter((fault) => fault.until + takeoverMs >= from && fault.from <= until)
    .reduce((sum, fault) => sum + (fault.until - fault.from) + takeoverMs, 0);
}

/** For how long the machine itself kept a program that wanted the CPU from it between two instants, milliseconds. */
export function starvedMs(truth: Truth, from: number, until: number): number {
  return truth.starved.reduce((sum, starved) => {
    const overlapMs = Math.min(until, starved.until) - Math.max(from, starved.from);
    return overlapMs <= 0 ? sum : sum + (starved.ms * overlapMs) / (starved.until - starved.from);
  }, 0);
}

/** Whether any fault may have kept a notice from being accepted between two instants. */
export function wasHindered(truth: Truth, clientId: string, from: number, until: number): boolean {
  return awayMs(truth, from, until) > 0 || hits(truth, clientId, from, until, () => true);
}

/** Whether the provider's answer of then, or its record, may have been lost. */
export function answerWasLost(truth: Truth, clientId: string, from: number, until: number): boolean {
  return (
    hits(truth, clientId, from - callMs, until, ({ kind }) => losesAnswers.includes(kind)) ||
    truth.lateness.some((late) => late.from <= until && late.until >= from - slackMs)
  );
}

function hits(
  truth: Truth,
  clientId: string,
  from: number,
  until: number,
  isOne: (fault: InjectedFault) => boolean,
): boolean {
  return truth.faults.some(
    (fault) =>
      isOne(fault) &&
      (fault.clientId === undefined || fault.hitsAll === true || fault.clientId === clientId) &&
      fault.from <= until &&
      fault.until >= from,
  );
}
