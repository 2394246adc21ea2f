import { createHash } from 'node:crypto';
import { assertNever } from '../domain/assert-never.js';
import type { Figures } from '../domain/conditions/condition.js';
import { figuresOf, findCondition } from '../domain/conditions/conditions.js';
import type { Decision } from '../domain/decide.js';
import { noticesFor, type Notice, type Recovery } from '../domain/notices.js';
import { webhookOf } from '../domain/notice-channel.js';
import { folderOf, type ResellerDirectory } from '../domain/reseller/reseller-directory.js';
import type { Profile, RuleKey } from '../domain/profile/profile.js';
import { languageOf, timeZoneOf } from '../domain/client.js';
import { readingOf, type Client } from '../domain/reading.js';
import type { LedgerEntry, LedgerNotice } from '../delivery/ledger/ledger.js';
import type { Message, RuleFacts, ThresholdBasis } from '../delivery/message.js';
import type { DecidedBy, NotifyInput } from './contract.js';

/**
 * What the ledger keeps of a notice's content: everything that is said, and no address. In whose name it is sent is looked up at each
 * attempt, so that a sender or a webhook that was mended takes effect at once.
 */
type NoticeContent = Pick<Message, 'language' | 'timeZone' | 'facts'> & {
  /** The folder of the reseller in whose name the client is notified; absent where it has no settings. */
  readonly reseller?: string;
};

/** The notices of a check: whom the profile names as it is now, with the figures that the check decided by. */
export function noticesOf(
  input: NotifyInput,
  profile: Profile,
  client: Client,
  recoveries: readonly Recovery[],
  resellers?: ResellerDirectory,
): readonly LedgerNotice[] {
  const { clientId, checkAt } = input;
  const sending = input.rules.map(({ key }) => key);
  const reseller = resellers?.ofClient(client.resellerId, folderOf(profile))?.reseller;
  const decided = input.decided ?? decidedNow(profile, client);
  return noticesFor(profile, client, sending, recoveries).map((notice) => ({
    id: noticeId(clientId, checkAt, notice),
    clientId,
    checkAt,
    instant: input.instant ?? null,
    kind: notice.kind,
    channel: notice.channel,
    audience: notice.audience,
    profileId: profile.id,
    rules: notice.rules,
    recovered: notice.recovered,
    recipients: notice.recipients,
    leftOut: notice.leftOut ?? [],
    content: contentOf(input, decided, client, notice, reseller),
  }));
}

/** The message of a notice to some of its recipients, in the name of its reseller. */
export function messageOf(
  entry: Pick<LedgerEntry, 'id' | 'clientId' | 'kind' | 'channel' | 'audience' | 'profileId'>,
  content: object,
  recipients: readonly string[],
  resellers?: ResellerDirectory,
): Message {
  const { reseller, ...said } = content as NoticeContent;
  return {
    ...said,
    ...(resellers ? ofReseller(entry, reseller, resellers) : {}),
    noticeId: entry.id,
    clientId: entry.clientId,
    kind: entry.kind,
    audience: entry.audience,
    profileId: entry.profileId,
    workflowId: `low-balance:client:${entry.clientId}`,
    recipients,
  };
}

/** What a message takes from the reseller's own settings. */
type OfReseller = Pick<Message, 'sender' | 'branding' | 'account' | 'words' | 'webhook'>;

function ofReseller(
  { channel, profileId }: Pick<LedgerEntry, 'channel' | 'profileId'>,
  clientFolder: string | undefined,
  resellers: ResellerDirectory,
): OfReseller {
  const name = webhookOf(channel);
  if (name !== undefined) {
    const place = { clientFolder, profileFolder: folderOf({ id: profileId }), name };
    const found = resellers.webhook(place);
    return found ? { webhook: { reseller: found.reseller, name, ...found.settings } } : {};
  }
  const settings = clientFolder === undefined ? undefined : resellers.ofFolder(clientFolder);
  if (!settings) return {};
  const { reseller, content, words } = settings;
  const { sender, brand, topUpUrl, support, sendGrid } = content;
  return {
    ...(sender ? { sender } : {}),
    ...(brand || topUpUrl || support ? { branding: { ...brand, topUpUrl, support } } : {}),
    ...(sendGrid ? { account: { reseller, keyVariable: sendGrid.apiKeyVariable } } : {}),
    ...(words.size > 0 ? { words } : {}),
  };
}

