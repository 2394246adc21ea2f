import { emailOfUser } from './client.js';
import type { Audience, Profile, Rule, RuleKey } from './profile/profile.js';
import { addressesOf, isAddress, namedAddresses, type Client } from './reading.js';

/** What one group of people is told at one check: one e-mail to each of them, naming every rule that sent to the group. */
export interface Notice {
  readonly audience: Audience;
  /** Sorted as in the profile. */
  readonly rules: readonly RuleKey[];
  /** Each address once, as first written. */
  readonly recipients: readonly string[];
  /** Who its rules name and who cannot be told; absent where everybody can. */
  readonly leftOut?: readonly ExcludedRecipient[];
}

/** Somebody whom a rule or a notice names, and who gets no mail. */
export interface ExcludedRecipient {
  /** An address, what stands in its place, or a user's login. */
  readonly address: string;
  readonly reason: string;
}

/**
 * Rule 9: groups the rules that send at one check into at most two notices, so that one address gets one e-mail.
 * - An address of both audiences gets the client's wording, and that notice then names the staff's rule too.
 * - Addresses are the same without regard to case.
 */
export function noticesFor(profile: Profile, client: Client, sending: readonly RuleKey[]): readonly Notice[] {
  const told = profile.rules
    .filter((rule) => sending.includes(rule.key))
    .map((rule) => ({ rule, addresses: addressesOf(rule, client) }));
  const forClient = unique(
    told.filter(({ rule }) => rule.audience === 'client').flatMap(({ addresses }) => addresses),
  );
  const clientKeys = new Set(forClient.map(normalAddress));
  const forStaff = unique(
    told.filter(({ rule }) => rule.audience === 'staff').flatMap(({ addresses }) => addresses),
  );
  const onlyStaff = forStaff.filter((address) => !clientKeys.has(normalAddress(address)));
  const group = (audience: Audience, recipients: readonly string[]): readonly Notice[] => {
    const keys = new Set(recipients.map(normalAddress));
    const reached = told.filter(({ addresses }) =>
      addresses.some((address) => keys.has(normalAddress(address))),
    );
    if (recipients.length === 0) return [];
    const rules = reached.map(({ rule }) => rule);
    const leftOut = rules
      .filter((rule) => rule.audience === audience)
      .flatMap((rule) => leftOutOf(rule, client));
    return [
      {
        audience,
        recipients,
        rules: rules.map(({ key }) => key),
        ...(leftOut.length > 0 ? { leftOut } : {}),
      },
    ];
  };
  return [...group('staff', onlyStaff), ...group('client', forClient)];
}

/**
 * The rules that name an address which mail did not reach lately, each with what became of the mail, once for each kind.
 * `unreached` holds addresses in lower case.
 */
export function unreachedRules<D extends string>(
  profile: Profile,
  client: Client,
  unreached: ReadonlyMap<string, D>,
): readonly { readonly rule: RuleKey; readonly delivery: D }[] {
  if (unreached.size === 0) return [];
  return profile.rules.flatMap((rule) => {
    const deliveries = addressesOf(rule, client).flatMap(
      (address) => unreached.get(normalAddress(address)) ?? [],
    );
    return [...new Set(deliveries)].map((delivery) => ({ rule: rule.key, delivery }));
  });
}

/** Rule 10 for one address: whom a rule names and who cannot be told. */
function leftOutOf(rule: Rule, client: Client): readonly ExcludedRecipient[] {
  return [
    ...namedAddresses(rule, client)
      .filter((address) => !isAddress(address.trim()))
      .map((address) => ({ address, reason: 'not an e-mail address' })),
    ...rule.users
      .filter((login) => !emailOfUser(client, login))
      .map((login) => ({ address: login, reason: 'no user with an e-mail has this login' })),
  ];
}

/** The form in which two spellings of one address are the same. */
export function normalAddress(address: string): string {
  return address.trim().toLowerCase();
}

function unique(addresses: readonly string[]): readonly string[] {
  const byKey = new Map<string, string>();
  for (const address of addresses)
    if (!byKey.has(normalAddress(address))) byKey.set(normalAddress(address), address.trim());
  return [...byKey.values()];
}
