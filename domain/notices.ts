import { emailOfUser } from './client.js';
import type { Audience, Profile, Rule, RuleKey } from './profile/profile.js';
import { webhookChannel, webhookOf, type NoticeChannel } from './notice-channel.js';
import { addressesOf, isAddress, namedAddresses, type Client } from './reading.js';

/** What a notice is about: rules that are low, or only that rules have recovered. It is in its id, its key and its words. */
export type NoticeKind = 'low' | 'recovered';

/**
 * What one group of people receives at one check: one e-mail to each of them, naming every rule that sent to the group. Or what one
 * webhook receives: one message, naming every rule that names the webhook.
 */
export interface Notice {
  readonly kind: NoticeKind;
  readonly channel: NoticeChannel;
  readonly audience: Audience;
  /** Rules that are low, sorted as in the profile. */
  readonly rules: readonly RuleKey[];
  /** Rules that have recovered, of which each of these recipients had a notice before (rule 20). */
  readonly recovered: readonly RuleKey[];
  /** Each address once, as first written; of a webhook its name. */
  readonly recipients: readonly string[];
  /** Who its rules name and who cannot be notified; absent where everybody can. */
  readonly leftOut?: readonly ExcludedRecipient[];
}

/** Somebody whom a rule or a notice names, and who gets no mail. */
export interface ExcludedRecipient {
  /** An address, what stands in its place, or a user's login. */
  readonly address: string;
  readonly reason: string;
}

/** A rule that has recovered, with whom its last notice reached. */
export interface Recovery {
  readonly rule: RuleKey;
  readonly reached: readonly ReachedAddress[];
}

export interface ReachedAddress {
  /** Of a webhook its name. */
  readonly address: string;
  /** E-mail where absent. */
  readonly channel?: string;
  readonly audience: Audience;
}

/**
 * Rule 9: groups what is sent at one check so that one address gets one e-mail.
 * - An address of both audiences gets the client's wording, and that notice then names the staff's rule too.
 * - 20: an address that hears of a recovery gets it in the same e-mail; nobody else's e-mail names it.
 * - Addresses are the same without regard to case.
 * - A webhook that rules of both audiences name gets one message with all of them; it counts as the staff's.
 */
export function noticesFor(
  profile: Profile,
  client: Client,
  sending: readonly RuleKey[],
  recoveries: readonly Recovery[] = [],
): readonly Notice[] {
  const low = lowGroups(profile, client, sending);
  const isLow = new Set(low.flatMap(({ recipients }) => recipients.map(normalAddress)));
  const recovered = recoveredByAddress(
    recoveries.map(({ rule, reached }) => ({
      rule,
      reached: reached.filter(({ channel }) => channel === undefined || webhookOf(channel) === undefined),
    })),
  );
  const only = [...recovered.values()].filter(({ address }) => !isLow.has(normalAddress(address)));
  const keysOf = (address: string): readonly RuleKey[] => recovered.get(normalAddress(address))?.rules ?? [];
  return [
    ...low.flatMap((group) => splitByRecoveries(group, keysOf)),
    ...(['staff', 'client'] as const).flatMap((audience) =>
      splitByRecoveries(
        {
          kind: 'recovered',
          channel: 'email',
          audience,
          rules: [],
          recipients: only.filter((each) => each.audience === audience).map(({ address }) => address),
        },
        keysOf,
      ),
    ),
    ...webhookNotices(profile, sending, recoveries),
  ];
}

/** One a webhook: the rules that send and name it, and the recoveries of rules whose last notice it accepted. */
function webhookNotices(
  profile: Profile,
  sending: readonly RuleKey[],
  recoveries: readonly Recovery[],
): readonly Notice[] {
  const low = profile.rules.filter(({ key }) => sending.includes(key));
  const reached = recoveries.flatMap(({ rule, reached }) =>
    reached.flatMap(({ channel }) => {
      const webhook = webhookOf(channel ?? 'email');
      return webhook === undefined ? [] : [{ rule, webhook }];
    }),
  );
  const named = [...low.flatMap(({ webhooks }) => webhooks), ...reached.map(({ webhook }) => webhook)];
  return [...new Set(named)].map((webhook) => {
    const rules = low.filter(({ webhooks }) => webhooks.includes(webhook)).map(({ key }) => key);
    const recovered = reached.filter((each) => each.webhook === webhook).map(({ rule }) => rule);
    return {
      kind: rules.length > 0 ? 'low' : 'recovered',
      channel: webhookChannel(webhook),
      audience: 'staff',
      rules,
      recovered: [...new Set(recovered)],
      recipients: [webhook],
    };
  });
}

type Group = Omit<Notice, 'recovered'>;

/** At most two groups, one of each audience. */
function lowGroups(profile: Profile, client: Client, sending: readonly RuleKey[]): readonly Group[] {
  const told = profile.rules
    .filter((rule) => sending.includes(rule.key))
    .map((rule) => ({ rule, addresses: addressesOf(rule, client) }));
  const addressesOfAudience = (audience: Audience) =>
    unique(told.filter(({ rule }) => rule.audience === audience).flatMap(({ addresses }) => addresses));
  const forClient = addressesOfAudience('client');
  const clientKeys = new Set(forClient.map(normalAddress));
  const onlyStaff = addressesOfAudience('staff').filter((address) => !clientKeys.has(normalAddress(address)));
  const group = (audience: Audience, recipients: readonly string[]): readonly Group[] => {
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
        kind: 'low',
        channel: 'email',
        audience,
        recipients,
        rules: rules.map(({ key }) => key),
        ...(leftOut.length > 0 ? { leftOut } : {}),
      },
    ];
  };
  return [...group('staff', onlyStaff), ...group('client', forClient)];
}

/** A group's recipients by the recoveries that they hear of; whom it leaves out stands with the first. */
function splitByRecoveries(
  { leftOut, ...group }: Group,
  recoveredOf: (address: string) => readonly RuleKey[],
): readonly Notice[] {
  const bySet = new Map<string, { recovered: readonly RuleKey[]; recipients: string[] }>();
  for (const address of group.recipients) {
    const recovered = recoveredOf(address);
    const key = JSON.stringify(recovered);
    const set = bySet.get(key) ?? { recovered, recipients: [] };
    set.recipients.push(address);
    bySet.set(key, set);
  }
  const sets = [...bySet.values()].sort((a, b) => a.recovered.length - b.recovered.length);
  return sets.map(({ recovered, recipients }, index) => ({
    ...group,
    recovered,
    recipients,
    ...(index === 0 && leftOut ? { leftOut } : {}),
  }));
}

interface RecoveredAddress extends ReachedAddress {
  readonly rules: readonly RuleKey[];
}

/** By normal address; whoever was written to in the client's words is written to in them. */
function recoveredByAddress(recoveries: readonly Recovery[]): ReadonlyMap<string, RecoveredAddress> {
  const byAddress = new Map<string, RecoveredAddress>();
  for (const { rule, reached } of recoveries)
    for (const { address, audience } of reached) {
      const known = byAddress.get(normalAddress(address));
      byAddress.set(normalAddress(address), {
        address: known?.address ?? address,
        audience: known?.audience === 'client' ? 'client' : audience,
        rules: [...new Set([...(known?.rules ?? []), rule])],
      });
    }
  return byAddress;
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

/** Rule 10 for one address: whom a rule names and who cannot be notified. */
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
