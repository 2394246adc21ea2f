import type { ProfileFacts } from '../domain/client.js';

/** What profiles need to know beside their clients; each table is read once. */
export interface SharedFacts {
  rate(from: string, to: string): Pick<ProfileFacts, 'rate' | 'rateDoubt'>;
  /** Login → e-mail of those logins that a reseller's clients may name. */
  users(logins: readonly string[], resellerId: string | null): ProfileFacts['users'];
}
