import { callMs, profilesBetween, slackMs } from './ask-truth.js';
import type { Step } from './histories.js';
import { audienceOf, type ProfileVersion, type RuleTruth, type Truth } from './truth.js';
import { instant, type ClientFacts, type LedgerNotice, type Tally, type Violation } from './verdict.js';

/** Whose manager is told of every client of a run. */
export const managerEmail = 'manager@acme.example';

export function billingEmailOf(clientId: string): string {
  return `billing@${clientId.toLowerCase()}.example`;
}

/**
 * Who was told what: rule 9 (one e-mail for one address, in the client's words where it is on both sides), rule 20 (of a recovery
 * exactly those hear whom the last notice reached), and webhooks. What arrived went to those for whom it was written down.
 */
export function violationsOfRecipients(facts: ClientFacts, truth: Truth, tally: Tally): readonly Violation[] {
  const { clientId, steps, arrivals, notices } = facts;
  const found: Violation[] = [];
  const violation = (at: number, what: string) => void found.push({ clientId, at, what });
  const byId = new Map(notices.map((notice) => [notice.id, notice]));
  for (const { noticeId, recipients, receivedAt } of arrivals) {
    const notice = byId.get(noticeId);
    if (!notice) violation(receivedAt, `a notice ${noticeId} arrived that nobody wrote down`);
    else if (!sameNames(recipients, notice.recipients))
      violation(receivedAt, `told ${recipients.join(', ')}, expected ${notice.recipients.join(', ')}`);
  }
  for (const [checkAt, ofCheck] of groupedByCheck(notices)) {
    tally.addressed += ofCheck.length;
    const twice = duplicateOf(ofCheck.flatMap(({ recipients }) => recipients));
    if (twice !== undefined) violation(checkAt, `two notices of one check tell ${twice}`);
    for (const rule of new Set(ofCheck.flatMap(({ recovered }) => recovered))) {
      const hear = ofCheck.filter(({ recovered }) => recovered.includes(rule));
      const reached = lastReached(steps, notices, rule, checkAt);
      if (!reached.some((names) => sameNames(recipientsOf(hear), names)))
        violation(
          checkAt,
          `of the recovery of ${rule} hear ${recipientsOf(hear).join(', ')}, and its last notice reached ${reached[0]!.join(', ') || 'nobody'}`,
        );
    }
    const low = new Set(ofCheck.flatMap(({ rules }) => rules));
    const named = versionsAround(truth, clientId, checkAt).map((version) =>
      namesOf(
        clientId,
        version.rules.filter(({ key }) => low.has(key)),
      ),
    );
    const told = recipientsOf(ofCheck.filter(({ rules }) => rules.length > 0));
    if (low.size > 0 && !named.some((names) => sameNames(told, names)))
      violation(
        checkAt,
        `${[...low].join(', ')} of ${instant(checkAt)} told ${told.join(', ')}, expected ${named.map((names) => names.join(', ')).join(' or ')}`,
      );
  }
  return found;
}

/** Whom these rules name, webhooks with them: each once. */
function namesOf(clientId: string, rules: readonly RuleTruth[]): readonly string[] {
  const names = rules.flatMap((rule) => [
    ...(rule.notify ? [audienceOf(rule) === 'staff' ? managerEmail : billingEmailOf(clientId)] : []),
    ...rule.emails,
    ...rule.webhooks,
  ]);
  return [...new Set(names)];
}

/**
 * Whom a rule's last notice before a check reached, as far as the workflow learnt of it; in two ways where one of its channels accepted
 * only after that check.
 */
function lastReached(
  steps: readonly Step[],
  notices: readonly LedgerNotice[],
  rule: string,
  checkAt: number,
): readonly (readonly string[])[] {
  const told = steps.flatMap((step) =>
    step.kind === 'told' &&
    step.checkAt < checkAt &&
    step.told.accepted.some(({ rules }) => rules.includes(rule))
      ? [step.checkAt]
      : [],
  );
  const last = notices.filter(
    (notice) => notice.checkAt === told.at(-1) && notice.rules.includes(rule) && notice.acceptedAt !== null,
  );
  return [last, last.filter(({ acceptedAt }) => acceptedAt! < checkAt - slackMs)].map(recipientsOf);
}

/** The versions of the client's profile that a notice of a check may have been written by. */
function versionsAround(truth: Truth, clientId: string, checkAt: number): readonly ProfileVersion[] {
  const [from, until] = [checkAt - callMs, checkAt + callMs];
  return profilesBetween(truth, clientId, from, until).flatMap((id) => {
    const versions = [...(truth.profiles.get(id)?.values() ?? [])];
    return versions.filter(
      (each, i) => each.from <= until && (versions[i + 1]?.until ?? Number.POSITIVE_INFINITY) >= from,
    );
  });
}

function groupedByCheck(notices: readonly LedgerNotice[]): ReadonlyMap<number, readonly LedgerNotice[]> {
  const checks = new Map<number, LedgerNotice[]>();
  for (const notice of notices) checks.set(notice.checkAt, [...(checks.get(notice.checkAt) ?? []), notice]);
  return checks;
}

function recipientsOf(notices: readonly LedgerNotice[]): readonly string[] {
  return [...new Set(notices.flatMap(({ recipients }) => recipients))];
}

function duplicateOf(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join() === b.toSorted().join();
}
