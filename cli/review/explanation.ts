import type { ClientState } from '../../domain/client-state.js';
import type { Decision } from '../../domain/decide.js';
import type { Reason } from '../../domain/reasons.js';
import type { Figures, When } from '../../domain/conditions/condition.js';
import { figuresText } from '../../domain/conditions/conditions.js';
import { formatDuration } from '../../domain/duration.js';
import { decisionText } from '../../domain/reason-words.js';
import type { Decimal } from '../../domain/money.js';
import { shownLimit } from '../../domain/money.js';
import { webhookOf } from '../../domain/notice-channel.js';
import type { Notice } from '../../domain/notices.js';
import type { Audience, Profile, RuleKey } from '../../domain/profile/profile.js';
import type { Assignment } from '../../domain/assignment.js';
import { doubtOf, faultsText, type Client } from '../../domain/client.js';
import { addressesOf, type EndReason } from '../../domain/reading.js';
import { countOf } from '../../domain/cycle/counters.js';
import type { WatchState } from '../../domain/cycle/watch-state.js';
import { explanations } from '../../workflows/details.js';
import { counted, printable } from '../shared/printable.js';

/** What `explain` answers. Instants are ISO 8601. */
export interface Explanation {
  readonly profile: {
    readonly id: string;
    readonly name: string;
    readonly from: 'file' | 'MySQL';
    readonly currency: string;
  };
  readonly client: {
    readonly clientId: string;
    readonly name: string;
    /** The profile that it has by MySQL's rows, and why: the billing data names it, or its `appliesTo` is the first that fits. */
    readonly profile: string | null;
    readonly profileBy: Assignment['by'];
    readonly status: string;
    readonly currency: string;
    readonly availableBalance: Decimal;
  };
  readonly at: string;
  /** Why the client has no workflow, whatever the rules say. */
  readonly notWatched: EndReason | null;
  /** The client's own profile, where it is another one: its counters then start at 0. */
  readonly otherProfile: string | null;
  readonly nextCheckAt: string | null;
  readonly lastRefillAt: string | null;
  readonly mutedUntil: string | null;
  readonly state: ClientState;
  readonly told: boolean;
  /** The mails that would be sent now: an address of two rules gets one. */
  readonly mails: readonly ExplainedMail[];
  /** The webhooks that would be called now. */
  readonly webhooks: readonly ExplainedWebhook[];
  readonly rules: readonly ExplainedRule[];
}

export interface ExplainedMail {
  readonly audience: Audience;
  readonly rules: readonly RuleKey[];
  /** Rules whose recovery it would tell. */
  readonly recovered: readonly RuleKey[];
  readonly recipients: readonly string[];
}

export interface ExplainedWebhook extends Pick<ExplainedMail, 'rules' | 'recovered'> {
  readonly webhook: string;
}

/** What would be sent, by channel. */
export function explainedNotices(notices: readonly Notice[]): Pick<Explanation, 'mails' | 'webhooks'> {
  return {
    mails: notices.flatMap(({ channel, audience, rules, recovered, recipients }) =>
      webhookOf(channel) === undefined ? [{ audience, rules, recovered, recipients }] : [],
    ),
    webhooks: notices.flatMap(({ channel, rules, recovered }) => {
      const webhook = webhookOf(channel);
      return webhook === undefined ? [] : [{ webhook, rules, recovered }];
    }),
  };
}

export interface ExplainedRule {
  readonly rule: RuleKey;
  readonly decision: 'send' | 'quiet';
  readonly reason: Reason;
  readonly explanation: string;
  /** What the limit is made of: an amount of the profile, a share of the credit limit, … */
  readonly figures: Figures | null;
  readonly when: When;
  /** The amount that the profile says, in its currency; null for a limit of another kind. */
  readonly threshold: Decimal | null;
  /** The limit in the client's currency; null where there is none. */
  readonly thresholdForClient: Decimal | null;
  readonly rate: Decimal | null;
  readonly count: number;
  readonly maxQty: number;
  /** Time since the last charge, or the client's creation, and what the rule asks for; milliseconds. */
  readonly inactiveMs: number | null;
  readonly inactivityMs: number | null;
  /** When a rule that is quiet may send again; null where that is not known. */
  readonly until: string | null;
  readonly recipients: readonly string[];
  readonly webhooks: readonly string[];
}

