import { watchAtCheck } from '../domain/check-client.js';
import type { ClientFacts } from '../domain/client.js';
import { assignProfile, countsOf } from '../domain/cycle/counters.js';
import { noteRefill } from '../domain/cycle/refills.js';
import { noteTold, type AcceptedNotice } from '../domain/cycle/told.js';
import { freshWatch, type WatchState } from '../domain/cycle/watch-state.js';
import { judge, type Verdict } from '../domain/decide.js';
import type { Profile, Rule, RuleKey } from '../domain/profile/profile.js';
import type { Reading } from '../domain/reading.js';
import { replan } from '../domain/schedule.js';
import { checkTimeAt } from '../domain/silences.js';
import { createReader, type BeforeAfter, type BillingFacts, type ResellersBeforeAfter } from './readings.js';

/** A client with what its workflow last wrote down. Instants are epoch milliseconds. */
export interface ClientAtPlan {
  readonly client: ClientFacts;
  /** Undefined where no workflow was started yet. */
  readonly watched: WatchedAtPlan | undefined;
}

export interface WatchedAtPlan {
  readonly watch: WatchState;
  readonly nextCheckAt: number;
  readonly periodMs: number;
  /** Notices of the last check that the provider accepted after the row was written. */
  readonly acceptedSince: readonly AcceptedNotice[];
}

/** What a plan knows beside profiles and clients. */
export interface KnownAtPlan {
  readonly facts: BillingFacts;
  readonly resellers: ResellersBeforeAfter;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What a change means for one client at its next check. */
export interface ClientImpact {
  /** The rules that send without the sync, and after it. */
  readonly sendingBefore: readonly RuleKey[];
  readonly sendingNow: readonly RuleKey[];
  /** The new profile needs an exchange rate that is missing. */
  readonly unknown: boolean;
  /** The next check comes earlier, because the Period got shorter. */
  readonly wakes: boolean;
  /** Rules with a counter above 0. */
  readonly counting: readonly RuleKey[];
  /** Notices within a day from the next check, one for each audience, where nothing else happens. */
  readonly noticesADayBefore: number;
  readonly noticesADayNow: number;
}

/**
 * Judges clients at their next check, by the old and by the new profile, by what the check activity decides with.
 * - Balance and last charge are today's; the instant is the next planned check, `now` where that is past or unknown.
 * - Refills seen in the billing data and notices accepted since the last check are counted.
 * - A rule that is outside of its sending hours then is judged when they open.
 */
export function createImpact(
  { before, after }: BeforeAfter<Profile>,
  { facts, resellers, now }: KnownAtPlan,
): (client: ClientAtPlan) => ClientImpact {
  const read = createReader({ before, after }, facts, resellers);
  const id = (after ?? before)?.id ?? '';
  return ({ client, watched }) => {
    const watch = watchAt(watched);
    const refilled =
      client.lastRefillAt === null ? watch : noteRefill(watch, { at: client.lastRefillAt }, now);
    const nextCheckAt = Math.max(now, watched?.nextCheckAt ?? now);
    const earlierCheckAt = after && watched ? replanned(watched, after.periodMs, now) : nextCheckAt;
    const readings = read(client);
    const judgedAt = (profile: Profile | undefined, reading: Reading | undefined, at: number) =>
      profile && reading ? judgedOnceOpen(client, profile, reading, watch, at) : [];
    const verdictsBefore = judgedAt(before, readings.before, nextCheckAt);
    const verdictsNow = judgedAt(after, readings.after, Math.min(nextCheckAt, earlierCheckAt));
    return {
      sendingBefore: sendingOf(verdictsBefore),
      sendingNow: sendingOf(verdictsNow),
      noticesADayBefore: noticesADay(verdictsBefore, refilled),
      noticesADayNow: noticesADay(verdictsNow, refilled),
      unknown: verdictsNow.some(({ silence }) => silence?.reason === 'unknown'),
      wakes: earlierCheckAt < nextCheckAt,
      counting: Object.keys(countsOf(assignProfile(refilled, id))) as RuleKey[],
    };
  };
}

function sendingOf(verdicts: readonly Verdict[]): readonly RuleKey[] {
  return verdicts.filter(sends).map(({ at }) => at.rule.key);
}

function sends({ silence }: Verdict): boolean {
  return silence === undefined;
}

/** The verdicts of a check. Rules that it finds outside of their sending hours are judged when the hours open (rule 19). */
function judgedOnceOpen(
  client: ClientFacts,
  profile: Profile,
  reading: Reading,
  watch: WatchState,
  at: number,
): readonly Verdict[] {
  const verdicts = judge(
    profile,
    reading,
    watchAtCheck(client, profile, watch, { now: at }),
    checkTimeAt(at),
  );
  const openings = verdicts.flatMap(({ silence }) =>
    silence?.reason === 'outside-hours' && silence.until !== undefined ? [silence.until] : [],
  );
  if (openings.length === 0) return verdicts;
  const openAt = Math.min(...openings);
  const opened = judge(profile, reading, watchAtCheck(client, profile, watch, { now: openAt }), {
    ...checkTimeAt(openAt),
    atOpening: true,
  });
  return verdicts.map((each, index) => (each.silence?.reason === 'outside-hours' ? opened[index]! : each));
}

/**
 * Each low rule sends every Period of its sending hours until Max Qty, and a recovery once (rules 3, 19, 20). Rules of one
 * audience share their notices (rule 9).
 */
function noticesADay(verdicts: readonly Verdict[], refilled: WatchState): number {
  const byAudience = new Map<string, number>();
  for (const { at, kind } of verdicts.filter(sends)) {
    const { rule, profile } = at;
    const checks = Math.ceil(openMsADay(profile, rule.audience) / profile.periodMs);
    const counts = countsOf(assignProfile(refilled, profile.id));
    const notices = kind === 'recovered' ? 1 : Math.min(checks, profile.maxQty - (counts[rule.key] ?? 0));
    byAudience.set(rule.audience, Math.max(byAudience.get(rule.audience) ?? 0, notices));
  }
  return [...byAudience.values()].reduce((sum, notices) => sum + notices, 0);
}

const dayMs = 86_400_000;

/** How long a day's hours are, on a day that has some. */
function openMsADay({ sendingHours: hours }: Profile, audience: Rule['audience']): number {
  if (!hours?.audiences.includes(audience)) return dayMs;
  const minutes = hours.to - hours.from;
  return minutes > 0 ? minutes * 60_000 : minutes * 60_000 + dayMs;
}

/** What the workflow knows by now; refills that only the billing data knows are seen by the check itself. */
export function watchAt(watched: WatchedAtPlan | undefined): WatchState {
  return noteTold(watched?.watch ?? freshWatch, watched?.acceptedSince ?? []);
}

/** Rules 11 and 12; the previous planned check lies one Period before the next. */
function replanned(watched: WatchedAtPlan, periodMs: number, now: number): number {
  const plannedAt = watched.nextCheckAt - watched.periodMs;
  return Math.max(now, replan(plannedAt, watched.nextCheckAt, periodMs, now));
}
