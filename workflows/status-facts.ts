import type { UnreachedRule } from '../activities/contract.js';
import type { WatchStatus } from './messages.js';

/** One line of what a workflow knows of its client. */
export interface StatusFact {
  readonly name: string;
  readonly text: string;
}

/** What the state means for what comes next. */
const stateSentences: Readonly<Record<WatchStatus['state'], string>> = {
  starting: 'the first check comes at once',
  ok: 'above every threshold, no notice is sent',
  low: 'below a threshold, and Max Qty is not reached; the rules say what was sent',
  exhausted: 'below a threshold, and Max Qty notices were sent: silent until a refill',
  held: 'a rule would send, and the brake or an operator holds it; asked again until the next planned check',
  muted: 'muted by an operator',
  suspended: 'the billing system suspended the client, no notice is sent',
  unknown: 'no notice is sent before the billing data is known',
};

/** The same where a rule is about a balance that is above its threshold. */
const sentencesForAbove: Readonly<Partial<Record<WatchStatus['state'], string>>> = {
  ok: 'beyond no threshold, no notice is sent',
  low: 'beyond a threshold, and Max Qty is not reached; the rules say what was sent',
  exhausted:
    'beyond a threshold, and Max Qty notices were sent: silent until a refill, or for a rule for "above" until the balance is not above',
};

function sentenceOf({ state, rules }: WatchStatus): string {
  const all = Object.values(rules);
  if (state === 'ok' && all.length > 0 && all.every(({ reason }) => reason === 'no-basis'))
    return 'there is nothing to take a threshold from, no notice is sent';
  const above = all.some(({ when }) => when === 'above') ? sentencesForAbove[state] : undefined;
  return above ?? stateSentences[state];
}

/** What became of mail that did not arrive. */
const unreachedNames: Readonly<Record<UnreachedRule['delivery'], string>> = {
  bounced: 'Mail bounced',
  blocked: 'Mail blocked',
  dropped: 'Mail dropped',
  'spam-report': 'Marked as spam',
};

/**
 * What the page of the Temporal UI and the command show of a client, in their order. `quoted` makes text of others
 * harmless where it is shown.
 */
export function statusFacts(status: WatchStatus, quoted: (text: string) => string): readonly StatusFact[] {
  const { profile, unknown, telling, mutedUntil, held } = status;
  const sentence = sentenceOf(status);
  const fact = (name: string, text: string): StatusFact => ({ name, text });
  return [
    fact('State', `${status.state}: ${sentence}`),
    fact(
      'Profile',
      profile
        ? `${quoted(profile.name)} (${quoted(profile.id)}, version ${profile.version})`
        : 'not known yet',
    ),
    fact(
      'Available balance',
      status.availableBalance === null ? 'not known' : `${status.availableBalance} ${status.currency}`,
    ),
    ...(unknown ? [fact('Unknown', `since ${instant(unknown.since)}: ${quoted(unknown.reason)}`)] : []),
    ...unreachedFacts(status.unreached, quoted),
    ...(held ? [fact('Held', `${quoted(held.why)}; asked again at ${instant(held.until)}`)] : []),
    ...(mutedUntil ? [fact('Muted', `until ${instant(mutedUntil)}`)] : []),
    ...(telling
      ? [fact('Sending', `${telling.rules.map(quoted).join(', ')}, tried until ${instant(telling.until)}`)]
      : []),
    fact('Last refill', instant(status.lastRefillAt)),
    fact('Last check', instant(status.lastCheckAt)),
    fact('Next check', instant(status.nextCheckAt)),
  ];
}

/** By what became of the mail, because each asks for something else: a new address, or a word with its owner. */
function unreachedFacts(
  unreached: readonly UnreachedRule[],
  quoted: (text: string) => string,
): readonly StatusFact[] {
  return (Object.keys(unreachedNames) as UnreachedRule['delivery'][]).flatMap((delivery) => {
    const rules = unreached.filter((each) => each.delivery === delivery).map(({ rule }) => quoted(rule));
    const name = unreachedNames[delivery];
    return rules.length === 0 ? [] : [{ name, text: `at an address of ${rules.join(', ')}` }];
  });
}

/** `2026-11-24 09:00:00 UTC` */
export function instant(iso: string | null): string {
  return iso === null ? 'none' : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
