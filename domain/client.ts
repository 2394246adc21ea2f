import type { Decimal } from './money.js';
import { languageOfLocale } from './reseller/canonical-language.js';
import { isTimeZone } from './time-zone.js';

/** By what a client is identified and gets its profile. Undefined: the billing data does not say it in a way that can be read. */
export interface ClientIdentity {
  readonly clientId: string;
  /** Null: a client without a reseller. */
  readonly resellerId: string | null;
  /** The profile that the billing data itself names; null where it names none. */
  readonly profileId: string | null;
  readonly group: string | null;
  /** ISO 4217 */
  readonly currency: string | undefined;
  readonly status: ClientStatus | undefined;
  readonly prepaid: boolean | undefined;
}

export type ClientStatus = 'active' | 'suspended' | 'closed';

/** A client's own facts, as the billing system shows them at an instant. Instants are epoch milliseconds. */
export interface ClientFacts extends ClientIdentity {
  /** The client's id where the billing data has no name. */
  readonly name: string;
  readonly resellerName: string;
  readonly currency: string;
  readonly balance: Decimal;
  readonly creditLimit: Decimal;
  readonly status: ClientStatus;
  readonly prepaid: boolean;
  readonly language: string | null;
  readonly timeZone: string | null;
  readonly createdAt: number | null;
  readonly lastChargeAt: number | null;
  readonly lastRefillAt: number | null;
  /** In the client's currency, as the three below. */
  readonly lastRefillAmount: Decimal | null;
  /** The threshold that the client set for itself. */
  readonly ownThreshold: Decimal | null;
  /** What the client spends in a day. */
  readonly dailySpend: Decimal | null;
  /** As the billing system has it: perhaps several addresses in one text. */
  readonly billingEmail: string | null;
  readonly managerEmail: string | null;
  /** Columns that only some rules need, and that cannot be read: they are null above. */
  readonly doubts: readonly DataFault[];
}

/** What a profile needs to know beside the client's own facts. */
export interface ProfileFacts {
  /** Login → e-mail of the users that the profile names and the billing system knows. */
  readonly users: Readonly<Record<string, string>>;
  /** From the profile's currency to the client's; null where the billing system has none. "1" where they are the same. */
  readonly rate: Decimal | null;
  /** Why `rate` is null although the billing system has one. */
  readonly rateDoubt?: DataFault;
}

/** The e-mail of a user, perhaps several addresses in one text; undefined where the billing system has none. A login may be `constructor`. */
export function emailOfUser({ users }: Pick<ProfileFacts, 'users'>, login: string): string | undefined {
  return Object.hasOwn(users, login) ? users[login] : undefined;
}

/** What the reseller's own settings say where the billing data says nothing of a client. */
export interface ResellerDefaults {
  readonly resellerLanguage?: string | undefined;
  readonly resellerTimeZone?: string | undefined;
}

/** A client as a check by one profile reads it. */
export interface Client extends ClientFacts, ProfileFacts, ResellerDefaults {}

/** By whose clocks a client is notified (rule 19): its own zone, else its reseller's; null, which is UTC, where none is known. */
export function timeZoneOf({
  timeZone,
  resellerTimeZone,
}: Pick<Client, 'timeZone' | 'resellerTimeZone'>): string | null {
  return [timeZone, resellerTimeZone].find((zone) => zone && isTimeZone(zone)) ?? null;
}

/** In which language a client is notified: its own, else its reseller's; null where neither says one. */
export function languageOf({
  language,
  resellerLanguage,
}: Pick<Client, 'language' | 'resellerLanguage'>): string | null {
  return [language, resellerLanguage].find((text) => text && languageOfLocale(text) !== undefined) ?? null;
}

/** A client whose billing data does not say what every check needs: it is `unknown` (rule 24). */
export interface UnclearClient extends ClientIdentity {
  /** At least one. */
  readonly faults: readonly DataFault[];
}

/** A value of the billing data that has no obvious meaning. */
export interface DataFault {
  readonly view: string;
  readonly column: string;
  /** As text, shortened; null for NULL. */
  readonly value: string | null;
  /** What was expected, such as "a decimal number"; or, where the value alone is not the fault, what is wrong. */
  readonly expected: string;
}

export function isUnclear(client: ClientFacts | UnclearClient): client is UnclearClient {
  return 'faults' in client;
}

/** `billing_client.balance is "n/a", expected a decimal number`; of several faults, one after the other. */
export function faultsText(faults: readonly DataFault[]): string {
  return faults
    .map(({ view, column, value, expected }) => {
      const found = value === null ? 'NULL' : JSON.stringify(value);
      return `${view}.${column} is ${found}, expected ${expected}`;
    })
    .join('; ');
}

/** The fault of a column that only some rules need; undefined where its value, or its absence, is sure. */
export function doubtOf(client: Pick<ClientFacts, 'doubts'>, column: string): DataFault | undefined {
  return client.doubts.find((doubt) => doubt.column === column);
}
