import type { ClientFacts, ProfileFacts, ResellerDefaults } from '../domain/client.js';
import type { Profile } from '../domain/profile/profile.js';
import { readingFrom, readTheSame, type Reading } from '../domain/reading.js';
import { folderOf, resellerDefaults, type ResellerDirectory } from '../domain/reseller/reseller-directory.js';

/** What profiles need to know beside their clients. */
export interface BillingFacts {
  rate(from: string, to: string): Pick<ProfileFacts, 'rate' | 'rateDoubt'>;
  /** Login → e-mail of those logins that a reseller's clients may name. */
  users(logins: readonly string[], resellerId: string | null): Readonly<Record<string, string>>;
}

/** Something without a sync and after it; undefined where there is none. */
export interface BeforeAfter<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** The resellers' own settings before and after a sync. */
export interface ResellersBeforeAfter {
  readonly before: Pick<ResellerDirectory, 'ofClient'>;
  readonly after: Pick<ResellerDirectory, 'ofClient'>;
}

/** What a profile knows of all clients of one reseller and one currency. */
type SharedByClients = ProfileFacts & ResellerDefaults;

/** Reads clients as their checks read them, without a sync and after it: once where both read the same. */
export function createReader(
  { before, after }: BeforeAfter<Profile>,
  facts: BillingFacts,
  resellers: ResellersBeforeAfter,
): (client: ClientFacts) => BeforeAfter<Reading> {
  const same = before && after && readTheSame(before, after);
  const sharedBefore = before && createShared(before, facts, resellers.before);
  const sharedAfter = after && createShared(after, facts, resellers.after);
  return (client) => {
    const [known, knownAfter] = [sharedBefore?.(client), sharedAfter?.(client)];
    const reading = before && known && readingFrom(client, known, before);
    if (same && known?.resellerTimeZone === knownAfter?.resellerTimeZone)
      return { before: reading, after: reading };
    return {
      before: reading,
      after: after && knownAfter && readingFrom(client, knownAfter, after),
    };
  };
}

/** A profile has thousands of clients, of few resellers and currencies. */
function createShared(
  profile: Profile,
  facts: BillingFacts,
  resellers: Pick<ResellerDirectory, 'ofClient'>,
): (client: ClientFacts) => SharedByClients {
  const logins = profile.rules.flatMap(({ users }) => users);
  const folder = folderOf(profile);
  const known = new Map<string, SharedByClients>();
  return ({ resellerId, currency }) => {
    const key = `${currency} ${resellerId ?? ''}`;
    const found = known.get(key);
    if (found) return found;
    const shared = {
      ...(profile.currency === currency ? { rate: '1' } : facts.rate(profile.currency, currency)),
      users: logins.length === 0 ? {} : facts.users(logins, resellerId),
      ...resellerDefaults(resellers.ofClient(resellerId, folder)?.content),
    };
    known.set(key, shared);
    return shared;
  };
}
