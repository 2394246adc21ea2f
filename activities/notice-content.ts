import { createHash } from 'node:crypto';
import { assertNever } from '../domain/assert-never.js';
import type { Figures } from '../domain/conditions/condition.js';
import { findCondition } from '../domain/conditions/conditions.js';
import type { Decision } from '../domain/decide.js';
import { noticesFor, type Notice, type Recovery } from '../domain/notices.js';
import type { Profile, RuleKey } from '../domain/profile/profile.js';
import { readingOf, type Client } from '../domain/reading.js';
import type { LedgerEntry, LedgerNotice } from '../delivery/ledger/ledger.js';
import type { Message, RuleFacts, ThresholdBasis } from '../delivery/message.js';
import type { DecidedBy, NotifyInput } from './contract.js';

/** What the ledger keeps of a mail's content: everything that is said, and no address. */
type NoticeContent = Pick<Message, 'language' | 'timeZone' | 'facts'>;

/** The channel of e-mail; webhooks of a reseller have names of their own. */
export const emailChannel = 'email';

/** The notices of a check: whom the profile names as it is now, told with the figures that the check decided by. */
export function noticesOf(
  input: NotifyInput,
  profile: Profile,
  client: Client,
  recoveries: readonly Recovery[],
): readonly LedgerNotice[] {
  const { clientId, checkAt } = input;
  const sending = input.rules.map(({ key }) => key);
  const decided = input.decided ?? decidedNow(profile, client);
  return noticesFor(profile, client, sending, recoveries).map((notice) => ({
    id: noticeId(clientId, checkAt, notice),
    clientId,
    checkAt,
    instant: input.instant ?? null,
    kind: notice.kind,
    channel: emailChannel,
    audience: notice.audience,
    profileId: profile.id,
    rules: notice.rules,
    recovered: notice.recovered,
    recipients: notice.recipients,
    leftOut: notice.leftOut ?? [],
    content: contentOf(input, decided, client, notice),
  }));
}

/** The mail of a notice to some of its recipients. */
export function mailOf(
  entry: Pick<LedgerEntry, 'id' | 'clientId' | 'kind' | 'audience' | 'profileId'>,
  content: object,
  recipients: readonly string[],
): Message {
  return {
    ...(content as NoticeContent),
    noticeId: entry.id,
    clientId: entry.clientId,
    kind: entry.kind,
    audience: entry.audience,
    profileId: entry.profileId,
    workflowId: `low-balance:client:${entry.clientId}`,
    recipients,
  };
}

/**
 * The same for every attempt and every worker: a UUID made from client, check, audience, kind, channel and recoveries. One
 * of kind `low` by e-mail without a recovery has the id that older versions gave it.
 */
function noticeId(clientId: string, checkAt: number, { audience, kind, recovered }: Notice): string {
  const first = [clientId, checkAt, audience];
  const plain = kind === 'low' && recovered.length === 0;
  const hex = createHash('sha256')
    .update(JSON.stringify(plain ? first : [...first, kind, emailChannel, recovered]))
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
): NoticeContent {
  return {
    language: client.language,
    timeZone: client.timeZone,
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
      const { limit, figures } = findCondition(rule.condition, availableBalance, limits);
      return {
        rule: rule.key,
        decision: 'send',
        reason: 'low',
        figures,
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
