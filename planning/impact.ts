import { checkClient } from '../domain/check-client.js';
import type { Decision } from '../domain/decide.js';
import type { Profile, Rule, RuleKey } from '../domain/profile/profile.js';
import type { Client, ClientFacts, ProfileFacts } from '../domain/client.js';
import { withReseller, type ResellerDirectory } from '../domain/reseller/reseller-directory.js';
import { replan } from '../domain/schedule.js';
import { checkTimeAt } from '../domain/silences.js';
import { assignProfile, countsOf } from '../domain/cycle/counters.js';
import { noteRefill } from '../domain/cycle/refills.js';
import { noteTold, type AcceptedNotice } from '../domain/cycle/told.js';
import { freshWatch, type WatchState } from '../domain/cycle/watch-state.js';

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

/** What profiles need to know beside their clients. */
export interface BillingFacts {
  rate(from: string, to: string): Pick<ProfileFacts, 'rate' | 'rateDoubt'>;
  /** Login → e-mail of those logins that a reseller's clients may name. */
  users(logins: readonly string[], resellerId: string | null): Readonly<Record<string, string>>;
}

/** A profile before and after a sync; undefined where it does not exist. */
export interface ProfileBeforeAfter {
  readonly before: Profile | undefined;
  readonly after: Profile | undefined;
}

/** The resellers' own settings before and after a sync. */
export interface ResellersBeforeAfter {
  readonly before: Pick<ResellerDirectory, 'ofClient'>;
  readonly after: Pick<ResellerDirectory, 'ofClient'>;
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
 * Decides for one client at its next check, by the old and by the new profile, by what the check activity decides with.
 * - Balance and last charge are today's; the instant is the next planned check, `now` where that is past or unknown.
 * - Refills seen in the billing data and notices accepted since the last check are counted.
 * - A rule that is outside of its sending hours then is decided when they open.
 */
export function impactOnClient(
  { before, after }: ProfileBeforeAfter,
  { client, watched }: ClientAtPlan,
  facts: BillingFacts,
  resellers: ResellersBeforeAfter,
  now: number,
): ClientImpact {
  const watch = watchAt(watched);
  const id = (after ?? before)?.id ?? '';
  const refilled = client.lastRefillAt === null ? watch : noteRefill(watch, { at: client.lastRefillAt }, now);
  const nextCheckAt = Math.max(now, watched?.nextCheckAt ?? now);
  const earlierCheckAt = after && watched ? replanned(watched, after.periodMs, now) : nextCheckAt;
  const knownBefore = before && withFacts(client, before, facts);
  const knownAfter =
    before && after && asksTheSame(before, after) ? knownBefore : after && withFacts(client, after, facts);
  const decisionsAt = (
    profile: Profile | undefined,
    known: Client | undefined,
    settings: Pick<ResellerDirectory, 'ofClient'>,
    at: number,
  ): readonly Decision[] =>
    profile && known ? decisionsOnceOpen(withReseller(known, profile, settings), profile, watch, at) : [];
  const decisionsBefore = decisionsAt(before, knownBefore, resellers.before, nextCheckAt);
  const decisionsNow = decisionsAt(after, knownAfter, resellers.after, Math.min(nextCheckAt, earlierCheckAt));
  const noticesADayOf = (profile: Profile | undefined, decisions: readonly Decision[]) =>
    profile && decisions.some(({ decision }) => decision === 'send')
      ? noticesADay(profile, decisions, countsOf(assignProfile(refilled, profile.id)))
      : 0;
  return {
    sendingBefore: sendingOf(decisionsBefore),
    sendingNow: sendingOf(decisionsNow),
    noticesADayBefore: noticesADayOf(before, decisionsBefore),
    noticesADayNow: noticesADayOf(after, decisionsNow),
    unknown: decisionsNow.some(({ reason }) => reason === 'unknown'),
    wakes: earlierCheckAt < nextCheckAt,
    counting: Object.keys(countsOf(assignProfile(refilled, id))) as RuleKey[],
  };
}

function sendingOf(decisions: readonly Decision[]): readonly RuleKey[] {
  return decisions.flatMap(({ rule, decision }) => (decision === 'send' ? [rule] : []));
}

/** The decisions of a check. Rules that it finds outside of their sending hours are decided when the hours open (rule 19). */
function decisionsOnceOpen(
  client: Client,
  profile: Profile,
  watch: WatchState,
  at: number,
): readonly Decision[] {
  const { decisions } = checkClient(client, profile, watch, checkTimeAt(at));
  const openings = decisions.flatMap(({ reason, until }) =>
    reason === 'outside-hours' && until !== undefined ? [until] : [],
  );
  if (openings.length === 0) return decisions;
  const opening = { ...checkTimeAt(Math.min(...openings)), atOpening: true };
  const opened = checkClient(client, profile, watch, opening).decisions;
  return decisions.map((each, index) => (each.reason === 'outside-hours' ? opened[index]! : each));
}

/**
 * Each low rule sends every Period of its sending hours until Max Qty, and a recovery once (rules 3, 19, 20). Rules of one
 * audience share their notices (rule 9).
 */
function noticesADay(
  profile: Profile,
  decisions: readonly Decision[],
  counts: Readonly<Record<string, number>>,
): number {
  const byAudience = new Map<string, number>();
  for (const { rule: key, decision, reason } of decisions) {
    if (decision !== 'send') continue;
    const { audience } = profile.rules.find((rule) => rule.key === key)!;
    const checks = Math.ceil(openMsADay(profile, audience) / profile.periodMs);
    const notices = reason === 'recovered' ? 1 : Math.min(checks, profile.maxQty - (counts[key] ?? 0));
    byAudience.set(audience, Math.max(byAudience.get(audience) ?? 0, notices));
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

/** A client as a check by this profile reads it. */
export function withFacts(client: ClientAtPlan['client'], profile: Profile, facts: BillingFacts): Client {
  const logins = loginsOf(profile);
  return {
    ...client,
    ...(profile.currency === client.currency ? { rate: '1' } : facts.rate(profile.currency, client.currency)),
    users: logins.length === 0 ? {} : facts.users(logins, client.resellerId),
  };
}

/** Whether both read the same of a client: most changes are of thresholds. */
function asksTheSame(before: Profile, after: Profile): boolean {
  if (before.currency !== after.currency) return false;
  const [logins, later] = [loginsOf(before), loginsOf(after)];
  return logins.length === later.length && logins.every((login, index) => login === later[index]);
}

/** A profile has thousands of clients. */
const knownLogins = new WeakMap<Profile, readonly string[]>();

function loginsOf(profile: Profile): readonly string[] {
  const known = knownLogins.get(profile);
  if (known) return known;
  const logins = profile.rules.flatMap(({ users }) => users);
  knownLogins.set(profile, logins);
  return logins;
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