/** One sentence a rule, with the numbers that it was decided by. */
export function explainedRules(
  profile: Profile,
  client: Client,
  watch: WatchState,
  decisions: readonly Decision[],
  now: number,
): readonly ExplainedRule[] {
  return profile.rules.map((rule, index) => {
    const decision = decisions[index]!;
    const facts = {
      rule: rule.key,
      decision: decision.decision,
      reason: decision.reason,
      figures: decision.figures ?? null,
      when: rule.condition.when,
      threshold: decision.figures?.kind === 'amount' ? decision.figures.amount : null,
      thresholdForClient: decision.threshold ?? null,
      rate: client.rate,
      count: countOf(watch, rule.key),
      maxQty: profile.maxQty,
      inactiveMs: inactiveMsOf(client, now),
      inactivityMs: rule.inactivityMs ?? null,
      until: decision.until === undefined ? null : new Date(decision.until).toISOString(),
      recipients: addressesOf(rule, client),
      webhooks: rule.webhooks,
    };
    return { ...facts, explanation: sentenceOf(facts, profile, client, watch) };
  });
}

function sentenceOf(
  rule: Omit<ExplainedRule, 'explanation'>,
  profile: Profile,
  client: Client,
  watch: WatchState,
): string {
  const figures = figuresOf(rule, profile, client, watch);
  return `${decisionText(rule)}${figures === undefined ? '' : ` (${figures})`}`;
}

/** What the decision was made by, where the reason has figures of its own. */
function figuresOf(
  rule: Omit<ExplainedRule, 'explanation'>,
  profile: Profile,
  client: Client,
  watch: WatchState,
): string | undefined {
  switch (rule.reason) {
    case 'low':
      return `notice ${rule.count + 1} of ${rule.maxQty}`;
    case 'max-qty-reached':
      return `${rule.count} of ${rule.maxQty} notices were sent since ${rule.when === 'above' ? 'it was last not above' : 'the last refill'}`;
    case 'active': {
      const inactive = formatDuration(Math.floor((rule.inactiveMs ?? 0) / 1_000) * 1_000);
      return `${inactive} ago, and it needs ${formatDuration(rule.inactivityMs ?? 0)}`;
    }
    case 'muted':
      return `until ${new Date(watch.mutedUntil ?? 0).toISOString()}`;
    case 'unknown':
      return unknownText(rule, profile, client);
    case 'outside-hours':
      return rule.until === null ? 'they never open' : `they open at ${rule.until}`;
    case 'told-recently':
      return rule.until === null ? undefined : `again from ${rule.until}`;
    case 'held':
      return rule.until === null ? undefined : `asked again at ${rule.until}`;
    case 'recovered':
    case 'not-low':
    case 'already-low':
    case 'no-basis':
    case 'no-recipient':
    case 'suspended':
      return undefined;
  }
  return rule.reason satisfies never;
}

/** Null where neither the last charge nor the creation is known. */
function inactiveMsOf(client: Client, now: number): number | null {
  const since = doubtOf(client, 'last_charge_at') ? null : (client.lastChargeAt ?? client.createdAt);
  return since === null ? null : Math.max(0, now - since);
}

function unknownText(
  { figures, thresholdForClient }: Pick<ExplainedRule, 'figures' | 'thresholdForClient'>,
  profile: Profile,
  client: Client,
): string {
  const ofRate = figures?.kind === 'amount' && thresholdForClient === null;
  if (ofRate && client.rateDoubt) return faultsText([client.rateDoubt]);
  if (ofRate) return `there is no exchange rate from ${profile.currency} to ${client.currency}`;
  return client.doubts.length > 0
    ? faultsText(client.doubts)
    : 'neither its last charge nor its creation is known';
}

