import { figuresText } from '../domain/conditions/conditions.js';
import { shownLimit } from '../domain/money.js';
import { decisionText } from '../domain/reason-words.js';
import type { RuleStatus } from './messages.js';
import { instant } from './status-facts.js';

/** What the page of the Temporal UI and the command show of a rule. */
export interface RuleFacts {
  readonly threshold: string;
  readonly decision: string;
}

/** `quoted` makes text of others harmless where it is shown. `currency`: the client's. */
export function ruleFacts(
  rule: RuleStatus,
  currency: string | null,
  quoted: (text: string) => string,
): RuleFacts {
  const until = rule.until === undefined ? '' : `, until ${instant(rule.until)}`;
  return { threshold: thresholdText(rule, currency, quoted), decision: `${decisionText(rule)}${until}` };
}

/** The limit, and what it was made of where that is not the same: `110 EUR (100 USD at 1.1)`. */
function thresholdText(
  { threshold, figures, when, reason }: RuleStatus,
  currency: string | null,
  quoted: (text: string) => string,
): string {
  const side = when === undefined ? '' : `${when} `;
  const made = figures === undefined ? undefined : figuresText(figures, currency ?? '');
  if (threshold === null)
    return made === undefined
      ? reason === 'no-basis'
        ? 'none'
        : 'no exchange rate'
      : `${side}${quoted(made)}`;
  const limit = `${shownLimit(threshold)} ${currency ?? ''}`.trim();
  return `${side}${made === undefined || made === limit ? limit : `${limit} (${quoted(made)})`}`;
}
