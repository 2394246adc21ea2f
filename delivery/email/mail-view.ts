import { formatsOf, type Formats } from './amounts-and-times.js';
import type { Message, RuleFacts } from '../message.js';
import { plainText } from './plain-text.js';

/** What a template may name. All of it is text for people, in the client's language, currency and time zone. */
export interface MailView {
  readonly language: string;
  readonly client: { readonly id: string; readonly name: string };
  readonly reseller: { readonly name: string };
  readonly profile: { readonly id: string; readonly name: string };
  readonly workflowId: string;
  readonly balance: string;
  readonly checkedAt: string;
  readonly nextCheckAt: string;
  readonly rules: readonly RuleView[];
  /** More than one rule is told. */
  readonly several: boolean;
  /** Reminders of this cycle that may still come, of the rule that has the most. */
  readonly left: number;
  /** No more reminder comes until the balance is refilled. */
  readonly last: boolean;
}

export interface RuleView {
  readonly key: string;
  /** For the reseller's staff. */
  readonly staff: boolean;
  /** The name of an advanced rule; empty for the others. */
  readonly name: string;
  /** In the client's currency. */
  readonly threshold: string;
  /** As the profile says it, where the client's currency is another; empty otherwise. */
  readonly thresholdInProfile: string;
  /** Since when nothing was charged, for a rule about inactivity; empty otherwise. */
  readonly inactiveSince: string;
  readonly reminder: number;
  readonly maxQty: number;
  readonly left: number;
  readonly last: boolean;
}

/** `language` is the one whose templates are used, with the client's region where it has one. */
export function viewOf(mail: Message, language: string): MailView {
  const { facts } = mail;
  const formats = formatsOf(language, mail.timeZone);
  const rules = facts.rules.map((rule) => ruleView(rule, facts.currency, formats));
  const left = Math.max(0, ...rules.map((rule) => rule.left));
  return {
    language,
    client: { id: plainText(mail.clientId), name: plainText(facts.clientName) },
    reseller: { name: plainText(facts.resellerName) },
    profile: { id: plainText(mail.profileId), name: plainText(facts.profileName) },
    workflowId: plainText(mail.workflowId),
    balance: formats.amount(facts.availableBalance, facts.currency),
    checkedAt: formats.time(facts.checkedAt),
    nextCheckAt: formats.time(facts.nextCheckAt),
    rules,
    several: rules.length > 1,
    left,
    last: left === 0,
  };
}

function ruleView(rule: RuleFacts, currency: string, formats: Formats): RuleView {
  const asWritten = formats.amount(rule.threshold, rule.thresholdCurrency);
  const left = Math.max(0, rule.maxQty - rule.reminder);
  return {
    key: rule.key,
    staff: rule.key === 'user',
    name: rule.key.startsWith('advanced:') ? plainText(rule.key.slice('advanced:'.length)) : '',
    threshold:
      rule.convertedThreshold === null ? asWritten : formats.amount(rule.convertedThreshold, currency),
    thresholdInProfile: rule.convertedThreshold === null ? '' : asWritten,
    inactiveSince: rule.inactiveSince === null ? '' : formats.time(rule.inactiveSince),
    reminder: rule.reminder,
    maxQty: rule.maxQty,
    left,
    last: left === 0,
  };
}
