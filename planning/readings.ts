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

/** What profiles know of all clients of one reseller and one currency. */
type SharedByClients = ProfileFacts & ResellerDefaults;

/** Reads clients as their checks read them, without a sync and after it: once where both read the same. */
export function createReader(
  { before, after }: BeforeAfter<Profile>,
  facts: BillingFacts,
  resellers: ResellersBeforeAfter,
): (client: ClientFacts) => BeforeAfter<Reading> {
  const same = before && after && readTheSame(before, after);
  const sharedBy = createShared({ before, after }, facts, resellers);
  return (client) => {
    const known = sharedBy(client);
    const reading = before && known.before && readingFrom(client, known.before, before);
    if (same && known.before?.resellerTimeZone === known.after?.resellerTimeZone)
      return { before: reading, after: reading };
    return { before: reading, after: after && known.after && readingFrom(client, known.after, after) };
  };
}

/** A profile has thousands of clients, of few resellers and currencies. */
function createShared(
  { before, after }: BeforeAfter<Profile>,
  facts: BillingFacts,
  resellers: ResellersBeforeAfter,
): (client: ClientFacts) => BeforeAfter<SharedByClients> {
  const known = new Map<string, Map<string | null, BeforeAfter<SharedByClients>>>();
  return ({ resellerId, currency }) => {
    const ofCurrency = known.get(currency) ?? new Map<string | null, BeforeAfter<SharedByClients>>();
    const found = ofCurrency.get(resellerId);
    if (found) return found;
    const client = { resellerId, currency };
    const shared = {
      before: before && sharedOf(before, client, facts, resellers.before),
      after: after && sharedOf(after, client, facts, resellers.after),
    };
    known.set(currency, ofCurrency.set(resellerId, shared));
    return shared;
  };
}

function sharedOf(
  profile: Profile,
  { resellerId, currency }: Pick<ClientFacts, 'resellerId' | 'currency'>,
  facts: BillingFacts,
  resellers: Pick<ResellerDirectory, 'ofClient'>,
): SharedByClients {
  const logins = profile.rules.flatMap(({ users }) => users);
  return {
    ...(profile.currency === currency ? { rate: '1' } : facts.rate(profile.currency, currency)),
    users: logins.length === 0 ? {} : facts.users(logins, resellerId),
    ...resellerDefaults(resellers.ofClient(resellerId, folderOf(profile))?.content),
  };
}
