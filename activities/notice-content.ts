import { createHash } from 'node:crypto';
import { noticesFor } from '../domain/notices.js';
import type { Audience, Profile, RuleKey } from '../domain/profile/profile.js';
import { thresholdIn, type Client } from '../domain/reading.js';
import type { Message, RuleFacts } from '../delivery/message.js';
import type { LedgerEntry, LedgerNotice } from '../delivery/ledger/ledger.js';
import type { NotifyInput } from './contract.js';

/** What the ledger keeps of a mail's content: everything that is said, and no address. */
type NoticeContent = Pick<Message, 'language' | 'timeZone' | 'facts'>;

/** The notices of a check, by the client and the profile as they are now. */
export function noticesOf(input: NotifyInput, profile: Profile, client: Client): readonly LedgerNotice[] {
  const { clientId, checkAt } = input;
  const sending = input.rules.map(({ key }) => key);
  return noticesFor(profile, client, sending).map(({ audience, rules, recipients, leftOut = [] }) => ({
    id: noticeId(clientId, checkAt, audience),
    clientId,
    checkAt,
    audience,
    profileId: profile.id,
    rules,
    recipients,
    leftOut,
    content: contentOf(input, profile, client, rules),
  }));
}

/** The mail of a notice to some of its recipients. */
export function mailOf(
  entry: Pick<LedgerEntry, 'id' | 'clientId' | 'audience' | 'profileId'>,
  content: object,
  recipients: readonly string[],
): Message {
  return {
    ...(content as NoticeContent),
    noticeId: entry.id,
    clientId: entry.clientId,
    audience: entry.audience,
    profileId: entry.profileId,
    workflowId: `low-balance:client:${entry.clientId}`,
    recipients,
  };
}

/** The same for every attempt and every worker: a UUID made from client, check and audience. */
function noticeId(clientId: string, checkAt: number, audience: Audience): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([clientId, checkAt, audience]))
    .digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function contentOf(
  input: NotifyInput,
  profile: Profile,
  client: Client,
  rules: readonly RuleKey[],
): NoticeContent {
  return {
    language: client.language,
    timeZone: client.timeZone,
    facts: {
      clientName: client.name,
      resellerName: client.resellerName,
      profileName: profile.name,
      availableBalance: input.availableBalance,
      currency: client.currency,
      checkedAt: input.checkAt,
      nextCheckAt: input.nextCheckAt,
      rules: rules.flatMap((key) => ruleFacts(input, profile, client, key)),
    },
  };
}

function ruleFacts(input: NotifyInput, profile: Profile, client: Client, key: RuleKey): readonly RuleFacts[] {
  const rule = profile.rules.find((each) => each.key === key);
  if (!rule) return [];
  return [
    {
      key,
      threshold: rule.threshold,
      thresholdCurrency: profile.currency,
      convertedThreshold:
        client.currency === profile.currency ? null : (thresholdIn(rule, client.rate) ?? null),
      inactiveSince: rule.inactivityMs === undefined ? null : (client.lastChargeAt ?? client.createdAt),
      reminder: input.rules.find((each) => each.key === key)?.reminder ?? 1,
      maxQty: profile.maxQty,
    },
  ];
}
