import type { When } from './conditions/condition.js';
import type { Decision } from './decide.js';
import type { Reason } from './reasons.js';

/** Why a rule sends or stays quiet, as a clause: on the page, in `status` and in `explain`. */
export const reasonWords: Readonly<Record<Reason, string>> = {
  low: 'the available balance is below the threshold',
  recovered: 'the available balance is not below the threshold any more',
  'not-low': 'the available balance is not below the threshold',
  'already-low': 'low since before the first check under this profile, until it recovers or is refilled',
  'max-qty-reached': 'Max Qty is reached, until the balance is refilled',
  active: 'the last charge is more recent than the inactivity that the rule needs',
  'no-recipient': 'the rule has no recipient: no e-mail address that can be resolved, and no webhook',
  'outside-hours': 'outside of the sending hours',
  'told-recently': 'notified or checked less than a Period ago',
  held: 'held, by the brake or by hand',
  suspended: 'the client is suspended',
  muted: 'muted by an operator',
  unknown: 'the billing data is not known',
  'no-basis': 'there is nothing to take the threshold from',
};

/** A rule may be about a balance that is above its threshold, and ends its cycle by itself (rule 21). */
const wordsForAbove: Readonly<Partial<Record<Reason, string>>> = {
  low: 'the available balance is above the threshold',
  recovered: 'the available balance is not above the threshold any more',
  'not-low': 'the available balance is not above the threshold',
  'already-low': 'above since before the first check under this profile, until it is not above',
  'max-qty-reached': 'Max Qty is reached, until the balance is not above the threshold',
};

/** `quiet: the client is suspended` */
export function decisionText({
  decision,
  reason,
  when,
}: Pick<Decision, 'decision' | 'reason'> & { readonly when?: When }): string {
  const words = (when === 'above' ? wordsForAbove[reason] : undefined) ?? reasonWords[reason];
  return `${decision}: ${words}`;
}
