import type {
  Change,
  ClientRow,
  FaultKind,
  InjectedFault,
  Interval,
  ProfileVersion,
  StopTruth,
  Truth,
} from './truth.js';

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
const losesAnswers: readonly FaultKind[] = [
  'mail-answer-lost',
  'mail-late',
  'webhook-answer-lost',
  'webhook-late',
  ...serversAway,
];
/** A look whose worker was killed is given to another so late: its heartbeat is missed first, and it may be the next one. */
const lookTakeoverMs = 45_000;

/** Whether the client was suspended or closed some time between two instants. */
export function wasOutOfService(truth: Truth, clientId: string, from: number, until: number): boolean {
  return (
    truth.closed.has(clientId) || rowsBetween(truth, clientId, from, until).some(({ suspended }) => suspended)
  );
}

/** What the billing system held of the client some time between two instants, in this order. */
export function rowsBetween(
  truth: Truth,
  clientId: string,
  from: number,
  until: number,
): readonly ClientRow[] {
  return rowsSince(truth, clientId, from, until).map(({ value }) => value);
}

/** The same, with when it was written. */
export function rowsSince(
  truth: Truth,
  clientId: string,
  from: number,
  until: number,
): readonly Change<ClientRow>[] {
  return changesBetween(truth.rows.get(clientId)!, from, until);
}

/** The ids of the profiles that the client had some time between two instants. */
export function profilesBetween(
  truth: Truth,
  clientId: string,
  from: number,
  until: number,
): readonly string[] {
  return changesBetween(truth.profilesOf.get(clientId)!, from, until).map(({ value }) => value);
}

function changesBetween<T>(changes: readonly Change<T>[], from: number, until: number): readonly Change<T>[] {
  return changes.filter(
    (change, i) => change.from <= until && (changes[i + 1]?.until ?? Number.POSITIVE_INFINITY) >= from,
  );
}

/** A hold acts within this time, and a worker asks MySQL a little after it read the client. */
const holdsActMs = 1_000 + 3 * slackMs;

/** Rule 23: whether notices of a profile's clients were held between two instants; both where it may have been so or so. */
export function holding(truth: Truth, profileId: string, from: number, until: number): readonly boolean[] {
  const holds = truth.holds.filter((hold) => hold.profileId === undefined || hold.profileId === profileId);
  const surely = holds.some(
    ({ on, released }) =>
      on.until + holdsActMs <= from && (released === undefined || released.from >= until + slackMs),
  );
  if (surely) return [true];
  const perhaps = [...holds.map(({ on, released }) => [on, released]), ...braking(truth)].some(
    ([on, off]) => on!.from <= until + slackMs && (off === undefined || off.until + holdsActMs >= from),
  );
  return perhaps ? [true, false] : [false];
}

/** Who is held by the brake is judged over all clients together. */
function braking(truth: Truth): readonly (readonly [Interval, Interval | undefined])[] {
  return truth.brakes.map(({ on, off }) => [on, off]);
}

/** What a version of a profile says, where a check between two instants may have seen it; undefined where it may not. */
export function profileSeen(
  truth: Truth,
  { id, version }: { readonly id: string; readonly version: number },
  from: number,
  until: number,
): ProfileVersion | undefined {
  const versions = truth.profiles.get(id);
  const seen = versions?.get(version);
  const replacedAt = versions?.get(version + 1)?.until ?? Number.POSITIVE_INFINITY;
  return seen && seen.from <= until + slackMs && replacedAt >= from - slackMs ? seen : undefined;
}

/** What a profile said some time between two instants. */
export function versionsBetween(
  truth: Truth,
  profileId: string,
  from: number,
  until: number,
): readonly ProfileVersion[] {
  const versions = [...(truth.profiles.get(profileId)?.values() ?? [])];
  return versions.filter(
    (version, i) =>
      version.from <= until + slackMs &&
      (versions[i + 1]?.until ?? Number.POSITIVE_INFINITY) >= from - slackMs,
  );
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

/** The same for a look at the fleet between two instants. */
export function lookHinderedMs(truth: Truth, from: number, until: number): number {
  return truth.faults
    .filter(({ kind }) => serversAway.includes(kind))
    .filter((fault) => fault.until + lookTakeoverMs >= from && fault.from <= until)
    .reduce((sum, fault) => sum + (fault.until - fault.from) + lookTakeoverMs, 0);
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
    stopsOf(truth, clientId, from - callMs, until).length > 0 ||
    truth.lateness.some((late) => late.from <= until && late.until >= from - slackMs)
  );
}

/** When somebody stopped a client's workflow (rule 25) between two instants. */
export function stopsOf(truth: Truth, clientId: string, from: number, until: number): readonly StopTruth[] {
  return truth.stops.filter((stop) => stop.clientId === clientId && stop.from <= until && stop.until >= from);
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