/** For a terminal. */
export function explanationText(explanation: Explanation): string {
  const { profile, client, notWatched, otherProfile, nextCheckAt, lastRefillAt, rules, state } = explanation;
  const lines = [
    `${printable(client.name)} (${printable(client.clientId)}), ${client.status}: ${client.availableBalance} ${client.currency} available`,
    `by ${printable(profile.id)} as ${profile.from === 'file' ? 'its file says' : 'MySQL has it'}: ${printable(profile.name)}`,
    `Its profile is ${assignmentText(client)}.`,
    ...(notWatched ? [`Not watched: ${explanations[notWatched]}. The rules are as if it were.`] : []),
    ...(otherProfile
      ? [`The client has another profile, ${printable(otherProfile)}: counters would start at 0.`]
      : []),
    `State ${state}; last refill ${lastRefillAt ?? 'unknown'}; next check ${nextCheckAt ?? 'not planned'}`,
    '',
    ...rules.flatMap((rule) => ruleLines(rule, profile.currency, client.currency)),
    ...mailLines(explanation),
  ];
  return `${lines.join('\n')}\n`;
}

function assignmentText({ profile, profileBy }: Explanation['client']): string {
  switch (profileBy) {
    case 'profile_id':
      return `${printable(profile ?? '')}: the billing data names it`;
    case 'appliesTo':
      return `${printable(profile ?? '')}: the billing data names none, and of those that apply to the client it is the first`;
    case 'nothing':
      return 'none: the billing data names none, and none applies to the client';
  }
  return profileBy satisfies never;
}

function mailLines({ told, otherProfile, mails, webhooks }: Explanation): readonly string[] {
  const by = otherProfile ? 'By this profile, ' : '';
  if (!told || mails.length + webhooks.length === 0)
    return [`${by === '' ? 'No' : `${by}no`} notice would be sent now.`];
  const count = mails.reduce((sum, { recipients }) => sum + recipients.length, 0);
  return [
    ...(count === 0 ? [] : [`${by}${counted(count, 'e-mail')} would be sent now, one to each address:`]),
    ...mails.map(
      (mail) =>
        `    as ${mail.audience}, about ${topicOf(mail)}: ${mail.recipients.map(printable).join(', ')}`,
    ),
    ...(webhooks.length === 0 ? [] : [`${by}${counted(webhooks.length, 'webhook')} would be called now:`]),
    ...webhooks.map((each) => `    ${printable(each.webhook)}, about ${topicOf(each)}`),
  ];
}

/** `client and advanced:half`, or `the recovery of client`. */
function topicOf({ rules, recovered }: Pick<ExplainedMail, 'rules' | 'recovered'>): string {
  return [...rules.map(printable), ...recovered.map((rule) => `the recovery of ${printable(rule)}`)].join(
    ' and ',
  );
}

/** `100 USD = 110 EUR at 1.1`, or `20% of the credit limit, 500 USD = 100 USD`. */
function limitText(rule: ExplainedRule, currency: string, clientCurrency: string): string {
  const { threshold, thresholdForClient, figures, rate } = rule;
  const limit = thresholdForClient === null ? '' : ` = ${shownLimit(thresholdForClient)} ${clientCurrency}`;
  if (threshold === null) return `${figures ? figuresText(figures, clientCurrency) : 'unknown'}${limit}`;
  return `${threshold} ${currency}${currency === clientCurrency || limit === '' ? '' : `${limit} at ${rate}`}`;
}

function ruleLines(rule: ExplainedRule, currency: string, clientCurrency: string): readonly string[] {
  const side = rule.when === 'below' ? '' : `${rule.when} `;
  const names = [...rule.recipients, ...rule.webhooks.map((name) => `the webhook ${name}`)];
  return [
    `${printable(rule.rule)}: ${rule.explanation}`,
    `    threshold ${side}${limitText(rule, currency, clientCurrency)}; sent ${rule.count} of ${rule.maxQty}`,
    `    names ${names.length === 0 ? 'nobody' : names.map(printable).join(', ')}`,
    '',
  ];
}
