import type { ClientState, Decision, Reason } from '../../domain/decide.js';
import { formatDuration } from '../../domain/duration.js';
import { decisionText } from '../../domain/reason-words.js';
import type { Decimal } from '../../domain/money.js';
import type { Audience, Profile, RuleKey } from '../../domain/profile/profile.js';
import { doubtOf, faultsText, type Client } from '../../domain/client.js';
import { addressesOf, type EndReason } from '../../domain/reading.js';
import { countOf, type WatchState } from '../../domain/watch-state.js';
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
    /** The profile that the billing system assigns. */
    readonly profile: string | null;
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
  readonly rules: readonly ExplainedRule[];
}

export interface ExplainedMail {
  readonly audience: Audience;
  readonly rules: readonly RuleKey[];
  readonly recipients: readonly string[];
}

export interface ExplainedRule {
  readonly rule: RuleKey;
  readonly decision: 'send' | 'quiet';
  readonly reason: Reason;
  readonly explanation: string;
  /** In the profile's currency. */
  readonly threshold: Decimal;
  /** In the client's currency; null without an exchange rate. */
  readonly thresholdForClient: Decimal | null;
  readonly rate: Decimal | null;
  readonly count: number;
  readonly maxQty: number;
  /** Time since the last charge, or the client's creation, and what the rule asks for; milliseconds. */
  readonly inactiveMs: number | null;
  readonly inactivityMs: number | null;
  readonly recipients: readonly string[];
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
      threshold: rule.threshold,
      thresholdForClient: decision.threshold ?? null,
      rate: client.rate,
      count: countOf(watch, rule.key),
      maxQty: profile.maxQty,
      inactiveMs: inactiveMsOf(client, now),
      inactivityMs: rule.inactivityMs ?? null,
      recipients: addressesOf(rule, client),
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
      return `${rule.count} of ${rule.maxQty} notices were sent since the last refill`;
    case 'active': {
      const inactive = formatDuration(Math.floor((rule.inactiveMs ?? 0) / 1_000) * 1_000);
      return `${inactive} ago, and it needs ${formatDuration(rule.inactivityMs ?? 0)}`;
    }
    case 'muted':
      return `until ${new Date(watch.mutedUntil ?? 0).toISOString()}`;
    case 'unknown':
      return unknownText(profile, client);
    case 'not-low':
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

function unknownText(profile: Profile, client: Client): string {
  if (client.rateDoubt) return faultsText([client.rateDoubt]);
  if (client.rate === null) return `there is no exchange rate from ${profile.currency} to ${client.currency}`;
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

function mailLines({ told, otherProfile, mails }: Explanation): readonly string[] {
  const by = otherProfile ? 'By this profile, ' : '';
  if (!told) return [`${by === '' ? 'No' : `${by}no`} notice would be sent now.`];
  const count = mails.reduce((sum, { recipients }) => sum + recipients.length, 0);
  return [
    `${by}${counted(count, 'e-mail')} would be sent now, one to each address:`,
    ...mails.map(
      ({ audience, rules, recipients }) =>
        `    as ${audience}, about ${rules.map(printable).join(' and ')}: ${recipients.map(printable).join(', ')}`,
    ),
  ];
}

function ruleLines(rule: ExplainedRule, currency: string, clientCurrency: string): readonly string[] {
  const converted =
    currency === clientCurrency
      ? ''
      : rule.thresholdForClient === null
        ? ''
        : ` = ${rule.thresholdForClient} ${clientCurrency} at ${rule.rate}`;
  return [
    `${printable(rule.rule)}: ${rule.explanation}`,
    `    threshold ${rule.threshold} ${currency}${converted}; sent ${rule.count} of ${rule.maxQty}`,
    `    names ${rule.recipients.length === 0 ? 'nobody' : rule.recipients.map(printable).join(', ')}`,
    '',
  ];
}