/**
 * The same for every attempt and every worker: a UUID made from client, check, audience, kind, channel and recoveries. One
 * of kind `low` by e-mail without a recovery has the id that older versions gave it.
 */
function noticeId(clientId: string, checkAt: number, { audience, kind, channel, recovered }: Notice): string {
  const first = [clientId, checkAt, audience];
  const plain = kind === 'low' && channel === 'email' && recovered.length === 0;
  const hex = createHash('sha256')
    .update(JSON.stringify(plain ? first : [...first, kind, channel, recovered]))
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
  decided: DecidedBy,
  client: Client,
  { rules, recovered }: Notice,
  reseller: string | undefined,
): NoticeContent {
  return {
    language: languageOf(client),
    timeZone: timeZoneOf(client),
    ...(reseller === undefined ? {} : { reseller }),
    facts: {
      clientName: client.name,
      resellerName: client.resellerName,
      profileName: decided.profile.name,
      availableBalance: input.availableBalance,
      currency: decided.currency,
      checkedAt: input.checkAt,
      nextCheckAt: input.nextNoticeAt ?? input.nextCheckAt,
      rules: rules.flatMap((key) => ruleFacts(input, decided, key)),
      ...(recovered.length > 0
        ? {
            recovered: recovered.flatMap((key) => ruleFacts(input, decided, key)),
            lastRefill: { at: client.lastRefillAt, amount: client.lastRefillAmount },
          }
        : {}),
    },
  };
}

/** Older workflows hand in no figures: they are of now. */
function decidedNow(profile: Profile, client: Client): DecidedBy {
  const { availableBalance, limits, lastActivityAt, currency } = readingOf(client, profile);
  const { id, name, maxQty } = profile;
  return {
    profile: { id, name, version: 0, currency: profile.currency, maxQty },
    currency,
    decisions: profile.rules.map((rule): Decision => {
      const { limit } = findCondition(rule.condition, availableBalance, limits);
      return {
        rule: rule.key,
        decision: 'send',
        reason: 'low',
        figures: figuresOf(rule.condition, limits),
        ...(rule.condition.when === 'above' ? { when: 'above' } : {}),
        ...(limit === undefined ? {} : { threshold: limit }),
        ...(rule.inactivityMs === undefined || lastActivityAt === null
          ? {}
          : { inactiveSince: lastActivityAt }),
      };
    }),
  };
}

/** What a message says of a rule, with the figures that the check decided by. */
function ruleFacts(input: NotifyInput, decided: DecidedBy, key: RuleKey): readonly RuleFacts[] {
  const decision = decided.decisions.find(({ rule }) => rule === key);
  if (!decision) return [];
  const basis = decision.figures && basisOf(decision.figures);
  return [
    {
      key,
      ...(decision.when ? { when: decision.when } : {}),
      ...writtenThreshold(decision, decided.currency),
      ...(basis ? { basis } : {}),
      inactiveSince: decision.inactiveSince ?? null,
      reminder: input.rules.find((each) => each.key === key)?.reminder ?? 1,
      maxQty: decided.profile.maxQty,
    },
  ];
}

/** An amount as the profile says it, with what it comes to in the client's currency; any other kind by its limit. */
function writtenThreshold(
  { threshold, figures }: Decision,
  currency: string,
): Pick<RuleFacts, 'threshold' | 'thresholdCurrency' | 'convertedThreshold'> {
  if (figures?.kind !== 'amount')
    return { threshold: threshold ?? '0', thresholdCurrency: currency, convertedThreshold: null };
  const converted = figures.currency === currency ? null : (threshold ?? null);
  return { threshold: figures.amount, thresholdCurrency: figures.currency, convertedThreshold: converted };
}

/** What a limit was taken from; undefined for an amount of the profile, and where nothing is known of it. */
function basisOf(figures: Figures): ThresholdBasis | undefined {
  switch (figures.kind) {
    case 'amount':
      return undefined;
    case 'own':
      return { kind: 'own' };
    case 'percentOfCreditLimit':
      return figures;
    case 'percentOfLastRefill': {
      const { kind, percent, lastRefillAmount } = figures;
      return lastRefillAmount === null ? undefined : { kind, percent, lastRefillAmount };
    }
    case 'lasts': {
      const { kind, lastsMs, dailySpend } = figures;
      return dailySpend === null ? undefined : { kind, lastsMs, dailySpend };
    }
    default:
      return assertNever(figures);
  }
}
