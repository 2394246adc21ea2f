import { decide, type Decision } from './decide.js';
import type { Decimal } from './money.js';
import type { Profile, RuleKey } from './profile.js';
import { readingOf, type Client } from './reading.js';
import { replan } from './schedule.js';
import { countsOf, freshWatch, noteAccepted, noteRefill, type WatchState } from './watch-state.js';

/** A client with what its workflow last wrote down. Instants are epoch milliseconds. */
export interface ClientAtPlan {
  /** Without `users` and `rate`, which depend on the profile. */
  readonly client: Omit<Client, 'users' | 'rate'>;
  /** Undefined where no workflow was started yet. */
  readonly watched: WatchedAtPlan | undefined;
}

export interface WatchedAtPlan {
  readonly watch: WatchState;
  readonly nextCheckAt: number;
  readonly periodMs: number;
  /** Notices of the last check that the provider accepted after the row was written. */
  readonly acceptedSince: readonly { readonly rules: readonly RuleKey[]; readonly at: number }[];
}

/** What profiles need to know beside their clients. */
export interface BillingFacts {
  /** Null where there is none. */
  rate(from: string, to: string): Decimal | null;
  /** Login → e-mail of those logins that a reseller's clients may name. */
  users(logins: readonly string[], resellerId: string): Readonly<Record<string, string>>;
}

/** A profile before and after a sync. Undefined: there is none. */
export interface ProfileBeforeAfter {
  readonly before: Profile | undefined;
  readonly after: Profile | undefined;
}

/** What a change means for one client at its next check. */
export interface ClientImpact {
  /** The rules that send without the sync, and after it. */
  readonly sendingBefore: readonly RuleKey[];
  readonly sendingNow: readonly RuleKey[];
  /** The new profile needs an exchange rate that there is none of. */
  readonly unknown: boolean;
  /** The next check comes earlier, because the Period got shorter. */
  readonly wakes: boolean;
  /** Rules with a counter above 0. */
  readonly counting: readonly RuleKey[];
}

/**
 * Decides for one client at its next check, by the old and by the new profile, as the check activity will.
 * - Balance and last charge are today's; the instant is the next planned check, `now` where that is past or unknown.
 * - Refills seen in the billing data and notices accepted since the last check are counted.
 */
export function impactOnClient(
  { before, after }: ProfileBeforeAfter,
  { client, watched }: ClientAtPlan,
  facts: BillingFacts,
  now: number,
): ClientImpact {
  const watch = watchAt(client.lastRefillAt, watched, now);
  const nextCheckAt = Math.max(now, watched?.nextCheckAt ?? now);
  const earlierCheckAt = after && watched ? replanned(watched, after.periodMs, now) : nextCheckAt;
  const decisionsAt = (profile: Profile | undefined, at: number): readonly Decision[] =>
    profile ? decide(profile, readingFor(profile, client, facts), watch, at) : [];
  const decisionsNow = decisionsAt(after, Math.min(nextCheckAt, earlierCheckAt));
  return {
    sendingBefore: sendingOf(decisionsAt(before, nextCheckAt)),
    sendingNow: sendingOf(decisionsNow),
    unknown: decisionsNow.some(({ reason }) => reason === 'unknown'),
    wakes: earlierCheckAt < nextCheckAt,
    counting: Object.keys(countsOf(watch)) as RuleKey[],
  };
}

function sendingOf(decisions: readonly Decision[]): readonly RuleKey[] {
  return decisions.flatMap(({ rule, decision }) => (decision === 'send' ? [rule] : []));
}

/** What a check sees of a client by a profile. */
export function readingFor(
  profile: Profile,
  client: Omit<Client, 'users' | 'rate'>,
  facts: BillingFacts,
): ReturnType<typeof readingOf> {
  const logins = profile.rules.flatMap(({ users }) => users);
  return readingOf(
    {
      ...client,
      rate: profile.currency === client.currency ? '1' : facts.rate(profile.currency, client.currency),
      users: logins.length === 0 ? {} : facts.users(logins, client.resellerId),
    },
    profile,
  );
}

/** The counters as the next check will find them: rules 5 and 6. */
export function watchAt(
  lastRefillAt: number | null,
  watched: WatchedAtPlan | undefined,
  now: number,
): WatchState {
  let watch = watched?.watch ?? freshWatch;
  for (const { rules, at } of watched?.acceptedSince ?? []) watch = noteAccepted(watch, rules, at);
  return lastRefillAt === null ? watch : noteRefill(watch, { at: lastRefillAt }, now);
}

/** Rules 11 and 12; the previous planned check lies one Period before the next. */
function replanned(watched: WatchedAtPlan, periodMs: number, now: number): number {
  const plannedAt = watched.nextCheckAt - watched.periodMs;
  return Math.max(now, replan(plannedAt, watched.nextCheckAt, periodMs, now));
}
