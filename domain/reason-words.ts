import type { Decision, Reason } from './decide.js';

/** Why a rule sends or stays quiet, as a clause: on the page, in `status` and in `explain`. */
export const reasonWords: Readonly<Record<Reason, string>> = {
  low: 'the available balance is below the threshold',
  'not-low': 'the available balance is not below the threshold',
  'max-qty-reached': 'Max Qty is reached, until the balance is refilled',
  active: 'the last charge is more recent than the inactivity that the rule needs',
  'no-recipient': 'the rule has no e-mail address that can be resolved',
  suspended: 'the client is suspended',
  muted: 'muted by an operator',
  unknown: 'the billing data is not known',
};

/** `quiet: the client is suspended` */
export function decisionText({ decision, reason }: Pick<Decision, 'decision' | 'reason'>): string {
  return `${decision}: ${reasonWords[reason]}`;
}
