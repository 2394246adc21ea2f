import { assertNever } from '../../domain/assert-never.js';
import type { Message, RuleFacts } from '../message.js';

/**
 * What a webhook of a reseller receives: the body of a POST, signed by the Standard Webhooks convention. The header `webhook-id` is the
 * notice's id: a receiver that gets the same id again has it already. Fields may be added.
 */
export interface WebhookNotice {
  /** `balance.low`: at least one rule applies. `balance.recovered`: rules apply no longer. */
  readonly type: 'balance.low' | 'balance.recovered';
  /** The instant of the check (ISO 8601, UTC): the same at each attempt. */
  readonly timestamp: string;
  readonly data: WebhookNoticeData;
}

export interface WebhookNoticeData {
  /** As in the header `webhook-id`. */
  readonly noticeId: string;
  readonly client: WebhookParty;
  /** The folder of the reseller's settings, and its name. */
  readonly reseller: WebhookParty;
  readonly profile: WebhookParty;
  /** Balance and credit limit together, a decimal in the client's currency. */
  readonly availableBalance: string;
  /** The client's currency, ISO 4217. */
  readonly currency: string;
  /** ISO 8601, UTC: no notice of these rules comes before it. */
  readonly nextCheckAt: string;
  /** The rules that apply. */
  readonly rules: readonly WebhookRule[];
  /** The rules that apply no longer. */
  readonly recovered: readonly WebhookRule[];
}

export interface WebhookParty {
  readonly id: string;
  readonly name: string;
}

/** A rule of the profile, with the figures that the check decided by. Amounts are decimals. */
export interface WebhookRule {
  /** `user`, `client` or `advanced:<name>`. */
  readonly rule: string;
  /** Whom the rule is about. */
  readonly audience: 'staff' | 'client';
  /** On which side of the threshold it applies. */
  readonly when: 'below' | 'above';
  /** In `thresholdCurrency`. */
  readonly threshold: string;
  readonly thresholdCurrency: string;
  /** The threshold in the client's currency. */
  readonly limit: string;
  /** What the threshold is taken from. */
  readonly kind: 'amount' | 'percentOfCreditLimit' | 'percentOfLastRefill' | 'lasts' | 'own';
  /** Since when nothing was charged, of a rule about inactivity (ISO 8601, UTC); null otherwise. */
  readonly inactiveSince: string | null;
  /** The how many-th notice of the cycle this is, from 1. */
  readonly reminder: number;
  readonly maxQty: number;
}

/** The same for each attempt of a message. */
export function webhookNoticeOf(message: Message): WebhookNotice {
  const { facts, noticeId, clientId, profileId } = message;
  const { rules, recovered = [] } = facts;
  return {
    type: typeOf(rules.length > 0 ? 'low' : 'recovered'),
    timestamp: isoOf(facts.checkedAt),
    data: {
      noticeId,
      client: { id: clientId, name: facts.clientName },
      reseller: { id: message.webhook?.reseller ?? profileId.split('/')[0] ?? '', name: facts.resellerName },
      profile: { id: profileId, name: facts.profileName },
      availableBalance: facts.availableBalance,
      currency: facts.currency,
      nextCheckAt: isoOf(facts.nextCheckAt),
      rules: rules.map(ruleOf),
      recovered: recovered.map(ruleOf),
    },
  };
}

function typeOf(kind: NonNullable<Message['kind']>): WebhookNotice['type'] {
  switch (kind) {
    case 'low':
      return 'balance.low';
    case 'recovered':
      return 'balance.recovered';
    default:
      return assertNever(kind);
  }
}

function ruleOf(rule: RuleFacts): WebhookRule {
  const { key, when = 'below', threshold, thresholdCurrency, convertedThreshold, reminder, maxQty } = rule;
  return {
    rule: key,
    audience: key === 'user' ? 'staff' : 'client',
    when,
    threshold,
    thresholdCurrency,
    limit: convertedThreshold ?? threshold,
    kind: rule.basis?.kind ?? 'amount',
    inactiveSince: rule.inactiveSince === null ? null : isoOf(rule.inactiveSince),
    reminder,
    maxQty,
  };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
