import { compare, type Decimal } from '../../domain/money.js';
import type { Message, NoticeFacts, RuleFacts } from '../message.js';
import { formatsOf, type Formats } from './amounts-and-times.js';
import { brandView, supportLine, topUpUrl, type BrandView } from './brand-view.js';
import { plainText } from './plain-text.js';

/** What a provider adds to a mail. */
export interface MailExtras {
  /** Where a recipient ends these mails, as the provider writes it in a template. */
  readonly unsubscribeUrl?: string | undefined;
}

/** What a template may name. All of it is text for people, in the client's language, currency and time zone. */
export interface MailView {
  readonly language: string;
  readonly toClient: boolean;
  readonly client: { readonly id: string; readonly name: string };
  readonly reseller: { readonly name: string };
  readonly profile: { readonly id: string; readonly name: string };
  readonly workflowId: string;
  readonly balance: string;
  readonly checkedAt: string;
  readonly nextCheckAt: string;
  /** The most urgent one first: the lowest threshold that the balance is below, then the highest that it is above. */
  readonly rules: readonly RuleView[];
  /** Rules that are no longer met. */
  readonly recovered: readonly RuleView[];
  /** When the client paid last, in a mail about what has recovered; empty where that is not known. */
  readonly lastRefillAt: string;
  readonly lastRefillAmount: string;
  /** More than one rule is met. */
  readonly several: boolean;
  /** One of the rules is met below its threshold. */
  readonly below: boolean;
  /** Reminders of this cycle that may still come, of the rule that has the most. */
  readonly left: number;
  /** No more reminder comes until the balance is refilled. */
  readonly last: boolean;
  readonly brand: BrandView;
  /** Where the client pays; empty where that is not known, or paying is not what is asked for. */
  readonly topUpUrl: string;
  /** Where to ask; empty where that is not known. */
  readonly support: string;
  /** Empty where there is none. */
  readonly unsubscribeUrl: string;
}

export interface RuleView {
  readonly key: string;
  /** For the reseller's staff. */
  readonly staff: boolean;
  /** The name of an advanced rule; empty for the others. */
  readonly name: string;
  /** Met above its threshold, and not below. */
  readonly above: boolean;
  /** In the client's currency. */
  readonly threshold: string;
  /** As the profile says it, where the client's currency is another; empty otherwise. */
  readonly thresholdInProfile: string;
  /** Such as `20%`; empty where the threshold is another one. */
  readonly percentOfCreditLimit: string;
  readonly percentOfLastRefill: string;
  /** Such as `3 days`: the threshold is what is spent in so long; empty where it is another one. */
  readonly lasts: string;
  /** For how long the balance is enough, such as `2 days`; empty where that is not known. */
  readonly runway: string;
  /** The client's own threshold. */
  readonly own: boolean;
  /** Since when nothing was charged, for a rule about inactivity; empty otherwise. */
  readonly inactiveSince: string;
  readonly reminder: number;
  readonly maxQty: number;
  readonly left: number;
  readonly last: boolean;
}

/** `language` is the one whose templates are used, with the client's region where it has one. */
export function viewOf(message: Message, language: string, { unsubscribeUrl = '' }: MailExtras): MailView {
  const { facts, branding = {} } = message;
  const formats = formatsOf(language, message.timeZone);
  const views = (rules: readonly RuleFacts[]) =>
    rules.toSorted(byUrgency).map((rule) => ruleView(rule, facts.currency, facts.availableBalance, formats));
  const rules = views(facts.rules);
  const left = Math.max(0, ...rules.map((rule) => rule.left));
  const below = rules.some(({ above }) => !above);
  const paid = { clientId: message.clientId, currency: facts.currency, language };
  return {
    language,
    toClient: message.audience === 'client',
    client: { id: plainText(message.clientId), name: plainText(facts.clientName) },
    reseller: { name: plainText(branding.name ?? facts.resellerName) },
    profile: { id: plainText(message.profileId), name: plainText(facts.profileName) },
    workflowId: plainText(message.workflowId),
    balance: formats.amount(facts.availableBalance, facts.currency),
    checkedAt: formats.time(facts.checkedAt),
    nextCheckAt: formats.time(facts.nextCheckAt),
    rules,
    recovered: views(facts.recovered ?? []).map((rule) => ({ ...rule, runway: '' })),
    ...lastRefillView(facts, formats),
    several: rules.length > 1,
    below,
    left,
    last: left === 0,
    brand: brandView(branding),
    topUpUrl: below ? topUpUrl(branding, paid) : '',
    support: supportLine(branding),
    unsubscribeUrl,
  };
}

function byUrgency(a: RuleFacts, b: RuleFacts): number {
  if (a.when !== b.when) return a.when === 'above' ? 1 : -1;
  const [first, second] = [limitOf(a), limitOf(b)];
  return a.when === 'above' ? compare(second, first) : compare(first, second);
}

/** In the client's currency. */
function limitOf({ threshold, convertedThreshold }: RuleFacts): Decimal {
  return convertedThreshold ?? threshold;
}

function lastRefillView(
  { lastRefill, currency }: NoticeFacts,
  formats: Formats,
): Pick<MailView, 'lastRefillAt' | 'lastRefillAmount'> {
  const { at = null, amount = null } = lastRefill ?? {};
  return {
    lastRefillAt: at === null ? '' : formats.time(at),
    lastRefillAmount: amount === null ? '' : formats.amount(amount, currency),
  };
}

function ruleView(rule: RuleFacts, currency: string, balance: string, formats: Formats): RuleView {
  const { basis } = rule;
  const asWritten = formats.amount(rule.threshold, rule.thresholdCurrency);
  const left = Math.max(0, rule.maxQty - rule.reminder);
  return {
    key: rule.key,
    staff: rule.key === 'user',
    name: rule.key.startsWith('advanced:') ? plainText(rule.key.slice('advanced:'.length)) : '',
    above: rule.when === 'above',
    threshold:
      rule.convertedThreshold === null ? asWritten : formats.amount(rule.convertedThreshold, currency),
    thresholdInProfile: rule.convertedThreshold === null ? '' : asWritten,
    percentOfCreditLimit: basis?.kind === 'percentOfCreditLimit' ? formats.percent(basis.percent) : '',
    percentOfLastRefill: basis?.kind === 'percentOfLastRefill' ? formats.percent(basis.percent) : '',
    lasts: basis?.kind === 'lasts' ? formats.duration(basis.lastsMs) : '',
    runway: basis?.kind === 'lasts' ? runwayOf(balance, basis.dailySpend, formats) : '',
    own: basis?.kind === 'own',
    inactiveSince: rule.inactiveSince === null ? '' : formats.time(rule.inactiveSince),
    reminder: rule.reminder,
    maxQty: rule.maxQty,
    left,
    last: left === 0,
  };
}

const dayMs = 86_400_000;

/** Only a guess of the future: a number is exact enough for it. */
function runwayOf(balance: string, dailySpend: string, formats: Formats): string {
  const days = Number(balance) / Number(dailySpend);
  return days > 0 && Number.isFinite(days) ? formats.duration(days * dayMs) : '';
}
